//! Digests of public things: transactions, blocks, records, the nodes of Merkle trees.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};

/// BLAKE2b-256 of the tag's length, the tag, and the parts one after another. Parts are not told
/// apart: whoever joins several gives all but the last a fixed length.
#[must_use]
pub fn digest(tag: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let length = u8::try_from(tag.len()).expect("tags are shorter than 256 bytes");
    let mut hasher = Blake2b::<U32>::new_with_prefix([length]);
    hasher.update(tag);
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_covers_its_tag_and_every_part() {
        let one = digest(b"tag", &[b"ab", b"c"]);
        assert_eq!(one, digest(b"tag", &[b"abc"]));
        assert_ne!(one, digest(b"tag", &[b"ab", b"d"]));
        assert_ne!(one, digest(b"tagabc", &[]));
        assert_ne!(one, digest(b"ta", &[b"gabc"]));
    }
}
