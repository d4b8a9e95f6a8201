//! A chain whose validators make and hand on the fingerprint key, with what each of them keeps.

use std::collections::BTreeMap;

use sealane_crypto::curve::{Blinding, Point};
use sealane_crypto::oprf::{
    Blinded, KeyPublic, KeyShare, Opened, Parties, Question, ShareKey, Sharing, SlotKeys,
};
use sealane_types::fingerprint::{Fingerprint, SLOTS};
use sealane_types::governance::Change;
use sealane_types::ids::*;
use sealane_types::receipt::{DealingFault, Done, Outcome, Refusal};
use sealane_types::sharing::{Complain, Confirm, Deal, Dealing, FingerprintKey};
use sealane_types::transaction::{Payload, PresentBlinded, Transaction};

use crate::sharing::{begin, open_round, present, slot_keys};
use crate::state::{Blame, Completed, FaultKind, Key, Overlay, Round};
use crate::tests::governing::agree;
use crate::tests::world::*;
use crate::verify_block;

/// A world, and what each validator keeps.
pub struct Net {
    pub world: World,
    pub keys: BTreeMap<(Epoch, AliasId), ShareKey>,
    pub shares: BTreeMap<(Epoch, AliasId), KeyShare>,
}

pub fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

pub fn wrong(fault: DealingFault) -> Outcome {
    refused(Refusal::WrongDealing { fault })
}

pub const DEALT: Outcome = Outcome::Done(Done::Dealt);

pub fn confirmed(present: bool) -> Outcome {
    Outcome::Done(Done::Confirmed { present })
}

impl Net {
    pub fn new() -> Self {
        Self {
            world: World::without_key(),
            keys: BTreeMap::new(),
            shares: BTreeMap::new(),
        }
    }

    pub fn block(&mut self, transactions: Vec<Transaction>) -> Vec<Outcome> {
        let block = self.world.tip.next_block(self.world.tip.time, transactions);
        let block = verify_block(
            &self.world.state,
            &self.world.tip,
            block,
            &ByFirstByte,
            &[0; 32],
        );
        self.world.commit_block(&block.unwrap())
    }

    pub fn send(&mut self, signer: AliasId, payload: Payload) -> Outcome {
        let transaction = self.world.signed(signer, payload);
        self.block(vec![transaction]).remove(0)
    }

    pub fn round(&self) -> Round {
        open_round(&self.world.state).unwrap()
    }

    pub fn present(&self) -> Option<FingerprintKey> {
        present(&self.world.state)
    }

    pub fn sharing(&self) -> Sharing {
        self.round().sharing(self.world.tip.chain).unwrap()
    }

    pub fn blame(&self, validator: AliasId) -> Vec<FaultKind> {
        let blame: Blame = self.world.read(&Key::blame(&validator)).unwrap_or_default();
        assert_eq!(blame.count as usize, blame.last.len());
        blame.last.iter().map(|fault| fault.kind).collect()
    }

    pub fn register(&mut self, who: AliasId) -> Outcome {
        let epoch = self.round().epoch;
        let key = ShareKey::generate(epoch).unwrap();
        let said = key.register(&self.world.tip.chain, &who).unwrap();
        self.keys.insert((epoch, who), key);
        self.send(who, Payload::RegisterShareKey(said))
    }

    pub fn register_all(&mut self) {
        for holder in self.round().holders {
            let done = self.register(holder.validator);
            assert_eq!(done, Outcome::Done(Done::ShareKeyRegistered));
        }
    }

    pub fn dealing(&self, who: AliasId) -> Deal {
        let share = self
            .round()
            .from
            .and_then(|epoch| self.shares.get(&(epoch, who)));
        self.sharing().deal(&who, share).unwrap()
    }

    pub fn deal(&mut self, who: AliasId) -> Outcome {
        let deal = self.dealing(who);
        self.send(who, Payload::Deal(Box::new(deal)))
    }

    pub fn index(&self, who: AliasId) -> ShareIndex {
        self.round().index_of(&who).unwrap()
    }

    pub fn dealer(&self, who: AliasId) -> ShareIndex {
        self.round().dealer_index(&self.world.state, &who).unwrap()
    }

    pub fn dealt(&self, dealer: AliasId) -> Dealing {
        let key = Key::dealing(self.round().epoch, self.dealer(dealer));
        self.world.read(&key).unwrap()
    }

    pub fn complaint(&self, accuser: AliasId, dealer: AliasId) -> Complain {
        let key = &self.keys[&(self.round().epoch, accuser)];
        let (index, dealing) = (self.index(accuser), self.dealt(dealer));
        let accused = (&dealer, self.dealer(dealer));
        self.sharing()
            .complain(key, index, accused, &dealing)
            .unwrap()
    }

    pub fn complain(&mut self, accuser: AliasId, dealer: AliasId) -> Outcome {
        let said = self.complaint(accuser, dealer);
        self.send(accuser, Payload::Complain(said))
    }

    /// The share that comes of the dealings that count; none where one of them is bad.
    pub fn share(&self, who: AliasId) -> Option<KeyShare> {
        let (round, sharing) = (self.round(), self.sharing());
        let (index, dealers) = (self.index(who), round.dealers(&self.world.state));
        let mut parts = Vec::new();
        for dealer in round.decided.as_ref().unwrap().dealers.iter() {
            let alias = dealers[usize::from(dealer.0) - 1];
            let key = &self.keys[&(round.epoch, who)];
            match sharing
                .open(key, index, &alias, &self.dealt(alias))
                .unwrap()
            {
                Opened::Good(part) => parts.push((*dealer, part)),
                Opened::Bad => return None,
            }
        }
        Some(sharing.share(round.origin(), index, &parts).unwrap())
    }

    pub fn confirmation(&mut self, who: AliasId) -> Confirm {
        let share = self.share(who).unwrap();
        let key = self.round().decided.unwrap().key.unwrap();
        let key = KeyPublic::restore(&key).unwrap();
        let said = share.confirm(&key, &self.world.tip.chain, &who).unwrap();
        self.shares.insert((said.epoch, who), share);
        said
    }

    pub fn confirm(&mut self, who: AliasId) -> Outcome {
        let said = self.confirmation(who);
        self.send(who, Payload::Confirm(said))
    }

    /// A whole round in which everybody does its part.
    pub fn finish(&mut self) {
        self.register_all();
        let dealers = self.round().dealers(&self.world.state);
        let needed = self
            .round()
            .old(&self.world.state)
            .map(|old| old.threshold.into());
        for dealer in dealers.into_iter().take(needed.unwrap_or(usize::MAX)) {
            assert_eq!(self.deal(dealer), DEALT);
        }
        let holders = self.round().holders;
        for (at, holder) in holders.iter().enumerate() {
            let last = at + 1 == holders.len();
            assert_eq!(self.confirm(holder.validator), confirmed(last));
        }
    }

    pub fn with_key() -> Self {
        let mut net = Self::new();
        net.finish();
        net
    }

    pub fn reshare(&mut self, holders: &[AliasId]) {
        agree(&mut self.world, Change::ShareKey(holders.to_vec()));
        assert_eq!(self.round().holders.len(), holders.len());
    }

    /// Opens a round among any holders, however few: what members cannot.
    pub fn open(&mut self, holders: &[AliasId]) {
        let mut state = Overlay::new(&self.world.state);
        begin(&mut state, holders);
        let writes = state.into_writes();
        commit(&mut self.world.state, &writes);
    }

    pub fn question(&self, record: u8) -> Question {
        let set = self.world.read(&Key::blinded_set(&id(record))).unwrap();
        crate::protocol::question(self.world.tip.chain, &id(record), &set)
    }

    pub fn answer(&mut self, who: AliasId, epoch: u32, record: u8) -> Outcome {
        let answer = self.shares[&(Epoch(epoch), who)].answer(&self.question(record));
        self.send(who, Payload::Answer(answer.unwrap()))
    }

    /// Seals and presents one document under another blinding each time.
    pub fn present_document(&mut self, record: u8) {
        let slot = |slot| Point::decode(point(5 + slot as u64).as_bytes()).unwrap();
        let document: [Point; SLOTS] = std::array::from_fn(slot);
        self.world.seal(BANK_A, record, None).unwrap();
        let s = Blinding::from_bytes([record; 32]);
        let (blinding, blinded) = Blinded::blind(mask(), &document, &s).unwrap().encode();
        let payload = Payload::PresentBlinded(PresentBlinded {
            record: id(record),
            alias: BANK_A,
            alias_commitment: FieldBytes::new([0; 32]),
            mask: mask(),
            amount_commitment: FieldBytes::new([0; 32]),
            blinding,
            blinded,
            verifying_key: VERIFYING_KEY,
            proof: proof_of(&id(record)),
        });
        assert_eq!(self.send(BANK_A, payload), Outcome::Done(Done::Presented));
    }

    pub fn slot_keys(&self) -> SlotKeys {
        slot_keys(&self.world.state).unwrap()
    }

    pub fn fingerprints(&self, record: u8) -> Vec<Fingerprint> {
        let set = self.world.read(&Key::blinded_set(&id(record))).unwrap();
        let completed: Completed = self.world.read(&Key::completed(&id(record))).unwrap();
        let key = self.present().unwrap().public;
        let answered =
            crate::protocol::answered(self.world.tip.chain, &id(record), &set, &key, &completed);
        let parties = Parties {
            sealer: BANK_A,
            bank: BANK_A,
        };
        let s = Blinding::from_bytes([record; 32]);
        let finished = answered.finish(&self.slot_keys(), &s, parties);
        finished.unwrap().fingerprints
    }
}
