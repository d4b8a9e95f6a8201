//! Hashing under a domain tag: BLAKE2b ([RFC 7693](https://www.rfc-editor.org/rfc/rfc7693)) over parts
//! that cannot run into one another.
//!
//! What is hashed is the tag's length (one byte), the tag, then for each part its length (eight bytes,
//! little-endian) and its bytes: two calls hash the same bytes only if tag and parts are the same.

use blake2::digest::consts::{U32, U64};
use blake2::digest::{FixedOutput, Update};
use blake2::{Blake2b, Digest};

/// 32 bytes over a tag and parts.
#[must_use]
pub fn hash(tag: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2b::<U32>::new();
    absorb(&mut hasher, tag, parts);
    hasher.finalize_fixed().into()
}

/// 64 bytes over a tag and parts: enough to reduce modulo a field's order without bias.
#[must_use]
pub fn hash_wide(tag: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    let mut hasher = Blake2b::<U64>::new();
    absorb(&mut hasher, tag, parts);
    hasher.finalize_fixed().into()
}

fn absorb(hasher: &mut impl Update, tag: &[u8], parts: &[&[u8]]) {
    let length = u8::try_from(tag.len()).expect("tags are shorter than 256 bytes");
    hasher.update(&[length]);
    hasher.update(tag);
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_parts_and_their_borders_all_count() {
        let parts: [&[u8]; 2] = [b"ab", b"c"];
        let honest = hash(b"tag", &parts);
        let others: [(&[u8], &[&[u8]]); 6] = [
            (b"tag", &[b"a", b"bc"]),
            (b"tag", &[b"abc"]),
            (b"tag", &[b"ab", b"c", b""]),
            (b"tag", &[b"c", b"ab"]),
            (b"ta", &parts),
            (b"gat", &parts),
        ];
        for (tag, parts) in others {
            assert_ne!(hash(tag, parts), honest);
            assert_ne!(hash_wide(tag, parts), hash_wide(b"tag", &[b"ab", b"c"]));
        }
        assert_ne!(honest[..], hash_wide(b"tag", &parts)[..32]);
    }

    #[test]
    fn the_layout_is_the_one_that_the_page_says() {
        let mut bytes = vec![3];
        bytes.extend(b"tag");
        bytes.extend(2_u64.to_le_bytes());
        bytes.extend(b"ab");
        let plain: [u8; 32] = Blake2b::<U32>::digest(&bytes).into();
        assert_eq!(hash(b"tag", &[b"ab"]), plain);
    }
}
