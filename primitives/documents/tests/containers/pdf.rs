//! PDFs as programs write them: with a cross-reference table and plain streams, with packed streams, and
//! with object streams and a cross-reference stream.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// How a PDF is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Plain,
    Packed,
    ObjectStreams,
}

pub const FORMS: [Form; 3] = [Form::Plain, Form::Packed, Form::ObjectStreams];

/// An object: its dictionary or value, and the bytes of its stream.
pub struct Object {
    pub value: String,
    pub stream: Option<Vec<u8>>,
}

/// Objects, the first with number 1; it is the catalog.
#[derive(Default)]
pub struct Pdf {
    pub objects: Vec<Object>,
    /// More entries of the trailer.
    pub trailer: String,
}

pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("into memory");
    packer.finish().expect("into memory")
}

impl Pdf {
    /// A PDF with these files: name as a PDF string, relation, content. They stand in a name tree of two
    /// levels and among the associated files.
    pub fn with(files: &[(&str, &str, &[u8])]) -> Self {
        let mut pdf = Self::default();
        let number = |file: usize| 4 + 2 * file;
        let refer = |file: usize| format!("{} 0 R", number(file));
        let all: Vec<String> = (0..files.len()).map(refer).collect();
        let names: Vec<String> = files
            .iter()
            .enumerate()
            .map(|(file, (name, ..))| format!("{name} {}", refer(file)))
            .collect();
        pdf.add(&format!(
            "<</Type/Catalog/Pages 2 0 R/AF[{}]/Names<</EmbeddedFiles<</Kids[3 0 R]>>>>>>",
            all.join(" ")
        ));
        pdf.add("<</Type/Pages/Kids[]/Count 0>>");
        pdf.add(&format!("<</Limits[(a)(z)]/Names[{}]>>", names.join(" ")));
        for (file, (name, relation, content)) in files.iter().enumerate() {
            let stream = number(file) + 1;
            pdf.add(&format!(
                "<</Type/Filespec/F{name}/UF{name}/AFRelationship/{relation}/EF<</F {stream} 0 R/UF {stream} 0 R>>>>"
            ));
            pdf.objects.push(Object {
                value: "/Type/EmbeddedFile/Subtype/text#2Fxml".into(),
                stream: Some(content.to_vec()),
            });
        }
        pdf
    }

    pub fn add(&mut self, value: &str) {
        self.objects.push(Object {
            value: value.into(),
            stream: None,
        });
    }

    /// The file's bytes.
    pub fn write(&self, form: Form) -> Vec<u8> {
        let mut out = Writer::default();
        out.bytes.extend(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        let mut inside = Vec::new();
        for (index, object) in self.objects.iter().enumerate() {
            match &object.stream {
                Some(stream) => out.stream(index + 1, &object.value, stream, form != Form::Plain),
                None if form == Form::ObjectStreams => inside.push((index + 1, &object.value)),
                None => out.object(index + 1, &object.value),
            }
        }
        match form {
            Form::ObjectStreams => out.finish_streams(self.objects.len(), &inside, &self.trailer),
            _ => out.finish_table(self.objects.len(), &self.trailer),
        }
        out.bytes
    }
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    offsets: Vec<(usize, usize)>,
}

impl Writer {
    fn object(&mut self, number: usize, value: &str) {
        self.offsets.push((number, self.bytes.len()));
        self.bytes
            .extend(format!("{number} 0 obj\n{value}\nendobj\n").bytes());
    }

    fn stream(&mut self, number: usize, entries: &str, content: &[u8], packed: bool) {
        self.offsets.push((number, self.bytes.len()));
        let (filter, content) = match packed {
            true => ("/Filter/FlateDecode", pack(content)),
            false => ("", content.to_vec()),
        };
        let length = content.len();
        let head = format!("{number} 0 obj\n<<{entries}{filter}/Length {length}>>\nstream\r\n");
        self.bytes.extend(head.bytes());
        self.bytes.extend(content);
        self.bytes.extend(b"\nendstream\nendobj\n");
    }

    fn finish_table(&mut self, objects: usize, trailer: &str) {
        let start = self.bytes.len();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects + 1);
        for (_, offset) in &self.offsets {
            table += &format!("{offset:010} 00000 n \n");
        }
        table += &format!("trailer\n<</Size {}/Root 1 0 R{trailer}>>\n", objects + 1);
        table += &format!("startxref\n{start}\n%%EOF\n");
        self.bytes.extend(table.bytes());
    }

    fn finish_streams(&mut self, objects: usize, inside: &[(usize, &String)], trailer: &str) {
        let (container, table) = (objects + 1, objects + 2);
        let (mut head, mut body) = (String::new(), String::new());
        for (number, value) in inside {
            head += &format!("{number} {} ", body.len());
            body += value;
            body.push('\n');
        }
        let entries = format!("/Type/ObjStm/N {}/First {}", inside.len(), head.len());
        self.stream(
            container,
            &entries,
            format!("{head}{body}").as_bytes(),
            true,
        );
        let start = self.bytes.len();
        self.offsets.push((table, start));
        let mut rows = vec![[0_u8; 6]; table + 1];
        for (number, offset) in &self.offsets {
            let offset = u32::try_from(*offset).expect("a small file").to_be_bytes();
            rows[*number] = [1, offset[0], offset[1], offset[2], offset[3], 0];
        }
        for (place, (number, _)) in inside.iter().enumerate() {
            let container = u32::try_from(container).expect("few").to_be_bytes();
            let place = u8::try_from(place).expect("few");
            rows[*number] = [
                2,
                container[0],
                container[1],
                container[2],
                container[3],
                place,
            ];
        }
        let entries = format!(
            "/Type/XRef/W[1 4 1]/Size {}/Root 1 0 R/DecodeParms<</Predictor 15/Columns 6>>{trailer}",
            table + 1
        );
        let offsets = self.offsets.len();
        self.stream(table, &entries, &predict(&rows), true);
        self.offsets.truncate(offsets);
        self.bytes
            .extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    }
}

/// PNG's row filters, each in turn (RFC 2083, 6).
fn predict(rows: &[[u8; 6]]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut above = [0_u8; 6];
    for (number, row) in rows.iter().enumerate() {
        let filter = number % 5;
        out.push(filter as u8);
        for column in 0..6 {
            let (left, corner) = match column {
                0 => (0, 0),
                _ => (i32::from(row[column - 1]), i32::from(above[column - 1])),
            };
            let up = i32::from(above[column]);
            let nearest = [left, up, corner]
                .into_iter()
                .min_by_key(|one| (left + up - corner - one).abs())
                .expect("three");
            let guess = [0, left, up, (left + up) / 2, nearest][filter];
            out.push((i32::from(row[column]) - guess) as u8);
        }
        above = *row;
    }
    out
}
