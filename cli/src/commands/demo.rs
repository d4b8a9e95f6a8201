//! `sealane demo`: a whole network on this machine and its story. Every step says what must come of it, and the
//! demo succeeds only if each step came out so.

mod acts;
mod consortium;
mod evidence;
mod story;
mod trade;

use std::path::PathBuf;

use serde_json::json;

use self::story::Story;
use crate::outcome::{Failure, Report};
use crate::terminal::Progress;

/// The three files that the story needs.
pub struct Cast {
    /// The invoice as bank A has it.
    pub invoice: Script,
    /// The same invoice as bank B has it.
    pub same: Script,
    /// An altered copy of it.
    pub altered: Script,
    /// A different invoice.
    pub other: Script,
}

/// A file's name and bytes.
#[derive(Clone)]
pub struct Script {
    /// For messages.
    pub name: String,
    /// The document.
    pub bytes: Vec<u8>,
}

macro_rules! example {
    ($name:literal) => {
        Script {
            name: concat!("examples/", $name).to_owned(),
            bytes: include_bytes!(concat!("../../../examples/", $name)).to_vec(),
        }
    };
}

impl Cast {
    fn new(files: &[PathBuf]) -> Result<Self, Failure> {
        let mut cast = Self {
            invoice: example!("invoice-ubl.xml"),
            same: example!("invoice-cii.xml"),
            altered: example!("invoice-altered.xml"),
            other: example!("invoice-other.xml"),
        };
        let mut given = Vec::new();
        for file in files {
            given.push(Script {
                name: file.display().to_string(),
                bytes: crate::files::read(file)?,
            });
        }
        let mut given = given.into_iter();
        if let Some(invoice) = given.next() {
            cast.same = invoice.clone();
            cast.invoice = invoice;
            let rest = (given.next(), given.next());
            let (Some(altered), Some(other)) = rest else {
                return Err(Failure::invalid(
                    "the story needs three files: an invoice, an altered copy of it (another date or amount), and a different \
                     invoice. Name all three, or none for Sealane's own examples.",
                ));
            };
            cast.altered = altered;
            cast.other = other;
        }
        Ok(cast)
    }
}

/// Plays the story.
pub async fn run(files: &[PathBuf], as_json: bool) -> Result<Report, Failure> {
    let cast = Cast::new(files)?;
    for script in [&cast.invoice, &cast.altered, &cast.other] {
        sealane_documents::read(&script.bytes, &script.name).map_err(Failure::invalid)?;
    }
    if cast.altered.bytes == cast.invoice.bytes || cast.other.bytes == cast.invoice.bytes {
        return Err(Failure::invalid(
            "the second file must be an altered copy of the first, and the third a different invoice: two of them are the same file",
        ));
    }
    prepare_keys(as_json)?;
    let mut story = Story::new(as_json)?;
    story.leave_nothing_behind();
    let played = acts::play(&mut story, &cast).await;
    story.wait_for_the_end().await;
    story.close();
    played?;
    let (text, data) = story.table();
    if story.failed() {
        let mut failure = Failure::cannot(
            "the story did not come out as it must: see the steps marked with ✗ above",
        );
        failure.details = data;
        return Err(failure);
    }
    Ok(Report {
        text,
        data: json!({"ok": true, "steps": data["steps"], "measured": data["measured"]}),
    })
}

/// Makes the proving keys before the story begins, so that its times are those of a bank's day.
fn prepare_keys(as_json: bool) -> Result<(), Failure> {
    let progress = (!as_json)
        .then(|| Progress::start("loading the proving keys (made once, half a minute, then kept)"));
    let opened = sealane_client::proving::prepare_prover();
    drop(progress);
    opened.map_err(Failure::cannot)
}
