//! A chain in memory: two banks, a customer, four validators.

use std::collections::BTreeMap;

use sealane_crypto::curve::{Point, Scalar, encode_element};
use sealane_crypto::oprf::{KeySecret, KeyShare};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::fingerprint::{Fingerprint, Mask, Rule};
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{
    AliasId, BlockTime, ChainId, Digest, Epoch, FieldBytes, Height, PointBytes, ProofBytes,
    RecordId, Salt, ShareIndex, StateRoot, TradeId, TxId, VerifyingKeyId,
};
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::record::{Bucket, RecordHeader};
use sealane_types::schema::{Kind, SCHEMA_VERSION};
use sealane_types::sharing::{Confirm, FingerprintKey, ShareHolder};
use sealane_types::transaction::{Payload, Release, ReleaseReason, Transaction, TransactionBody};
use sealane_verifier::{Claim, Verifier};

use crate::chain::Tip;
use crate::consortium::validators_at;
use crate::effects::Effect;
use crate::foretell::Known;
use crate::log::{LogEntry, TakenSet};
use crate::sharing::writes_of;
use crate::state::{
    BlindedSet, Financing, Key, LogHead, OpenedFields, RecordEntry, StateExt, Writes,
};
use crate::verified::{
    Action, VerifiedAnswer, VerifiedBlock, VerifiedFinancing, VerifiedRecord, VerifiedSet,
    VerifiedTransaction,
};
use crate::{apply, genesis_writes, next_sequence};

pub const BANK_A: AliasId = AliasId::new([1; 32]);
pub const BANK_B: AliasId = AliasId::new([2; 32]);
pub const CUSTOMER: AliasId = AliasId::new([3; 32]);
pub const VALIDATORS: [AliasId; 4] = [
    AliasId::new([11; 32]),
    AliasId::new([12; 32]),
    AliasId::new([13; 32]),
    AliasId::new([14; 32]),
];
pub const VERIFYING_KEY: VerifyingKeyId = VerifyingKeyId::new([7; 32]);
pub const QUOTA: u32 = 5;
pub const FINANCINGS: u32 = 12;
pub const MAX_HOLD: u64 = 10;
pub const DAY: u64 = 86_400_000;

pub type State = BTreeMap<Key, Vec<u8>>;

/// The verifier of these tests: a proof is right that repeats the first byte of the first public input, which is a record's
/// root in all statements. The real one stands in `sealane-verifier`.
pub struct ByFirstByte;

/// What that verifier holds for a proof about this record.
pub fn proof_of(record: &RecordId) -> ProofBytes {
    ProofBytes::new([record.as_bytes()[0]; 192])
}

impl Verifier for ByFirstByte {
    fn hold(&self, claims: &[Claim]) -> Vec<bool> {
        let first = |claim: &Claim| encode_element(&claim.inputs[0])[0];
        let holds = claims
            .iter()
            .map(|claim| claim.proof == [first(claim); 192]);
        holds.collect()
    }
}

pub fn id(number: u8) -> RecordId {
    RecordId::new([number; 32])
}

pub fn point(number: u64) -> PointBytes {
    let mut uniform = [0; 64];
    uniform[..8].copy_from_slice(&number.to_le_bytes());
    let scalar = Scalar::from_uniform(&uniform);
    PointBytes::new(Point::generator().times(&scalar).encode())
}

/// The key with which an alias signs, transactions and blocks alike.
pub fn signing_key(alias: &AliasId) -> SigningKey {
    SigningKey::from_seed(alias.as_bytes())
}

pub fn alias(id: AliasId, name: &str, role: Role, bank: AliasId) -> Alias {
    Alias {
        id,
        name: name.to_owned(),
        role,
        key: signing_key(&id).public(),
        commitment: FieldBytes::new([0; 32]),
        bank,
        standing: Standing::Active,
        until: None,
    }
}

/// The slots of a document without looser traits but for its number and its seller's name.
pub fn mask() -> Mask {
    Mask::new(Mask::ALWAYS | 1 << Mask::WITHOUT_DATE).unwrap()
}

/// Masks of documents whose name is strict: without any identifier of their seller, as the alias has none either, and with
/// others than its home register's number.
pub fn strict_names() -> [Mask; 2] {
    let lacking = 1 << Mask::WITHOUT_DATE | 1 << Mask::STRICT_NAME;
    [Mask::ALWAYS, Mask::ALWAYS | lacking].map(|bits| Mask::new(bits).unwrap())
}

/// A key as if a round had given it, with every holder's share and what its holder said of it.
pub fn dealt(threshold: u16, chain: ChainId) -> (FingerprintKey, Vec<KeyShare>, Vec<Confirm>) {
    let secret = KeySecret::from_seed(&[9; 32]);
    let (public, shares) = secret.deal(Epoch(1), threshold, 4).unwrap();
    let (key, keys) = public.encode();
    let holders = VALIDATORS.into_iter().zip(keys);
    let holders = holders.map(|(validator, public)| ShareHolder { validator, public });
    let key = FingerprintKey {
        epoch: Epoch(1),
        threshold,
        public: key,
        holders: holders.collect(),
    };
    let said = shares.iter().zip(VALIDATORS);
    let said = said.map(|(share, holder)| share.confirm(&public, &chain, &holder).unwrap());
    let said = said.collect();
    (key, shares, said)
}

pub fn genesis() -> Genesis {
    let mut aliases = vec![
        alias(BANK_A, "bank-a", Role::Bank, BANK_A),
        alias(BANK_B, "bank-b", Role::Bank, BANK_B),
        alias(CUSTOMER, "customer", Role::Company, BANK_A),
    ];
    let mut validators = Vec::new();
    for (at, validator) in VALIDATORS.into_iter().enumerate() {
        aliases.push(alias(
            validator,
            &format!("node-{at}"),
            Role::Validator,
            BANK_A,
        ));
        validators.push(Validator {
            alias: validator,
            key: signing_key(&validator).public(),
            power: 1,
        });
    }
    let genesis = Genesis {
        name: "test".to_owned(),
        suite: Suite::International,
        time: BlockTime(1_000_000),
        aliases,
        validators: ValidatorSet::new(validators).unwrap(),
        parameters: Parameters {
            inquiries_per_day: QUOTA,
            financings_per_day: FINANCINGS,
            max_hold_blocks: MAX_HOLD,
            max_block_transactions: 200,
            max_block_bytes: 4 << 20,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![VERIFYING_KEY],
        },
        governance: Governance::Members,
    };
    genesis.check().unwrap();
    genesis
}

/// What a financing asks for; strict fingerprints and loose ones by number.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub strict: Vec<u8>,
    pub loose: Vec<(Rule, u8)>,
    pub hold: Option<u64>,
    pub waived: Vec<Rule>,
    pub consented: bool,
    pub trade: Option<TradeId>,
}

pub fn strict(numbers: &[u8]) -> Wanted {
    Wanted {
        strict: numbers.to_vec(),
        loose: Vec::new(),
        hold: None,
        waived: Vec::new(),
        consented: false,
        trade: None,
    }
}

impl Wanted {
    pub fn hold(self, until: u64) -> Self {
        let hold = Some(until);
        Self { hold, ..self }
    }

    pub fn loose(self, loose: &[(Rule, u8)]) -> Self {
        let loose = loose.to_vec();
        Self { loose, ..self }
    }

    pub fn consented(self) -> Self {
        let consented = true;
        Self { consented, ..self }
    }

    pub fn waive(self, waived: &[Rule]) -> Self {
        let waived = waived.to_vec();
        Self { waived, ..self }
    }
}

pub fn print(rule: Rule, number: u8) -> Fingerprint {
    let value = [number; 32];
    Fingerprint { rule, value }
}

pub struct World {
    pub state: State,
    pub tip: Tip,
    pub log: TakenSet,
    pub entries: Vec<LogEntry>,
    pub effects: Vec<Effect>,
    pub shares: Vec<KeyShare>,
}

impl World {
    pub fn new() -> Self {
        Self::with_threshold(1)
    }

    /// The first round is finished, and gave a key with this threshold.
    pub fn with_threshold(threshold: u16) -> Self {
        let mut world = Self::without_key();
        let (key, shares, said) = dealt(threshold, world.tip.chain);
        commit(&mut world.state, &writes_of(&key, &said));
        world.shares = shares;
        world
    }

    /// As genesis begins it.
    pub fn without_key() -> Self {
        let genesis = genesis();
        let mut state = State::new();
        commit(&mut state, &genesis_writes(&genesis));
        Self {
            state,
            tip: Tip::genesis(&genesis, StateRoot::new([0; 32])),
            log: TakenSet::default(),
            entries: Vec::new(),
            effects: Vec::new(),
            shares: Vec::new(),
        }
    }

    pub fn height(&self) -> u64 {
        self.tip.height.0
    }

    /// Empty blocks up to this height, so that the next transaction runs just above it.
    pub fn reach(&mut self, height: u64) {
        assert!(height >= self.height());
        self.tip.height = Height(height);
    }

    pub fn wait(&mut self, milliseconds: u64) {
        self.tip.time.0 += milliseconds;
    }

    pub fn read<T: Decode>(&self, key: &Key) -> Option<T> {
        self.state
            .get(key)
            .map(|bytes| T::from_bytes(bytes).unwrap())
    }

    pub fn financing(&self, record: u8) -> Option<Financing> {
        self.read(&Key::financing(&id(record)))
    }

    pub fn verified(&self, signer: AliasId, record: u8, action: Action) -> VerifiedTransaction {
        VerifiedTransaction {
            id: TxId::new([0; 32]),
            signer,
            sequence: next_sequence(&self.state, &signer),
            record: Some(id(record)),
            action: Ok(action),
        }
    }

    /// One block with these transactions; sees that applying it twice gives the same.
    pub fn block(&mut self, transactions: Vec<VerifiedTransaction>) -> Vec<Outcome> {
        let header = self.tip.next_block(self.tip.time, Vec::new()).header;
        let block = VerifiedBlock {
            header,
            transactions,
        };
        self.commit_block(&block)
    }

    /// Applies a verified block, twice, and makes it the tip.
    pub fn commit_block(&mut self, block: &VerifiedBlock) -> Vec<Outcome> {
        let applied = apply(&self.state, block).unwrap();
        assert_eq!(apply(&self.state, block).unwrap(), applied);
        commit(&mut self.state, &applied.writes);
        for effect in &applied.effects {
            if let Effect::Logged {
                number,
                entry,
                digest,
            } = effect
            {
                assert_eq!(*number, self.log.head().length);
                self.log.follow(entry);
                self.entries.push((**entry).clone());
                assert_eq!(*digest, self.log.head().digest);
            }
        }
        let head: LogHead = self.read(&Key::log()).unwrap();
        assert_eq!(head, *self.log.head());
        let coming = validators_at(&self.state, Height(block.header.height.0 + 2));
        let root = StateRoot::new([0; 32]);
        self.tip = Tip::after(&block.header, &applied.receipts, root, &coming);
        self.effects = applied.effects;
        let outcomes = applied.receipts.into_iter().map(|receipt| receipt.outcome);
        outcomes.collect()
    }

    /// Sends an action, as [`World::expecting`] has it.
    pub fn send(&mut self, signer: AliasId, record: u8, action: Action) -> Result<Done, Refusal> {
        let action = self.expecting(signer, action);
        self.send_as_it_is(signer, record, action)
    }

    /// An action; a financing with what it goes on with by now, as the bank's program reads it.
    pub fn expecting(&self, signer: AliasId, mut action: Action) -> Action {
        if let Action::Finance(wanted) = &mut action {
            wanted.since = self.since(signer, &wanted.record);
        }
        action
    }

    /// Since which other record this bank's financing would last; none where it was not presented.
    pub fn since(&self, bank: AliasId, record: &RecordId) -> Option<RecordId> {
        let entry: RecordEntry = self.state.read(&Key::record(record))?;
        let financing = |record: &RecordId| self.state.read(&Key::financing(record));
        let last: Option<RecordId> = self
            .state
            .read(&Key::financed_of_line(&entry.first_of_line));
        let known = Known {
            entry,
            own: financing(record),
            last_of_line: last.map(|last| (last, financing(&last))),
            aliases: Vec::new(),
            opened: OpenedFields::default(),
            quota: None,
            parameters: self.state.read(&Key::parameters())?,
            time: self.tip.time,
        };
        let set: BlindedSet = self.state.read(&Key::blinded_set(record))?;
        known.since(bank, set.alias, record)
    }

    pub fn send_as_it_is(
        &mut self,
        signer: AliasId,
        record: u8,
        action: Action,
    ) -> Result<Done, Refusal> {
        let before = self.state.clone();
        let transaction = self.verified(signer, record, action);
        match self.block(vec![transaction]).remove(0) {
            Outcome::Done(done) => Ok(done),
            Outcome::Refused(refusal) => {
                let mut after = self.state.clone();
                let key = Key::sequence(&signer);
                assert_ne!(after.remove(&key), before.get(&key).cloned());
                let mut before = before;
                before.remove(&key);
                for state in [&mut before, &mut after] {
                    state.remove(&Key::blame(&signer));
                }
                assert_eq!(after, before, "a refusal changes sequence and blame alone");
                Err(refusal)
            }
        }
    }

    /// The next transaction of a signer, before it is signed.
    pub fn body(&self, signer: AliasId, payload: Payload) -> TransactionBody {
        TransactionBody {
            chain: self.tip.chain,
            signer,
            sequence: next_sequence(&self.state, &signer),
            payload,
        }
    }

    pub fn signed(&self, signer: AliasId, payload: Payload) -> Transaction {
        let body = self.body(signer, payload);
        let signature = signing_key(&signer).sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        Transaction { body, signature }
    }

    pub fn header(&self, sealer: AliasId, replaces: Option<u8>) -> RecordHeader {
        let bank = if sealer == CUSTOMER { BANK_A } else { sealer };
        RecordHeader {
            chain: self.tip.chain,
            sealer,
            bank,
            kind: Kind::Invoice,
            schema_version: SCHEMA_VERSION,
            bucket: Bucket::new(8).unwrap(),
            replaces: replaces.map(id),
            salt: Salt::new([0; 32]),
        }
    }

    pub fn seal(
        &mut self,
        signer: AliasId,
        record: u8,
        replaces: Option<u8>,
    ) -> Result<Done, Refusal> {
        let header = self.header(signer, replaces);
        self.send(signer, record, sealing(record, header))
    }

    pub fn present(&mut self, signer: AliasId, record: u8) -> Result<Done, Refusal> {
        self.send(signer, record, presenting(record, signer))
    }

    /// Share `share`'s answer, signed by its holder.
    pub fn answer(&mut self, share: u16, record: u8) -> Result<Done, Refusal> {
        let signer = VALIDATORS[usize::from(share) - 1];
        self.send(signer, record, answering(record, 1, share))
    }

    /// Seals, presents and answers.
    pub fn ready(&mut self, signer: AliasId, record: u8, replaces: Option<u8>) {
        self.seal(signer, record, replaces).unwrap();
        self.present(signer, record).unwrap();
        self.answer(1, record).unwrap();
    }

    /// As [`World::ready`], of a document whose blinded set has this mask.
    pub fn ready_under(&mut self, bank: AliasId, record: u8, replaces: Option<u8>, mask: Mask) {
        self.seal(bank, record, replaces).unwrap();
        self.answered_under(bank, record, mask);
    }

    /// A sealed record's blinded set of this mask, answered.
    pub fn answered_under(&mut self, bank: AliasId, record: u8, mask: Mask) {
        let set = presenting_slots(record, bank, mask);
        self.send(bank, record, set).unwrap();
        let Action::Answer(mut answer) = answering(record, 1, 1) else {
            unreachable!("an answer")
        };
        answer.points.truncate(mask.count());
        let answer = Action::Answer(answer);
        self.send(VALIDATORS[0], record, answer).unwrap();
    }

    pub fn release(
        &mut self,
        bank: AliasId,
        record: u8,
        reason: ReleaseReason,
    ) -> Result<Done, Refusal> {
        let release = Release {
            record: id(record),
            reason,
        };
        self.send(bank, record, Action::Release(release))
    }
}

pub fn sealing(record: u8, header: RecordHeader) -> Action {
    Action::Seal(Box::new(VerifiedRecord {
        header,
        id: id(record),
        digest: Digest::new([record; 32]),
        context: FieldBytes::new([record; 32]),
    }))
}

pub fn presenting(record: u8, alias: AliasId) -> Action {
    presenting_slots(record, alias, mask())
}

pub fn presenting_slots(record: u8, alias: AliasId, mask: Mask) -> Action {
    Action::Present(VerifiedSet {
        record: id(record),
        alias,
        alias_commitment: FieldBytes::new([0; 32]),
        mask,
        amount_commitment: FieldBytes::new([0; 32]),
        blinding: point(1000 + u64::from(record)),
        blinded: (2..).map(point).take(mask.count()).collect(),
    })
}

pub fn answering(record: u8, epoch: u32, share: u16) -> Action {
    Action::Answer(VerifiedAnswer {
        record: id(record),
        epoch: Epoch(epoch),
        index: ShareIndex(share),
        points: (100 * u64::from(share) + 3..)
            .map(point)
            .take(mask().count())
            .collect(),
    })
}

pub fn wanting(record: u8, wanted: &Wanted) -> Action {
    let strict = wanted
        .strict
        .iter()
        .map(|number| print(Rule::Strict, *number));
    let loose = wanted
        .loose
        .iter()
        .map(|(rule, number)| print(*rule, *number));
    Action::Finance(VerifiedFinancing {
        record: id(record),
        fingerprints: strict.chain(loose).collect(),
        hold_until: wanted.hold.map(Height),
        since: None,
        waived: wanted.waived.clone(),
        consented: wanted.consented,
        trade: wanted.trade,
    })
}

pub fn commit(state: &mut State, writes: &Writes) {
    for (key, value) in writes {
        match value {
            Some(value) => state.insert(key.clone(), value.clone()),
            None => state.remove(key),
        };
    }
}
