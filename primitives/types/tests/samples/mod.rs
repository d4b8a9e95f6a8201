//! One value of each kind, made of telling bytes.

use sealane_types::alias::{AmendAlias, RegisterAlias, SetStanding, Standing};
use sealane_types::block::{
    Block, BlockHeader, Certificate, CommitSignature, Validator, ValidatorSet,
};
use sealane_types::cross_check::{
    CheckDefinition, CheckProof, CheckRef, CheckShape, Circuit, Compiled, CrossCheck,
    DocumentShape, OpenField,
};
use sealane_types::encoding::Decode;
use sealane_types::fingerprint::{Mask, Rule};
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Suite, TestKeys};
use sealane_types::governance::{CastVote, Change, Governance, Limits, Propose};
use sealane_types::ids::{
    AliasId, BlockTime, Epoch, Height, ProposalId, RecordId, Sequence, ShareIndex,
};
use sealane_types::receipt::{
    ChangeFault, DealingFault, Done, Outcome, Receipt, Refusal, TradeRefusal,
};
use sealane_types::record::{Bucket, Record, RecordHeader, SealedLeaf};
use sealane_types::schema::Kind;
use sealane_types::sharing::{
    Complain, Confirm, Deal, Dealing, FingerprintKey, RegisterShareKey, ShareHolder,
};
use sealane_types::transaction::{
    Answer, Finance, Payload, PresentBlinded, Release, ReleaseReason, Transaction, TransactionBody,
    Waived, Waiver,
};

mod parts;
mod trades;

pub use parts::*;
pub use trades::workflow;

/// Any byte-string type, filled with `number`, `number + 1`, ...
pub fn bytes<T: Decode>(number: u8) -> T {
    let all: Vec<u8> = (0..192).map(|at| number.wrapping_add(at)).collect();
    let fits = [32, 64, 96, 192]
        .into_iter()
        .find_map(|length| T::from_bytes(&all[..length]).ok());
    fits.expect("a byte string of 32, 64, 96 or 192 bytes")
}

pub fn header() -> RecordHeader {
    RecordHeader {
        chain: bytes(1),
        sealer: bytes(2),
        bank: bytes(3),
        kind: Kind::Invoice,
        schema_version: 0x0102,
        bucket: Bucket::new(8).unwrap(),
        replaces: Some(bytes(4)),
        salt: bytes(5),
    }
}

pub fn leaf(number: u8) -> SealedLeaf {
    SealedLeaf {
        hash: bytes(number),
        key: bytes(number.wrapping_add(100)),
        ciphertext: vec![number; usize::from(number % 4)],
    }
}

pub fn record() -> Record {
    let leaves = (0..89).map(leaf).collect();
    Record::new(header(), leaves, bytes(6)).unwrap()
}

pub fn finance() -> Finance {
    Finance {
        record: bytes(1),
        fingerprints: vec![bytes(2), bytes(3)],
        proof: bytes(4),
        hold_until: Some(Height(0x0102_0304_0506_0708)),
        since: Some(bytes(7)),
        waivers: vec![
            Waiver {
                waived: Waived::Alert(Rule::WithoutDate),
                reason: "geprüft".to_owned(),
            },
            Waiver {
                waived: Waived::Alert(Rule::OrderReference),
                reason: "second delivery".to_owned(),
            },
            Waiver {
                waived: Waived::Payee,
                reason: "the seller's parent is paid".to_owned(),
            },
        ],
        consent: Some(bytes(6)),
        trade: Some(bytes(5)),
    }
}

pub fn sign(payload: Payload) -> Transaction {
    Transaction {
        body: TransactionBody {
            chain: bytes(7),
            signer: bytes(8),
            sequence: Sequence(0x0102_0304),
            payload,
        },
        signature: bytes(9),
    }
}

pub fn transactions() -> Vec<Transaction> {
    let present = PresentBlinded {
        record: bytes(1),
        alias: bytes(10),
        alias_commitment: bytes(11),
        mask: Mask::new(Mask::ALWAYS | 1 << Mask::WITHOUT_DATE).unwrap(),
        amount_commitment: bytes(2),
        blinding: bytes(3),
        blinded: (4..13).map(bytes).collect(),
        verifying_key: bytes(8),
        proof: bytes(9),
    };
    let answer = Answer {
        record: bytes(1),
        epoch: Epoch(2),
        index: ShareIndex(3),
        answers: (4..8).map(bytes).collect(),
        proof: bytes(9),
    };
    let release = Release {
        record: bytes(1),
        reason: ReleaseReason::Withdrawn,
    };
    let payloads = [
        Payload::SealRecord(Box::new(record())),
        Payload::PresentBlinded(present),
        Payload::Answer(answer),
        Payload::Finance(finance()),
        Payload::Release(release),
    ];
    payloads.into_iter().chain(members()).map(sign).collect()
}

pub fn block() -> Block {
    let header = BlockHeader {
        chain: bytes(1),
        height: Height(2),
        time: BlockTime(3),
        previous: bytes(4),
        transactions: bytes(5),
        state: bytes(6),
        receipts: bytes(7),
        validators: bytes(8),
        next_validators: bytes(9),
    };
    let transactions = transactions().split_off(4);
    Block {
        header,
        transactions,
    }
}

pub fn certificate() -> Certificate {
    let sign = |number| CommitSignature {
        validator: bytes(number),
        signature: bytes(number + 10),
    };
    Certificate {
        height: Height(1),
        round: 2,
        block: bytes(3),
        signatures: vec![sign(4), sign(5)],
    }
}

pub fn validators() -> ValidatorSet {
    let validator = |number| Validator {
        alias: bytes(number),
        key: bytes(number + 10),
        power: u32::from(number),
    };
    ValidatorSet::new(vec![validator(3), validator(1), validator(2)]).unwrap()
}

fn alias(id: u8, name: &str, role: Role, bank: u8) -> Alias {
    Alias {
        id: bytes(id),
        name: name.to_owned(),
        role,
        key: bytes(id + 100),
        commitment: bytes(id + 50),
        bank: bytes(bank),
        standing: Standing::Active,
        until: None,
    }
}

/// One of each.
pub fn changes() -> Vec<Change> {
    let limits = Limits {
        inquiries_per_day: 1,
        financings_per_day: 5,
        max_hold_blocks: 2,
        max_block_transactions: 3,
        max_block_bytes: 4,
    };
    vec![
        Change::Admit {
            alias: Box::new(alias(9, "bank-z", Role::Bank, 9)),
            possession: bytes(1),
        },
        Change::SetStanding {
            alias: bytes(1),
            standing: Standing::Suspended,
        },
        Change::SetRole {
            alias: bytes(1),
            role: Role::Observer,
        },
        Change::SetKey {
            alias: bytes(1),
            key: bytes(2),
            possession: bytes(3),
        },
        Change::SetPower {
            alias: bytes(1),
            power: 5,
        },
        Change::SetLimits(limits),
        Change::AcceptCircuit(bytes(6)),
        Change::RetireCircuit(bytes(7)),
        Change::SetGovernance(Governance::Leader(bytes(8))),
        Change::SetProtocol(2),
        Change::ShareKey(vec![bytes(9), bytes(1)]),
        Change::PublishCheck(Box::new(definition())),
        Change::RetireCheck(check()),
        Change::PublishWorkflow(Box::new(workflow())),
        Change::RetireWorkflow(workflow().id),
        Change::VoidCheck(workflow().checks[0].check.clone()),
    ]
}

fn members() -> Vec<Payload> {
    let register = RegisterAlias {
        alias: bytes(1),
        role: Role::Carrier,
        key: bytes(2),
        possession: bytes(3),
        commitment: bytes(4),
        until: Some(Height(5)),
    };
    let standing = SetStanding {
        alias: bytes(1),
        standing: Standing::Closed,
    };
    let vote = CastVote {
        proposal: ProposalId(6),
        approve: true,
    };
    let propose = |change| {
        Payload::Propose(Box::new(Propose {
            at: Height(7),
            change,
        }))
    };
    let mut payloads = vec![
        Payload::RegisterAlias(register),
        Payload::SetStanding(standing),
        Payload::Vote(vote),
    ];
    payloads.extend(changes().into_iter().map(propose));
    payloads.extend(sharing());
    payloads.extend(cross_checks());
    payloads.extend(trades::payloads());
    payloads.push(amendment());
    payloads
}

fn amendment() -> Payload {
    Payload::AmendAlias(AmendAlias {
        alias: bytes(1),
        old: bytes(2),
        new: bytes(3),
        possession: bytes(4),
    })
}

pub fn check() -> CheckRef {
    CheckRef::new("invoice-orders", 3, Bucket::new(16).unwrap(), 2).unwrap()
}

fn definition() -> CheckDefinition {
    let document = |kind, list, columns: &[u8]| DocumentShape {
        kind,
        schema_version: 1,
        list,
        header: vec![0, 7],
        count: !columns.is_empty(),
        columns: columns.to_vec(),
    };
    CheckDefinition {
        check: check(),
        source: "check invoice-orders 3".to_owned(),
        compiled: Compiled::One {
            shape: CheckShape {
                documents: vec![
                    document(Kind::Invoice, false, &[1, 4]),
                    document(Kind::Order, true, &[]),
                ],
                requirements: vec!["invoice-sealed".to_owned(), "totals".to_owned()],
            },
            circuit: Circuit {
                digest: bytes(1),
                verifying_key: vec![2; 344],
            },
        },
    }
}

fn cross_checks() -> [Payload; 2] {
    [
        Payload::CrossCheck(Box::new(CrossCheck {
            check: check(),
            records: vec![vec![bytes(1)], vec![bytes(2), bytes(3)]],
            bits: vec![true, false],
            proof: CheckProof::One(bytes(4)),
        })),
        Payload::OpenField(Box::new(OpenField {
            record: Box::new(record()),
            place: [7, 0xff, 0xff],
            suite: Suite::International,
            key: [9; 32],
        })),
    ]
}

fn sharing() -> [Payload; 4] {
    let epoch = Epoch(4);
    [
        Payload::RegisterShareKey(RegisterShareKey {
            epoch,
            key: bytes(1),
            proof: bytes(2),
        }),
        Payload::Deal(Box::new(Deal {
            epoch,
            dealing: Dealing {
                commitments: vec![bytes(1), bytes(2)],
                ephemeral: bytes(3),
                shares: vec![bytes(4), bytes(5), bytes(6)],
            },
            constant: bytes(7),
            ephemeral: bytes(8),
        })),
        Payload::Complain(Complain {
            epoch,
            dealer: ShareIndex(2),
            secret: bytes(1),
            proof: bytes(2),
        }),
        Payload::Confirm(Confirm {
            epoch,
            slot_keys: (2..14).map(bytes).collect(),
            proof: bytes(1),
        }),
    ]
}

pub fn fingerprint_key() -> FingerprintKey {
    let holder = ShareHolder {
        validator: bytes(3),
        public: bytes(20),
    };
    FingerprintKey {
        epoch: Epoch(1),
        threshold: 1,
        public: bytes(20),
        holders: vec![holder],
    }
}

pub fn genesis() -> Genesis {
    let node: AliasId = bytes(3);
    let validator = Validator {
        alias: node,
        key: bytes(103),
        power: 1,
    };
    Genesis {
        name: "trade-1".to_owned(),
        suite: Suite::International,
        time: BlockTime(1_700_000_000_000),
        aliases: vec![
            alias(1, "bank-a", Role::Bank, 1),
            alias(2, "customer", Role::Company, 1),
            alias(3, "node-a", Role::Validator, 1),
        ],
        validators: ValidatorSet::new(vec![validator]).unwrap(),
        parameters: Parameters {
            inquiries_per_day: 100,
            financings_per_day: 1000,
            max_hold_blocks: 1000,
            max_block_transactions: 512,
            max_block_bytes: 4 << 20,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![bytes(1), bytes(2)],
        },
        governance: Governance::Authority(bytes(1)),
    }
}

/// One of each, by ascending code.
pub fn refusals() -> Vec<Refusal> {
    let mut all = first_refusals();
    all.extend(trades::refusals());
    all.extend(last_refusals());
    all
}

fn first_refusals() -> Vec<Refusal> {
    let (by, older) = (bytes(1), bytes(2));
    vec![
        Refusal::RecordExists,
        Refusal::NotTheSealer,
        Refusal::UnknownRecord,
        Refusal::CannotReplace,
        Refusal::AlreadyReplaced { by },
        Refusal::WrongRoot,
        Refusal::AlreadyPresented,
        Refusal::QuotaUsedUp { quota: 3 },
        Refusal::NotFinanceable,
        Refusal::UnknownVerifyingKey,
        Refusal::WrongProof,
        Refusal::NotPresented,
        Refusal::NotAShareHolder,
        Refusal::AlreadyAnswered,
        Refusal::WrongAnswer {
            share: ShareIndex(3),
        },
        Refusal::NotAnswered,
        Refusal::NotABank,
        Refusal::Replaced { by },
        Refusal::Duplicate { rule: Rule::Strict },
        Refusal::Alert {
            rules: vec![Rule::WithoutDate, Rule::TransportDocument],
        },
        Refusal::RepeatedFingerprint,
        Refusal::AlreadyFinanced,
        Refusal::AlreadyHeld { until: Height(5) },
        Refusal::OlderIsFinanced { older },
        Refusal::NotTheHolder,
        Refusal::HoldOutOfRange { blocks: 6 },
        Refusal::HoldOverFinanced,
        Refusal::NotFinanced,
        Refusal::HoldNotRepaid,
        Refusal::OtherChain,
        Refusal::RoleForbids {
            role: Role::Observer,
        },
        Refusal::NotActive,
        Refusal::AliasExists,
        Refusal::WrongKey,
        Refusal::NotYourCustomer,
        Refusal::Closed,
        Refusal::UnknownProposal,
        Refusal::AlreadyVoted,
        Refusal::ProposalOver,
        Refusal::HeightOutOfRange { least: 2, most: 9 },
        Refusal::ChangeFails {
            fault: ChangeFault::NameTaken,
        },
        Refusal::TooManyChanges,
        Refusal::NoRound,
        Refusal::NotInRound,
        Refusal::KeysFixed,
        Refusal::NotYet,
        Refusal::AlreadyDealt,
        Refusal::WrongDealing {
            fault: DealingFault::Degree,
        },
        Refusal::NoDealing,
        Refusal::FalseComplaint,
        Refusal::AlreadyConfirmed,
        Refusal::DealingsOver,
        Refusal::NoCheck,
        Refusal::WrongShape,
        Refusal::NotOfTheCheck { record: bytes(1) },
        Refusal::AlreadyChecked,
        Refusal::FieldsOpened,
        Refusal::FieldSound,
        Refusal::AlreadyOpened,
    ]
}

fn last_refusals() -> Vec<Refusal> {
    vec![
        Refusal::OneTrade,
        Refusal::OtherCommitment,
        Refusal::TooManyAmendments,
        Refusal::NotVouchedFor,
        Refusal::OnlyAsked,
        Refusal::NoConsent,
        Refusal::RepeatedBlinding,
        Refusal::SameName,
        Refusal::NoSlotKeys,
        Refusal::SealedWrongly,
        Refusal::FinancingsUsedUp { quota: 3, debt: 2 },
        Refusal::CheckVoid {
            check: workflow().checks[0].check.clone(),
        },
        Refusal::Trade(TradeRefusal::VoidCheck {
            check: workflow().checks[0].check.clone(),
        }),
        Refusal::GoesOnOtherwise,
        Refusal::OlderIsTaken { older: bytes(9) },
    ]
}

pub fn receipts() -> Vec<Receipt> {
    let done = [
        Done::Sealed,
        Done::Presented,
        Done::Answered { completed: true },
        Done::Held { until: Height(7) },
        Done::Financed {
            took_over: Some(bytes(8)),
        },
        Done::Released(ReleaseReason::Repaid),
        Done::Registered,
        Done::StandingSet(Standing::Suspended),
        Done::Proposed {
            proposal: ProposalId(9),
            approved: false,
        },
        Done::Voted { approved: true },
        Done::ShareKeyRegistered,
        Done::Dealt,
        Done::Complained,
        Done::Confirmed { present: true },
        Done::CrossChecked { unmet: 2 },
        Done::FieldOpened,
        Done::Traded {
            trade: bytes(9),
            stage: "financeable".to_owned(),
        },
        Done::Amended,
    ];
    let done = done.into_iter().map(Outcome::Done);
    let refused = refusals().into_iter().map(Outcome::Refused);
    let receipt = |outcome| Receipt {
        transaction: bytes(1),
        signer: bytes(2),
        record: record_of(&outcome),
        outcome,
    };
    done.chain(refused).map(receipt).collect()
}

fn record_of(outcome: &Outcome) -> Option<RecordId> {
    let members = matches!(
        outcome,
        Outcome::Done(
            Done::Registered
                | Done::StandingSet(_)
                | Done::Proposed { .. }
                | Done::Voted { .. }
                | Done::ShareKeyRegistered
                | Done::Dealt
                | Done::Complained
                | Done::Confirmed { .. }
                | Done::CrossChecked { .. }
                | Done::Traded { .. }
                | Done::Amended
        )
    );
    (!members).then(|| bytes(3))
}

pub fn receipt_name(receipt: &Receipt) -> String {
    match &receipt.outcome {
        Outcome::Refused(refusal) => format!("receipt-refused-{}", refusal.code()),
        Outcome::Done(done) => {
            let name = format!("{done:?}").to_lowercase();
            let word = name.split(|letter: char| !letter.is_alphabetic()).next();
            format!("receipt-{}", word.unwrap())
        }
    }
}
