//! The composite proof by itself: completeness, and every part of the statement in the transcript.

use ark_ff::{AdditiveGroup, UniformRand};

use super::*;

const TAG: &[u8] = tags::OPRF_ANSWER;

fn honest(secret: &Order, pairs: usize) -> Statement<'static> {
    let mut rng = ark_std::test_rng();
    let point = |scalar: Order| Point::generator().times(&Scalar::from(scalar));
    let pair = |_| {
        let base = Order::rand(&mut rng);
        (point(base), point(base * secret))
    };
    Statement {
        tag: TAG,
        context: b"context",
        base: Point::generator(),
        image: point(*secret),
        pairs: (0..pairs).map(pair).collect(),
    }
}

#[test]
fn true_statements_are_shown_and_proofs_are_fresh() {
    let secret = Order::from(77_u8);
    for pairs in [0, 1, 2, 12] {
        let statement = honest(&secret, pairs);
        let proof = statement.prove(&secret).expect("this system");
        assert!(statement.holds(&proof));
        assert_ne!(statement.prove(&secret).expect("this system"), proof);
    }
}

#[test]
fn one_false_pair_among_many_is_seen() {
    let secret = Order::from(77_u8);
    for at in 0..7 {
        let mut statement = honest(&secret, 7);
        statement.pairs[at].1 = statement.pairs[at].1 + Point::generator();
        let proof = statement.prove(&secret).expect("this system");
        assert!(!statement.holds(&proof));
    }
    // two errors that cancel in the plain sum
    let mut statement = honest(&secret, 2);
    statement.pairs[0].1 = statement.pairs[0].1 + Point::generator();
    statement.pairs[1].1 = statement.pairs[1].1 - Point::generator();
    let proof = statement.prove(&secret).expect("this system");
    assert!(!statement.holds(&proof));
}

#[test]
fn every_part_of_the_statement_is_in_the_transcript() {
    let secret = Order::from(77_u8);
    let statement = honest(&secret, 2);
    let proof = statement.prove(&secret).expect("this system");
    let copy = || Statement {
        pairs: statement.pairs.clone(),
        ..statement
    };
    assert!(copy().holds(&proof));
    let mut others = vec![
        Statement {
            tag: tags::OPRF_FINAL,
            ..copy()
        },
        Statement {
            context: b"contexu",
            ..copy()
        },
        Statement {
            context: b"",
            ..copy()
        },
        Statement {
            base: statement.pairs[0].0,
            image: statement.pairs[0].1,
            ..copy()
        },
        Statement {
            pairs: statement.pairs[..1].to_vec(),
            ..copy()
        },
        Statement {
            pairs: statement.pairs.iter().rev().copied().collect(),
            ..copy()
        },
    ];
    let mut more = copy();
    more.pairs.push(statement.pairs[0]);
    others.push(more);
    for other in others {
        assert!(!other.holds(&proof), "true, but not what was shown");
    }
}

#[test]
fn the_identity_and_the_secret_zero_show_nothing() {
    let statement = honest(&Order::ZERO, 2);
    let proof = statement.prove(&Order::ZERO).expect("this system");
    assert!(!statement.holds(&proof), "k = 0");
    let secret = Order::from(77_u8);
    let mut statement = honest(&secret, 2);
    statement.pairs[0] = (Point::identity(), Point::identity());
    let proof = statement.prove(&secret).expect("this system");
    assert!(!statement.holds(&proof), "0 = k·0");
}

/// The proof keeps its commitments: the two equations, checked here by hand, as a batch would add them up.
#[test]
fn a_proof_is_two_commitments_and_a_response() {
    let secret = Order::from(77_u8);
    let statement = honest(&secret, 3);
    let proof = statement.prove(&secret).expect("this system");
    let part = |at: usize| -> [u8; 32] { proof.as_bytes()[at..at + 32].try_into().expect("32") };
    let [first, second] = [part(0), part(32)].map(|bytes| Point::decode(&bytes).expect("a point"));
    let response = Scalar::decode(&part(64)).expect("a number");
    let folded = statement.fold();
    let challenge = Scalar::from(folded.challenge(&[part(0), part(32)]));
    let [m, w] =
        [folded.first, folded.second].map(|point| Point::from_affine(point).expect("of G"));
    let left = Point::generator().times(&response);
    assert_eq!(left, first + statement.image.times(&challenge));
    assert_eq!(m.times(&response), second + w.times(&challenge));
}
