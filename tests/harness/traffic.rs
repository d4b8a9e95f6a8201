//! HTTP/2 as recorded: frames, and the bodies of streams put together again, so that a value cut in
//! two by a frame's end is found. Headers are compressed with a Huffman code; no field of a document
//! belongs there, and their raw bytes are searched like all others.

use std::collections::BTreeMap;

/// What a client sends first ([RFC 9113](https://www.rfc-editor.org/rfc/rfc9113) §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const PADDED: u8 = 8;

/// Whether a client says, for everybody to read, that it speaks HTTP/2.
#[must_use]
pub fn is_in_the_clear(bytes: &[u8]) -> bool {
    bytes.starts_with(PREFACE)
}

/// The body of each stream of one direction, by stream number.
///
/// # Panics
/// When the bytes are not whole HTTP/2 frames: then what was recorded is not what was thought.
#[must_use]
pub fn bodies(bytes: &[u8]) -> BTreeMap<u32, Vec<u8>> {
    let mut rest = bytes.strip_prefix(PREFACE).unwrap_or(bytes);
    let mut bodies = BTreeMap::<u32, Vec<u8>>::new();
    while let Some((head, after)) = rest.split_first_chunk::<9>() {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let stream = u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]]);
        let Some((payload, next)) = after.split_at_checked(length) else {
            break;
        };
        assert!(
            head[3] <= 9 || length < 64,
            "frame type {}: this is not HTTP/2",
            head[3]
        );
        if head[3] == DATA {
            bodies
                .entry(stream)
                .or_default()
                .extend_from_slice(unpadded(payload, head[4]));
        }
        rest = next;
    }
    bodies
}

fn unpadded(payload: &[u8], flags: u8) -> &[u8] {
    let Some((padding, data)) = payload.split_first().filter(|_| flags & PADDED != 0) else {
        return payload;
    };
    &data[..data.len().saturating_sub(usize::from(*padding))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, payload.len() as u8, kind, flags, 0, 0, 0, stream];
        bytes.extend_from_slice(payload);
        bytes
    }

    #[test]
    fn a_body_cut_in_two_is_put_together() {
        let frames = [
            frame(4, 0, 0, &[0; 6]),
            frame(DATA, 0, 1, b"cop"),
            frame(DATA, 0, 3, b"other"),
            frame(DATA, PADDED, 1, b"\x02per\0\0"),
        ];
        let found = bodies(&[PREFACE.to_vec(), frames.concat()].concat());
        assert_eq!(found[&1], b"copper");
        assert_eq!(found[&3], b"other");
    }
}
