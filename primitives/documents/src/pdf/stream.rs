//! Streams: where their bytes are, and how they are unpacked (ISO 32000-1, 7.3.8 and 7.4).

use flate2::{Decompress, FlushDecompress, Status};

use crate::pdf::Trouble;
use crate::pdf::object::{Dict, Object};
use crate::pdf::work::Work;

/// Bytes that are asked for at once.
const STEP: usize = 64 * 1024;

/// Unpacks a stream. `filter` and `parameters` are its dictionary's, with references followed.
pub fn unpack(
    packed: &[u8],
    filter: &Object,
    parameters: Option<&Dict>,
    work: &mut Work,
) -> Result<Vec<u8>, Trouble> {
    work.read(packed.len())?;
    if *filter == Object::Nothing {
        work.unpack(packed.len())?;
        return Ok(packed.to_vec());
    }
    if !filter.is_name("FlateDecode") && !filter.is_name("Fl") {
        return Err(Trouble::Filter);
    }
    let plain = inflate(packed, work)?;
    let predictor = parameters
        .and_then(|own| own.number("Predictor"))
        .unwrap_or(1);
    match predictor {
        0 | 1 => Ok(plain),
        10.. => predicted(&plain, parameters),
        _ => Err(Trouble::Filter),
    }
}

/// Zlib's format (RFC 1950), to at most what the allowance leaves.
fn inflate(packed: &[u8], work: &mut Work) -> Result<Vec<u8>, Trouble> {
    let most = work.may_unpack();
    let mut inflater = Decompress::new(true);
    let (mut plain, mut used) = (Vec::new(), 0);
    loop {
        plain.reserve(STEP);
        let before = (inflater.total_in(), plain.len());
        let rest = packed.get(used..).unwrap_or_default();
        let status = inflater.decompress_vec(rest, &mut plain, FlushDecompress::None);
        let status = status.map_err(|_| Trouble::Damaged("a stream cannot be unpacked"))?;
        used = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        if plain.len() > most {
            break;
        }
        if status == Status::StreamEnd {
            break;
        }
        if before == (inflater.total_in(), plain.len()) {
            return Err(Trouble::Damaged("a packed stream ends early"));
        }
    }
    work.unpack(plain.len())?;
    Ok(plain)
}

/// Takes PNG's row filters back (RFC 2083, 6), as cross-reference streams use them: a row of `Columns`
/// bytes has one byte before it that says how it was filtered.
fn predicted(plain: &[u8], parameters: Option<&Dict>) -> Result<Vec<u8>, Trouble> {
    let number = |key: &str, default| {
        let found = parameters.and_then(|own| own.get(key));
        found.map_or(Some(default), Object::number)
    };
    let whole_bytes = number("Colors", 1) == Some(1) && number("BitsPerComponent", 8) == Some(8);
    let columns = number("Columns", 1).filter(|columns| (1..=4096).contains(columns));
    let Some(columns) = columns.filter(|_| whole_bytes) else {
        return Err(Trouble::Filter);
    };
    let mut out: Vec<u8> = Vec::with_capacity(plain.len());
    let mut above = vec![0; columns];
    for row in plain.chunks_exact(columns + 1) {
        let start = out.len();
        for (column, byte) in row[1..].iter().enumerate() {
            let left = if column > 0 {
                out[start + column - 1]
            } else {
                0
            };
            let corner = if column > 0 { above[column - 1] } else { 0 };
            let up = above[column];
            let guess = match row[0] {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(Trouble::Damaged("a row of a stream has an unknown filter")),
            };
            out.push(byte.wrapping_add(guess));
        }
        above.copy_from_slice(&out[start..]);
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let away = |byte: u8| (guess - i16::from(byte)).abs();
    if away(left) <= away(up) && away(left) <= away(corner) {
        left
    } else if away(up) <= away(corner) {
        up
    } else {
        corner
    }
}
