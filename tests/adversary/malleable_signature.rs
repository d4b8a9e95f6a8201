//! Somebody who changes a transaction's bytes outside its signed body: the id stays, so whatever a
//! node remembers about an id must not be taken for the bytes.

use sealane_ledger::{InvalidBlock, InvalidTransaction, admit, transaction_id};
use sealane_types::ids::Signature;
use sealane_types::transaction::Transaction;

use super::*;

/// The order of Ed25519's group, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The same signature with its scalar plus the order.
fn with_larger_scalar(signature: &Signature) -> Signature {
    let mut bytes = *signature.as_bytes();
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0, "the sum has 32 bytes");
    Signature::new(bytes)
}

fn variants(honest: &Transaction) -> Vec<(String, Transaction)> {
    let with = |signature| Transaction {
        signature,
        ..honest.clone()
    };
    let mut variants = vec![(
        "a larger scalar".to_owned(),
        with(with_larger_scalar(&honest.signature)),
    )];
    for at in 0..64 {
        let mut bytes = *honest.signature.as_bytes();
        bytes[at] ^= 1;
        variants.push((format!("byte {at}"), with(Signature::new(bytes))));
    }
    variants
}

#[test]
fn no_other_signature_bytes_pass_alone_or_in_a_batch() {
    let mut chain = chain();
    let own = deal(A, 0);
    let honest = chain.sign(A, own.seal());
    let of_b = chain.sign(B, deal(B, 0).seal());
    let wrong = InvalidTransaction::WrongSignature;
    for (what, changed) in variants(&honest) {
        assert_eq!(
            transaction_id(&changed.body),
            transaction_id(&honest.body),
            "{what}: one id"
        );
        assert_eq!(
            admit(&chain.state, &chain.tip, &changed),
            Err(wrong),
            "{what}"
        );
        // beside a good one, at either place, and the culprit is named
        for (position, block) in [
            (0, vec![changed.clone(), of_b.clone()]),
            (1, vec![of_b.clone(), changed]),
        ] {
            let refused = chain.block(block);
            assert_eq!(
                refused,
                Err(InvalidBlock::Transaction {
                    position,
                    fault: wrong
                }),
                "{what}"
            );
        }
    }
    assert_eq!(admit(&chain.state, &chain.tip, &honest), Ok(()));
    chain.block(vec![honest, of_b]).unwrap();
}
