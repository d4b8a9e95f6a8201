//! A chain with a workflow, two checks and the parties of a trade.

use sealane_types::alias::Alias;
use sealane_types::cross_check::{CheckRef, CheckShape, Circuit, Compiled, DocumentShape};
use sealane_types::encoding::Encode;
use sealane_types::genesis::Role;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, BlockTime, Digest, FieldBytes, Height, RecordId, TradeId, TxId};
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::record::Bucket;
use sealane_types::schema::{Kind, SCHEMA_VERSION};
use sealane_types::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};
use sealane_types::workflow::{
    Deadline, Financed, Move, Party, Required, Slot, Stage, Step, Versioned, Waivable, Workflow,
};

use crate::cross_check::RecordShown;
use crate::effects::Effect;
use crate::state::{CheckEntry, CheckTextEntry, Key, TradeEntry, WorkflowEntry};
use crate::tests::governing::agree;
use crate::tests::world::*;
use crate::trade::{stand, void_since};
use crate::verified::{Action, VerifiedCrossCheck, VerifiedTransaction};

pub const BUYER: AliasId = CUSTOMER;
pub const SELLER: AliasId = AliasId::new([4; 32]);
pub const CARRIER: AliasId = AliasId::new([5; 32]);
pub const OTHER_SELLER: AliasId = AliasId::new([6; 32]);
pub const PARTIES: [AliasId; 4] = [BUYER, SELLER, CARRIER, BANK_A];

/// The check of order and invoice, and that of the deliveries too, by their place in the workflow.
pub const ORDER: u8 = 0;
pub const DELIVERY: u8 = 1;

const STAGES: [&str; 10] = [
    "opened",
    "ordered",
    "delivered",
    "invoiced",
    "financeable",
    "financed",
    "paid",
    "cancelled",
    "lapsed",
    "reopened",
];

pub fn place(stage: &str) -> u8 {
    let found = STAGES.iter().position(|one| *one == stage);
    u8::try_from(found.unwrap()).unwrap()
}

pub fn workflow() -> Workflow {
    let party = |name: &str, role| Party {
        name: name.to_owned(),
        role,
    };
    let slot = |name: &str, kind, by, list| Slot {
        name: name.to_owned(),
        kind,
        by,
        list,
    };
    let stage = |name: &str| Stage {
        name: name.to_owned(),
        deadline: match name {
            "opened" => Some((10, "reopened")),
            "reopened" => Some((5, "lapsed")),
            "delivered" => Some((30, "lapsed")),
            "financeable" => Some((90, "lapsed")),
            _ => None,
        }
        .map(|(days, then)| Deadline {
            days,
            then: place(then),
        }),
    };
    let step = |name: &str, by, from: &[&str], document, to: &str| Step {
        name: name.to_owned(),
        by,
        from: from.iter().map(|stage| place(stage)).collect(),
        document,
        to: place(to),
    };
    let required = |name: &str, documents: &[u8]| Required {
        check: Versioned::new(name, 1).unwrap(),
        documents: documents.to_vec(),
    };
    let words = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Workflow {
        id: "sale@1".parse().unwrap(),
        about: "A sale.".to_owned(),
        parties: vec![
            party("buyer", Role::Company),
            party("seller", Role::Company),
            party("carrier", Role::Carrier),
            party("bank", Role::Bank),
        ],
        documents: vec![
            slot("order", Kind::Order, 0, false),
            slot("delivery", Kind::Waybill, 2, true),
            slot("invoice", Kind::Invoice, 1, false),
        ],
        stages: STAGES.into_iter().map(stage).collect(),
        steps: vec![
            step("order", 0, &["opened"], Some(0), "ordered"),
            step(
                "deliver",
                2,
                &["ordered", "delivered"],
                Some(1),
                "delivered",
            ),
            step("bill", 1, &["delivered"], Some(2), "invoiced"),
            step(
                "cancel",
                0,
                &["ordered", "invoiced", "financeable"],
                None,
                "cancelled",
            ),
        ],
        checks: vec![
            required("invoice-order", &[0, 2]),
            required("invoice-waybill", &[0, 1, 2]),
        ],
        moves: vec![Move {
            from: place("invoiced"),
            to: place("financeable"),
            checks: vec![ORDER, DELIVERY],
        }],
        waivers: vec![
            Waivable {
                check: ORDER,
                requirements: words(&["dates", "lines-total"]),
                by: vec![0],
            },
            Waivable {
                check: DELIVERY,
                requirements: words(&["any"]),
                by: vec![3],
            },
        ],
        financing: Some(Financed {
            document: 2,
            by: 3,
            at: place("financeable"),
            financed: place("financed"),
            paid: place("paid"),
        }),
    }
}

pub fn check(name: &str, lines: u16, documents: usize) -> CheckRef {
    CheckRef::new(name, 1, Bucket::new(lines).unwrap(), documents).unwrap()
}

/// What is published of a check of the workflow: its kinds, and three requirements.
pub fn entry(name: &str) -> CheckEntry {
    let document = |kind, list| DocumentShape {
        kind,
        schema_version: SCHEMA_VERSION,
        list,
        header: vec![0],
        count: false,
        columns: Vec::new(),
    };
    let (order, invoice) = (document(Kind::Order, false), document(Kind::Invoice, false));
    let (documents, ids): (_, [&str; 3]) = match name {
        "invoice-order" => (
            vec![order, invoice],
            ["invoice.sealer", "dates", "lines-total"],
        ),
        _ => (
            vec![order, document(Kind::Waybill, true), invoice],
            ["delivery.distinct", "line-totals", "billed-once"],
        ),
    };
    CheckEntry {
        from: Height(1),
        until: None,
        source: Digest::new([1; 32]),
        compiled: Compiled::One {
            shape: CheckShape {
                documents,
                requirements: ids.into_iter().map(str::to_owned).collect(),
            },
            circuit: Circuit {
                digest: Digest::new([2; 32]),
                verifying_key: vec![3; 344],
            },
        },
    }
}

pub const MET: [bool; 3] = [true; 3];

pub struct Net {
    pub world: World,
    transactions: u8,
    /// The last outcome's effects on trades.
    pub moved: Vec<(TradeId, String)>,
}

pub fn trade(number: u8) -> TradeId {
    TradeId::new([number; 32])
}

impl Net {
    /// The parties and checks are there; no workflow is.
    pub fn without_workflow() -> Self {
        let mut world = World::new();
        let company = |id, bank| alias(id, "", Role::Company, bank);
        let carrier = alias(CARRIER, "", Role::Carrier, BANK_B);
        for one in [
            company(SELLER, BANK_B),
            company(OTHER_SELLER, BANK_B),
            carrier,
        ] {
            world.state.insert(Key::alias(&one.id), one.to_bytes());
        }
        for (name, lines, documents) in [
            ("invoice-order", 8, 1),
            ("invoice-waybill", 8, 1),
            ("invoice-waybill", 8, 2),
            ("invoice-waybill", 16, 2),
            ("invoice-waybill", 32, 8),
        ] {
            let key = Key::check(&check(name, lines, documents));
            world.state.insert(key, entry(name).to_bytes());
            let text = CheckTextEntry {
                source: entry(name).source,
                void: None,
            };
            let key = Key::check_text(name, 1);
            world.state.insert(key, text.to_bytes());
        }
        Self {
            world,
            transactions: 100,
            moved: Vec::new(),
        }
    }

    pub fn new() -> Self {
        Self::following(|_| {})
    }

    /// With another workflow of the same name.
    pub fn following(change: impl FnOnce(&mut Workflow)) -> Self {
        let mut net = Self::without_workflow();
        let mut workflow = workflow();
        change(&mut workflow);
        workflow.check().unwrap();
        agree(
            &mut net.world,
            Change::PublishWorkflow(Box::new(workflow.clone())),
        );
        assert_eq!(net.workflow(), workflow);
        net
    }

    fn workflow(&self) -> Workflow {
        let entry: Option<WorkflowEntry> = self.world.read(&Key::workflow(&workflow().id));
        entry.unwrap().workflow
    }

    /// A trade at this stage: order 11, deliveries 21 and 22, invoice 31.
    pub fn at(stage: &str) -> Self {
        Self::new().led_to(stage)
    }

    /// With such a trade.
    pub fn led_to(mut self, stage: &str) -> Self {
        let net = &mut self;
        net.open(1).unwrap();
        for (step, by, kind, records, to) in [
            ("order", BUYER, Kind::Order, &[11][..], "ordered"),
            ("deliver", CARRIER, Kind::Waybill, &[21], "delivered"),
            ("deliver", CARRIER, Kind::Waybill, &[22], "delivered"),
            ("bill", SELLER, Kind::Invoice, &[31], "invoiced"),
        ] {
            if net.stage(1) == stage && !(stage == "delivered" && records == [22]) {
                return self;
            }
            records
                .iter()
                .for_each(|record| net.seal(by, *record, kind, None));
            assert_eq!(net.step(by, 1, step, records), traded(1, to));
        }
        if stage != "invoiced" {
            net.prove_all();
        }
        assert_eq!(net.stage(1), stage);
        self
    }

    /// Both checks, all met.
    pub fn prove_all(&mut self) {
        self.prove("invoice-order", 8, &[&[11], &[31]], MET)
            .unwrap();
        let records: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
        self.prove("invoice-waybill", 16, &records, MET).unwrap();
    }

    pub fn send(&mut self, signer: AliasId, action: Action) -> Result<Done, Refusal> {
        self.transactions += 1;
        self.send_as(signer, self.transactions, action)
    }

    fn send_as(&mut self, signer: AliasId, number: u8, action: Action) -> Result<Done, Refusal> {
        let before = self.world.state.clone();
        let transaction = VerifiedTransaction {
            id: TxId::new([number; 32]),
            ..self.world.verified(signer, 0, action)
        };
        let outcome = self.world.block(vec![transaction]).remove(0);
        let moved = |effect: &Effect| match effect {
            Effect::TradeMoved { trade, stage } => Some((*trade, stage.clone())),
            _ => None,
        };
        self.moved = self.world.effects.iter().filter_map(moved).collect();
        match outcome {
            Outcome::Done(done) => Ok(done),
            Outcome::Refused(refusal) => {
                let mut after = self.world.state.clone();
                let key = Key::sequence(&signer);
                after.insert(key.clone(), before.get(&key).cloned().unwrap_or_default());
                let mut before = before;
                before.entry(key).or_default();
                assert_eq!(after, before, "a refusal changes the sequence alone");
                assert!(self.moved.is_empty());
                Err(refusal)
            }
        }
    }

    /// Opens trade `number`.
    pub fn open(&mut self, number: u8) -> Result<Done, Refusal> {
        self.open_with(BUYER, number, &PARTIES)
    }

    pub fn open_with(
        &mut self,
        signer: AliasId,
        number: u8,
        parties: &[AliasId],
    ) -> Result<Done, Refusal> {
        let open = OpenTrade {
            workflow: workflow().id,
            parties: parties.to_vec(),
        };
        self.send_as(signer, number, Action::OpenTrade(open))
    }

    pub fn seal(&mut self, sealer: AliasId, record: u8, kind: Kind, replaces: Option<u8>) {
        let alias: Alias = self.world.read(&Key::alias(&sealer)).unwrap();
        let mut header = self.world.header(sealer, replaces);
        header.bank = alias.bank;
        header.kind = kind;
        self.send(sealer, sealing(record, header)).unwrap();
    }

    pub fn step(
        &mut self,
        signer: AliasId,
        number: u8,
        step: &str,
        records: &[u8],
    ) -> Result<Done, Refusal> {
        let step = TakeStep {
            trade: trade(number),
            step: step.to_owned(),
            records: records.iter().map(|record| id(*record)).collect(),
        };
        self.send(signer, Action::TakeStep(step))
    }

    pub fn correct(&mut self, signer: AliasId, record: u8) -> Result<Done, Refusal> {
        let correct = CorrectTrade {
            trade: trade(1),
            record: id(record),
        };
        self.send(signer, Action::CorrectTrade(correct))
    }

    pub fn waive(
        &mut self,
        signer: AliasId,
        check: u8,
        requirement: &str,
    ) -> Result<Done, Refusal> {
        let waive = WaiveRequirement {
            trade: trade(1),
            check,
            requirement: requirement.to_owned(),
            reason: "agreed by telephone".to_owned(),
        };
        self.send(signer, Action::Waive(waive))
    }

    /// A proof that verification found to hold. As many documents as the size has that is published.
    pub fn prove(
        &mut self,
        name: &str,
        lines: u16,
        records: &[&[u8]],
        bits: [bool; 3],
    ) -> Result<Done, Refusal> {
        let documents = match (name, lines) {
            ("invoice-waybill", 16) => 2,
            ("invoice-waybill", 32) => 8,
            _ => 1,
        };
        let shown = |number: &u8| RecordShown {
            root: id(*number),
            context: FieldBytes::new([0; 32]),
            alias: FieldBytes::new([0; 32]),
            bucket: Bucket::new(8).unwrap(),
            opened: self.opened(*number),
        };
        let list = |list: &&[u8]| list.iter().map(shown).collect();
        let shown = VerifiedCrossCheck {
            check: check(name, lines, documents),
            records: records.iter().map(list).collect(),
            bits: bits.to_vec(),
        };
        self.send(BANK_B, Action::CrossCheck(Box::new(shown)))
    }

    fn opened(&self, record: u8) -> Vec<[u8; 3]> {
        let opened = self.world.read(&Key::opened_fields(&id(record)));
        opened.map_or_else(Vec::new, |opened: crate::state::OpenedFields| opened.0)
    }

    /// Presents and answers, so that the record can be financed.
    pub fn ready(&mut self, record: u8, sealer: AliasId) {
        self.world.wait(DAY / 10);
        self.world.present(sealer, record).unwrap();
        self.world.answer(1, record).unwrap();
    }

    pub fn finance(
        &mut self,
        bank: AliasId,
        record: u8,
        demanded: Option<u8>,
    ) -> Result<Done, Refusal> {
        self.want(bank, record, strict(&[1]), demanded)
    }

    pub fn want(
        &mut self,
        bank: AliasId,
        record: u8,
        wanted: Wanted,
        demanded: Option<u8>,
    ) -> Result<Done, Refusal> {
        let trade = demanded.map(trade);
        let wanting = wanting(record, &Wanted { trade, ..wanted });
        let wanting = self.world.expecting(bank, wanting);
        self.send(bank, wanting)
    }

    pub fn written(&self, number: u8) -> TradeEntry {
        self.world.read(&Key::trade(&trade(number))).unwrap()
    }

    /// Where a trade stands for a block of now.
    pub fn stage(&self, number: u8) -> String {
        let mut trade = self.written(number);
        self.stand(&mut trade, self.world.tip.time);
        self.workflow().stage(trade.stage).to_owned()
    }

    /// Where trade 1 stands for a block of now, and since when.
    pub fn standing(&self) -> (String, BlockTime) {
        let mut trade = self.written(1);
        self.stand(&mut trade, self.world.tip.time);
        let stage = self.workflow().stage(trade.stage).to_owned();
        (stage, trade.since)
    }

    pub fn stand(&self, trade: &mut TradeEntry, time: BlockTime) {
        stand(&self.world.state, &self.workflow(), trade, time);
    }

    /// Members make a check void, and nothing else happens: the time from which on it is.
    pub fn void(&mut self, name: &str) -> BlockTime {
        let check = Versioned::new(name, 1).unwrap();
        agree(&mut self.world, Change::VoidCheck(check.clone()));
        void_since(&self.world.state, &check).unwrap()
    }

    pub fn of_line(&self, record: u8) -> Option<TradeId> {
        self.world.read(&Key::trade_of(&id(record)))
    }
}

pub fn traded(number: u8, stage: &str) -> Result<Done, Refusal> {
    Ok(Done::Traded {
        trade: trade(number),
        stage: stage.to_owned(),
    })
}

pub fn ids(records: &[u8]) -> Vec<RecordId> {
    records.iter().map(|record| id(*record)).collect()
}
