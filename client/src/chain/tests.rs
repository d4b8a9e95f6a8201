//! A lying node is found out, whatever it alters; an honest one is believed.

mod blocks;
pub(crate) mod chain;
pub(crate) mod liar;

use std::time::{Duration, UNIX_EPOCH};

use sealane_crypto::signature::SigningKey;
use sealane_ledger::CertificateError::{
    Form, NoQuorum, NoValidator, OtherBlock, OtherChain, OtherValidators, WrongSignature,
};
use sealane_ledger::state::Key;
use sealane_ledger::validator_set_hash;
use sealane_types::block::{BlockHeader, Certificate, CommitSignature, Validator, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{AliasId, Height, RecordId, TxId};
use sealane_types::receipt::Done;
use sealane_types::transaction::{Payload, Release, ReleaseReason};
use sealane_wire::v1;

use self::chain::{BANK, TestChain};
use self::liar::Liar;
use super::certified::check_age;
use super::{Lie, NodeClient, NodeError, Seen, Trust, Turn, turns};

fn release() -> Payload {
    Payload::Release(Release {
        record: RecordId::new([3; 32]),
        reason: ReleaseReason::Withdrawn,
    })
}

/// A chain with two transactions in one block, their ids, and a client of a node that serves it.
async fn served() -> (Liar, NodeClient, [TxId; 2]) {
    let mut chain = TestChain::new();
    let transactions = [chain.sign(release()), chain.sign(release())];
    let ids = [0, 1].map(|at: usize| sealane_ledger::transaction_id(&transactions[at].body));
    let done = Done::Released(ReleaseReason::Withdrawn);
    let key = Key::sequence(&BANK);
    let writes = [(key, Some(2_u64.to_bytes()))].into_iter().collect();
    let transactions = transactions.map(|transaction| (transaction, done.clone()));
    chain.commit(transactions.into(), writes);
    let trust = Trust::in_genesis(&chain.genesis);
    let (liar, node, asking) = Liar::start(chain).await;
    let client = NodeClient::new(&node, &asking, trust, Seen::nothing()).expect("an address");
    (liar, client, ids)
}

fn lie<T: std::fmt::Debug>(answer: Result<T, NodeError>) -> Lie {
    match answer {
        Err(NodeError::Lies { lie, node }) => {
            assert!(node.starts_with("https://127.0.0.1:"), "the node is named");
            lie
        }
        other => panic!("believed: {other:?}"),
    }
}

fn keys() -> [Key; 2] {
    [Key::sequence(&BANK), Key::record(&RecordId::new([9; 32]))]
}

#[tokio::test]
async fn an_honest_node_is_believed() {
    let (_liar, client, ids) = served().await;
    let state = client.state(&keys()).await.expect("believed");
    assert_eq!(state.read::<u64>(0), Ok(Some(2)));
    assert_eq!(state.read::<u64>(1), Ok(None));
    assert_eq!(state.next_height(), Height(4));
    for id in ids {
        let committed = client
            .transaction(&id)
            .await
            .expect("believed")
            .expect("there");
        assert_eq!((committed.id(), committed.height()), (id, Height(2)));
    }
    let unknown = client.transaction(&TxId::new([1; 32])).await;
    assert!(matches!(unknown, Ok(None)));
}

type StateTwist = (
    &'static str,
    fn(&mut v1::QueryStateResponse),
    fn(&Lie) -> bool,
);

#[tokio::test]
async fn an_altered_answer_about_the_state_is_found_out() {
    let twists: [StateTwist; 9] = [
        (
            "another value",
            |a| a.entries[0].value = Some(3_u64.to_bytes()),
            |l| matches!(l, Lie::State(_)),
        ),
        (
            "a value denied",
            |a| a.entries[0].value = None,
            |l| matches!(l, Lie::State(_)),
        ),
        (
            "a value invented",
            |a| a.entries[1].value = Some(vec![0; 8]),
            |l| matches!(l, Lie::State(_)),
        ),
        (
            "another key's entry",
            |a| a.entries.swap(0, 1),
            |l| matches!(l, Lie::State(_)),
        ),
        (
            "one entry left out",
            |a| {
                a.entries.pop();
            },
            |l| matches!(l, Lie::Keys { .. }),
        ),
        (
            "a cut proof",
            |a| {
                a.entries[0].proof.pop();
            },
            |l| matches!(l, Lie::State(_)),
        ),
        (
            "another proof",
            |a| a.entries[0].proof = a.entries[1].proof.clone(),
            |l| matches!(l, Lie::State(_)),
        ),
        (
            "no header",
            |a| a.header = None,
            |l| matches!(l, Lie::Missing(_)),
        ),
        (
            "another state root",
            |a| {
                alter_header(&mut a.header, |h| {
                    h.state = sealane_types::ids::StateRoot::new([1; 32])
                })
            },
            |l| matches!(l, Lie::Header(OtherBlock)),
        ),
    ];
    let (liar, client, _) = served().await;
    for (name, twist, expected) in twists {
        liar.served().state = Box::new(twist);
        let found = lie(client.state(&keys()).await);
        assert!(expected(&found), "{name}: {found:?}");
    }
}

pub(crate) fn alter_header(
    header: &mut Option<v1::FinalHeader>,
    alter: fn(&mut sealane_types::block::BlockHeader),
) {
    let header = header.as_mut().expect("a header");
    let mut read = sealane_types::block::BlockHeader::from_bytes(&header.header).expect("a header");
    alter(&mut read);
    header.header = read.to_bytes();
}

fn alter_certificate(
    header: &mut v1::FinalHeader,
    alter: fn(&mut sealane_types::block::Certificate),
) {
    let read = sealane_types::block::Certificate::from_bytes(&header.certificate);
    let mut read = read.expect("a certificate");
    alter(&mut read);
    header.certificate = read.to_bytes();
}

type HeaderTwist = (&'static str, fn(&mut v1::FinalHeader), fn(&Lie) -> bool);

#[tokio::test]
async fn an_altered_header_or_certificate_is_found_out() {
    use sealane_types::ids::{AliasId, Signature};
    let twists: [HeaderTwist; 6] = [
        (
            "no signature",
            |h| alter_certificate(h, |c| c.signatures.clear()),
            |l| matches!(l, Lie::Header(NoQuorum { signed: 0, all: 1 })),
        ),
        (
            "a wrong signature",
            |h| alter_certificate(h, |c| c.signatures[0].signature = Signature::new([1; 64])),
            |l| matches!(l, Lie::Header(WrongSignature(_))),
        ),
        (
            "another signer",
            |h| alter_certificate(h, |c| c.signatures[0].validator = AliasId::new([1; 32])),
            |l| matches!(l, Lie::Header(NoValidator(_))),
        ),
        (
            "another round",
            |h| alter_certificate(h, |c| c.round = 1),
            |l| matches!(l, Lie::Header(WrongSignature(_))),
        ),
        (
            "another height",
            |h| alter_certificate(h, |c| c.height = Height(9)),
            |l| matches!(l, Lie::Header(OtherBlock)),
        ),
        (
            "cut bytes",
            |h| {
                h.header.pop();
            },
            |l| matches!(l, Lie::Header(Form { .. })),
        ),
    ];
    let (liar, client, _) = served().await;
    for (name, twist, expected) in twists {
        let alter = move |answer: &mut v1::QueryStateResponse| {
            twist(answer.header.as_mut().expect("a header"));
        };
        liar.served().state = Box::new(alter);
        let found = lie(client.state(&keys()).await);
        assert!(expected(&found), "{name}: {found:?}");
    }
}

type TransactionTwist = (
    &'static str,
    fn(&mut v1::CommittedTransaction),
    fn(&Lie) -> bool,
);

#[tokio::test]
async fn an_altered_answer_about_a_transaction_is_found_out() {
    let twists: [TransactionTwist; 7] = [
        (
            "an altered transaction",
            |t| t.transaction[70] ^= 1,
            |l| matches!(l, Lie::NotIncluded("transaction") | Lie::Form { .. }),
        ),
        (
            "an altered receipt",
            |t| {
                let last = t.receipt.len() - 1;
                t.receipt[last] = 3;
            },
            |l| matches!(l, Lie::NotIncluded("receipt")),
        ),
        (
            "another place",
            |t| t.transaction_proof[0] ^= 1,
            |l| matches!(l, Lie::NotIncluded("transaction")),
        ),
        (
            "a proof's sibling",
            |t| {
                let last = t.receipt_proof.len() - 1;
                t.receipt_proof[last] ^= 1;
            },
            |l| matches!(l, Lie::NotIncluded("receipt")),
        ),
        (
            "no next header",
            |t| t.next_header = None,
            |l| matches!(l, Lie::Missing(_)),
        ),
        (
            "the same header twice",
            |t| t.next_header = t.header.clone(),
            |l| matches!(l, Lie::NotConsecutive),
        ),
        (
            "headers swapped",
            |t| std::mem::swap(&mut t.header, &mut t.next_header),
            |l| matches!(l, Lie::NotConsecutive),
        ),
    ];
    let (liar, client, ids) = served().await;
    for (name, twist, expected) in twists {
        let alter = move |answer: &mut v1::GetTransactionResponse| {
            twist(answer.committed.as_mut().expect("committed"));
        };
        liar.served().transaction = Box::new(alter);
        let found = lie(client.transaction(&ids[0]).await);
        assert!(expected(&found), "{name}: {found:?}");
    }
}

#[tokio::test]
async fn another_transaction_s_receipt_or_another_transaction_is_found_out() {
    let (liar, client, ids) = served().await;
    let other = liar.served().chain.committed(1, 1);
    let receipt = (other.receipt.clone(), other.receipt_proof.clone());
    liar.served().transaction = Box::new(move |answer| {
        let committed = answer.committed.as_mut().expect("committed");
        (committed.receipt, committed.receipt_proof) = receipt.clone();
    });
    assert_eq!(lie(client.transaction(&ids[0]).await), Lie::OtherReceipt);
    liar.served().transaction = Box::new(move |answer| answer.committed = Some(other.clone()));
    assert_eq!(
        lie(client.transaction(&ids[0]).await),
        Lie::OtherTransaction
    );
}

#[tokio::test]
async fn another_chain_and_other_validators_are_found_out() {
    let (liar, _, _) = served().await;
    let (header, mut genesis) = {
        let served = liar.served();
        (served.chain.latest(), served.chain.genesis.clone())
    };
    let trust = Trust::in_genesis(&genesis);
    assert!(trust.certify(&header.header, &header.certificate).is_ok());
    genesis.name = "other".to_owned();
    let other = Trust::in_genesis(&genesis);
    let refused = other.certify(&header.header, &header.certificate);
    assert!(matches!(refused, Err(OtherChain { .. })));
    let mut usurped = Some(header);
    alter_header(&mut usurped, |header| {
        header.validators = sealane_types::ids::ValidatorSetHash::new([1; 32]);
    });
    let mut usurped = usurped.expect("a header");
    resign(&mut usurped, &liar);
    let refused = trust.certify(&usurped.header, &usurped.certificate);
    assert_eq!(refused, Err(OtherValidators));
}

fn validator(number: u8) -> (SigningKey, ValidatorSet) {
    let key = SigningKey::from_seed(&[number; 32]);
    let validator = Validator {
        alias: AliasId::new([number; 32]),
        key: key.public(),
        power: 1,
    };
    let set = ValidatorSet::new(vec![validator]).expect("one validator");
    (key, set)
}

/// A header of `height` signed by one validator, that names the next.
fn signed_by(
    (key, set): &(SigningKey, ValidatorSet),
    next: &ValidatorSet,
    like: &BlockHeader,
    height: u64,
) -> (Vec<u8>, Vec<u8>) {
    let header = BlockHeader {
        height: Height(height),
        validators: validator_set_hash(set),
        next_validators: validator_set_hash(next),
        ..like.clone()
    };
    let mut certificate = Certificate {
        height: header.height,
        round: 0,
        block: sealane_ledger::block_id(&header),
        signatures: Vec::new(),
    };
    let vote = certificate.vote(header.chain).to_bytes();
    certificate.signatures.push(CommitSignature {
        validator: set.validators()[0].alias,
        signature: key.sign(sealane_crypto::tags::SIGN_VOTE, &vote),
    });
    (header.to_bytes(), certificate.to_bytes())
}

#[tokio::test]
async fn validators_are_followed_from_hand_to_hand_and_nobody_else_is() {
    let (liar, _, _) = served().await;
    let (like, mut genesis) = {
        let served = liar.served();
        let latest = BlockHeader::from_bytes(&served.chain.latest().header);
        (latest.expect("a header"), served.chain.genesis.clone())
    };
    let [first, second, third, thief] = [1, 2, 3, 4].map(validator);
    genesis.validators = first.1.clone();
    let mut like = like;
    like.chain = sealane_ledger::chain_id(&genesis);
    let turn =
        |from: &(SigningKey, ValidatorSet), to: &ValidatorSet, height, shown: &ValidatorSet| {
            let (header, certificate) = signed_by(from, to, &like, height);
            Turn {
                header,
                certificate,
                validators: shown.to_bytes(),
            }
        };
    let mut trust = Trust::in_genesis(&genesis);
    let (header, certificate) = signed_by(&second, &second.1, &like, 8);
    let early = trust.certify(&header, &certificate);
    assert_eq!(
        early,
        Err(OtherValidators),
        "nobody has handed over to it yet"
    );
    let usurped = trust.follow(turn(&thief, &thief.1, 7, &thief.1));
    assert_eq!(
        usurped,
        Err(OtherValidators),
        "a thief hands over to itself"
    );
    let swapped = trust.follow(turn(&first, &second.1, 7, &thief.1));
    assert_eq!(
        swapped,
        Err(OtherValidators),
        "another set than the header names"
    );
    assert_eq!(trust.follow(turn(&first, &second.1, 7, &second.1)), Ok(()));
    assert!(trust.certify(&header, &certificate).is_ok());
    let (old, by_first) = signed_by(&first, &first.1, &like, 9);
    let late = trust.certify(&old, &by_first);
    assert_eq!(
        late,
        Err(OtherValidators),
        "who has handed over signs no more"
    );
    let (old, by_first) = signed_by(&first, &first.1, &like, 6);
    assert!(
        trust.certify(&old, &by_first).is_ok(),
        "what it signed before holds"
    );
    let again = trust.follow(turn(&first, &third.1, 6, &third.1));
    assert_eq!(again, Err(OtherValidators), "history is not written anew");
    assert_eq!(trust.follow(turn(&second, &third.1, 20, &third.1)), Ok(()));
    assert_eq!((trust.newest(), trust.turns().len()), (Height(21), 2));
    let file = turns::to_file(trust.turns());
    assert_eq!(turns::from_file(&file).expect("read"), trust.turns());
    assert!(turns::from_file(&file[1..]).is_err());
}

/// Gives an altered header a certificate that is right for it.
pub(crate) fn resign(header: &mut v1::FinalHeader, liar: &Liar) {
    let read = BlockHeader::from_bytes(&header.header).expect("a header");
    let certificate = Certificate::from_bytes(&header.certificate);
    let mut certificate = certificate.expect("a certificate");
    certificate.block = sealane_ledger::block_id(&read);
    let vote = certificate.vote(read.chain).to_bytes();
    let signature = liar
        .served()
        .chain
        .validator
        .sign(sealane_crypto::tags::SIGN_VOTE, &vote);
    certificate.signatures[0].signature = signature;
    header.certificate = certificate.to_bytes();
}

#[tokio::test]
async fn a_chain_that_goes_back_forks_or_stands_still_is_found_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (liar, client, _) = served().await;
    let trust = client.trust().clone();
    let seen = || Seen::open(folder.path()).expect("read");
    let fresh = |seen| client.again(trust.clone(), seen);
    fresh(seen()).state(&keys()).await.expect("believed");
    let older = liar.served().chain.header(1);
    liar.served().state = Box::new(move |answer| answer.header = Some(older.clone()));
    let back = lie(fresh(seen()).state(&keys()).await);
    assert!(
        matches!(
            back,
            Lie::WentBack {
                found: Height(2),
                seen: Height(3)
            }
        ),
        "{back:?}"
    );

    let mut fork = Some(liar.served().chain.latest());
    alter_header(&mut fork, |header| header.time.0 += 1);
    let mut fork = fork.expect("a header");
    resign(&mut fork, &liar);
    liar.served().state = Box::new(move |answer| answer.header = Some(fork.clone()));
    assert_eq!(
        lie(fresh(seen()).state(&keys()).await),
        Lie::Fork(Height(3))
    );

    let header = liar.served().chain.latest();
    let latest = trust
        .certify(&header.header, &header.certificate)
        .expect("certified");
    let at = UNIX_EPOCH + Duration::from_millis(latest.header().time.0);
    assert_eq!(check_age(&latest, at + Duration::from_secs(180)), Ok(()));
    let stale = check_age(&latest, at + Duration::from_secs(181));
    assert!(matches!(stale, Err(Lie::Stale { seconds: 181, .. })));
    let future = check_age(&latest, at - Duration::from_secs(61));
    assert!(matches!(future, Err(Lie::Future { seconds: 61 })));
}
