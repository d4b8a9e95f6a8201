//! A signature is one key's, over one message, for one purpose; batches name who is wrong.

use super::*;

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

#[test]
fn key_message_purpose_and_every_bit_count() {
    let key = key(1);
    let signature = key.sign(tags::SIGN_TRANSACTION, b"pay");
    assert!(verify(
        tags::SIGN_TRANSACTION,
        &key.public(),
        b"pay",
        &signature
    ));
    assert!(!verify(tags::SIGN_VOTE, &key.public(), b"pay", &signature));
    assert!(!verify(
        tags::SIGN_TRANSACTION,
        &key.public(),
        b"pay ",
        &signature
    ));
    let other = SigningKey::generate().expect("this system").public();
    assert!(!verify(tags::SIGN_TRANSACTION, &other, b"pay", &signature));
    for bit in 0..512 {
        let mut bytes = *signature.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let altered = Signature::new(bytes);
        assert!(!verify(
            tags::SIGN_TRANSACTION,
            &key.public(),
            b"pay",
            &altered
        ));
    }
}

#[test]
fn a_tag_does_not_run_into_the_message() {
    let key = key(2);
    let signature = key.sign(b"ab", b"c");
    assert!(!verify(b"a", &key.public(), b"bc", &signature));
}

#[test]
fn a_batch_names_each_wrong_signature_at_every_position() {
    let keys: Vec<SigningKey> = (0..5).map(key).collect();
    let public: Vec<PublicKey> = keys.iter().map(SigningKey::public).collect();
    let messages: Vec<[u8; 1]> = (0..5).map(|at| [at]).collect();
    let sign = |at: usize| keys[at].sign(tags::SIGN_VOTE, &messages[at]);
    let signatures: Vec<Signature> = (0..5).map(sign).collect();
    let batch = |signatures: &[Signature]| {
        let signed = |at: usize| Signed {
            tag: tags::SIGN_VOTE,
            key: &public[at],
            message: &messages[at],
            signature: &signatures[at],
        };
        let batch: Vec<Signed<'_>> = (0..5).map(signed).collect();
        verify_batch(&batch, &[7; 32])
    };
    assert_eq!(batch(&signatures), Ok(()));
    for at in 0..5 {
        let mut altered = signatures.clone();
        altered[at] = signatures[(at + 1) % 5];
        assert_eq!(batch(&altered), Err(WrongSignatures(vec![at])));
    }
    let none = verify_batch(&[], &[7; 32]);
    assert_eq!(none, Ok(()));
}

/// RFC 8032, section 7.1, test 1: the key is the standard's. What is signed is ours.
#[test]
fn the_key_of_a_seed_is_the_standards() {
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let seed: PublicKey = seed.parse().expect("hexadecimal");
    let key = SigningKey::from_seed(seed.as_bytes());
    assert_eq!(key.public().to_string(), public);
}

#[test]
fn keys_that_anybody_can_sign_for_are_told_apart() {
    assert!(is_sound_key(&key(3).public()));
    let mut identity = [0; 32];
    identity[0] = 1;
    let order_two = std::array::from_fn(|at| match at {
        0 => 0xec,
        31 => 0x7f,
        _ => 0xff,
    });
    for weak in [[0; 32], identity, order_two] {
        assert!(!is_sound_key(&PublicKey::new(weak)), "{weak:?}");
    }
    let no_point = std::array::from_fn(|at| if at == 0 { 2 } else { 0 });
    assert!(!is_sound_key(&PublicKey::new(no_point)));
}

#[test]
fn a_key_shows_nothing_of_its_secret() {
    let key = SigningKey::from_seed(&[0xab; 32]);
    let shown = format!("{key:?}");
    assert!(shown.contains(&key.public().to_string()));
    assert!(!shown.contains("abab"), "{shown}");
    assert_eq!(*key.seed(), [0xab; 32]);
}
