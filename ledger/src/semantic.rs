//! Semantic validity of one transaction: its root follows, its points are points, its discrete-logarithm
//! proofs hold. What its other proofs must show is added to the block's claims, which are verified together.

use std::collections::BTreeMap;

use sealane_checks::readable::is_readable;
use sealane_crypto::commitment::context_element;
use sealane_crypto::curve::encode_element;
use sealane_crypto::keys::{FieldKey, Place};
use sealane_crypto::oprf::{KeyPublic, Parties, Sharing, SlotKeys, is_share_key};
use sealane_crypto::sealing::{OpenError, check_record, open_field, record_digest};
use sealane_crypto::signature::verify;
use sealane_crypto::tags;
use sealane_statements::financing::StatementError;
use sealane_types::alias::{Alias, AmendAlias, Amendment, RegisterAlias, Vouched};
use sealane_types::cross_check::OpenField;
use sealane_types::encoding::Encode;
use sealane_types::genesis::Parameters;
use sealane_types::governance::Propose;
use sealane_types::ids::{AliasId, ChainId, Epoch, FieldBytes, PointBytes, RecordId, ShareIndex};
use sealane_types::receipt::Refusal;
use sealane_types::record::Record;
use sealane_types::sharing::{Complain, Confirm, Deal, Dealing, FingerprintKey, RegisterShareKey};
use sealane_types::transaction::{
    Answer, Consent, Finance, Payload, PresentBlinded, TransactionBody,
};
use sealane_verifier::Claim;

use crate::claims::presented;
use crate::consortium::{check_keys, is_commitment, possesses};
use crate::cross_check;
use crate::protocol;
use crate::sharing::{of_epoch, slot_keys_of};
use crate::state::{BlindedSet, Completed, Earlier, Key, RecordEntry, Round, StateExt, StateRead};
use crate::verified::{
    Action, VerifiedAnswer, VerifiedComplaint, VerifiedConfirmation, VerifiedDealing,
    VerifiedFinancing, VerifiedRecord, VerifiedSet,
};

/// Checks the transactions of one block, in order.
pub(crate) struct Semantic<'a> {
    state: &'a dyn StateRead,
    chain: ChainId,
    parameters: &'a Parameters,
    /// Contexts of records sealed earlier in the block. Should the seal be refused, so is what rests
    /// on it, as the record is not in the state then.
    sealed: BTreeMap<RecordId, FieldBytes>,
    keys: BTreeMap<Epoch, (FingerprintKey, KeyPublic)>,
}

impl<'a> Semantic<'a> {
    pub fn new(state: &'a dyn StateRead, chain: ChainId, parameters: &'a Parameters) -> Self {
        Self {
            state,
            chain,
            parameters,
            sealed: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    /// The context of a record, in the state or sealed earlier in the block.
    fn context(&self, record: &RecordId) -> Option<FieldBytes> {
        let entry: Option<RecordEntry> = self.state.read(&Key::record(record));
        let earlier = || self.sealed.get(record).copied();
        entry.map(|entry| entry.context).or_else(earlier)
    }

    /// What a transaction does, if all claims that are added hold too.
    pub fn check(
        &mut self,
        body: &TransactionBody,
        claims: &mut Vec<Claim>,
    ) -> Result<Action, Refusal> {
        match &body.payload {
            Payload::SealRecord(record) => self.seal(record),
            Payload::PresentBlinded(present) => self.present(present, claims),
            Payload::Answer(answer) => self.answer(body.signer, answer),
            Payload::Finance(finance) => self.finance(body.signer, finance),
            Payload::Release(release) => Ok(Action::Release(release.clone())),
            Payload::RegisterAlias(new) => self.register(body.signer, new),
            Payload::AmendAlias(amend) => self.amend(body.signer, amend),
            Payload::SetStanding(set) => Ok(Action::SetStanding(set.clone())),
            Payload::Propose(propose) => self.propose(propose),
            Payload::Vote(vote) => Ok(Action::Vote(*vote)),
            Payload::RegisterShareKey(said) => self.share_key(body.signer, said),
            Payload::Deal(deal) => self.deal(body.signer, deal),
            Payload::Complain(said) => self.complain(body.signer, said),
            Payload::Confirm(said) => self.confirm(body.signer, said),
            Payload::CrossCheck(said) => {
                let (verified, own) = cross_check::check(self.state, said)?;
                claims.extend(own);
                Ok(Action::CrossCheck(Box::new(verified)))
            }
            Payload::OpenField(said) => self.open_field(said),
            Payload::OpenTrade(open) => Ok(Action::OpenTrade(open.clone())),
            Payload::TakeStep(step) => Ok(Action::TakeStep(step.clone())),
            Payload::CorrectTrade(correct) => Ok(Action::CorrectTrade(correct.clone())),
            Payload::Waive(waive) => Ok(Action::Waive(waive.clone())),
        }
    }

    fn seal(&mut self, record: &Record) -> Result<Action, Refusal> {
        if record.header.chain != self.chain {
            return Err(Refusal::OtherChain);
        }
        let context = check_root(record).ok_or(Refusal::WrongRoot)?;
        self.sealed.insert(record.id(), context);
        Ok(Action::Seal(Box::new(VerifiedRecord {
            header: record.header.clone(),
            id: record.id(),
            digest: record_digest(record),
            context,
        })))
    }

    fn present(
        &self,
        present: &PresentBlinded,
        claims: &mut Vec<Claim>,
    ) -> Result<Action, Refusal> {
        let context = self.context(&present.record);
        let context = context.ok_or(Refusal::UnknownRecord)?;
        let accepted = &self.parameters.verifying_keys;
        if !accepted.contains(&present.verifying_key) {
            return Err(Refusal::UnknownVerifyingKey);
        }
        let claim = presented(present, &context);
        // points are looked at before the commitment, and elements after it
        if matches!(&claim, Err(fault) if !matches!(fault, StatementError::Element(_))) {
            return Err(Refusal::WrongProof);
        }
        if !self.commits(present) {
            return Err(Refusal::OtherCommitment);
        }
        claims.push(claim.map_err(|_| Refusal::WrongProof)?);
        Ok(Action::Present(VerifiedSet {
            record: present.record,
            alias: present.alias,
            alias_commitment: present.alias_commitment,
            mask: present.mask,
            amount_commitment: present.amount_commitment,
            blinding: present.blinding,
            blinded: present.blinded.clone(),
        }))
    }

    /// Whether the seller's alias has this commitment, or had it when the record was sealed.
    fn commits(&self, present: &PresentBlinded) -> bool {
        let commitment = &present.alias_commitment;
        let alias: Option<Alias> = self.state.read(&Key::alias(&present.alias));
        if alias.is_some_and(|alias| alias.commitment == *commitment) {
            return true;
        }
        // a record that is sealed in this block is younger than all earlier commitments
        let record: Option<RecordEntry> = self.state.read(&Key::record(&present.record));
        let earlier: Option<Earlier> = self.state.read(&Key::commitments(&present.alias));
        let served = record.zip(earlier);
        served.is_some_and(|(record, earlier)| earlier.serves(commitment, record.height))
    }

    /// The bank that signs is the one that the alias' key named: nobody takes a registration over under another bank.
    fn register(&self, bank: AliasId, new: &RegisterAlias) -> Result<Action, Refusal> {
        let vouched = Vouched {
            bank,
            role: new.role,
            commitment: new.commitment,
        };
        let (key, said) = (&new.key, &new.possession);
        let sound = is_commitment(&new.commitment)
            && possesses(self.chain, new.alias, key, Some(vouched), said);
        match sound {
            true => Ok(Action::Register(new.clone())),
            false => Err(Refusal::WrongKey),
        }
    }

    fn amend(&self, bank: AliasId, amend: &AmendAlias) -> Result<Action, Refusal> {
        let alias: Option<Alias> = self.state.read(&Key::alias(&amend.alias));
        let alias = alias.ok_or(Refusal::NotYourCustomer)?;
        let said = Amendment {
            chain: self.chain,
            alias: amend.alias,
            vouched: Vouched {
                bank,
                role: alias.role,
                commitment: amend.new,
            },
            old: amend.old,
        };
        let signed = verify(
            tags::SIGN_AMENDMENT,
            &alias.key,
            &said.to_bytes(),
            &amend.possession,
        );
        match signed && is_commitment(&amend.new) {
            true => Ok(Action::Amend(*amend)),
            false => Err(Refusal::WrongKey),
        }
    }

    fn propose(&self, propose: &Propose) -> Result<Action, Refusal> {
        let keys = check_keys(self.chain, &propose.change);
        keys.map_err(|fault| Refusal::ChangeFails { fault })?;
        Ok(Action::Propose(propose.clone()))
    }

    /// A key that the record names, and what it opens is not what the leaf commits to, or nothing that its schema has there.
    fn open_field(&self, said: &OpenField) -> Result<Action, Refusal> {
        let record = &said.record;
        let entry: Option<RecordEntry> = self.state.read(&Key::record(&record.id()));
        let entry = entry.ok_or(Refusal::UnknownRecord)?;
        if record_digest(record) != entry.digest {
            return Err(Refusal::WrongRoot);
        }
        let place = Place::from_bytes(said.place).ok_or(Refusal::FieldSound)?;
        let key = FieldKey::import(said.suite, &said.key);
        let header = &record.header;
        let wrong = match open_field(record, place, &key) {
            Ok(value) => !is_readable(header.kind, header.bucket, place, value.as_ref()),
            Err(OpenError::Mismatch(_)) => true,
            Err(OpenError::NoSuchPlace(_) | OpenError::WrongKey(_)) => false,
        };
        match wrong {
            true => Ok(Action::OpenField {
                record: record.id(),
                place: said.place,
            }),
            false => Err(Refusal::FieldSound),
        }
    }

    fn set(&self, record: &RecordId) -> Result<BlindedSet, Refusal> {
        let set = self.state.read(&Key::blinded_set(record));
        set.ok_or(Refusal::NotPresented)
    }

    fn answer(&mut self, signer: AliasId, answer: &Answer) -> Result<Action, Refusal> {
        let set = self.set(&answer.record)?;
        let question = protocol::question(self.chain, &answer.record, &set);
        let share = answer.index;
        let (key, public) = self.key(answer.epoch).ok_or(Refusal::NotAShareHolder)?;
        let holder = key.holder(share).map(|holder| holder.validator);
        if holder != Some(signer) {
            return Err(Refusal::NotAShareHolder);
        }
        let checked = question.check_answer(public, answer);
        let checked = checked.map_err(|_| Refusal::WrongAnswer { share })?;
        Ok(Action::Answer(VerifiedAnswer {
            record: answer.record,
            epoch: answer.epoch,
            index: share,
            points: checked.encode(),
        }))
    }

    fn share_key(&self, signer: AliasId, said: &RegisterShareKey) -> Result<Action, Refusal> {
        match is_share_key(&self.chain, &signer, said) {
            true => Ok(Action::RegisterShareKey(*said)),
            false => Err(Refusal::WrongProof),
        }
    }

    /// The open round of this epoch, all of whose keys stand.
    fn round(&self, epoch: Epoch) -> Result<(Round, Sharing), Refusal> {
        let round = of_epoch(self.state, epoch)?;
        let sharing = round.sharing(self.chain).ok_or(Refusal::NotYet)?;
        Ok((round, sharing))
    }

    fn deal(&self, signer: AliasId, deal: &Deal) -> Result<Action, Refusal> {
        let (round, sharing) = self.round(deal.epoch)?;
        let dealer = round.dealer_index(self.state, &signer);
        let dealer = dealer.ok_or(Refusal::NotInRound)?;
        let checked = sharing.check(&signer, round.constant(self.state, dealer), deal);
        checked.map_err(|fault| Refusal::WrongDealing { fault })?;
        Ok(Action::Deal(Box::new(VerifiedDealing {
            epoch: deal.epoch,
            dealer,
            dealing: deal.dealing.clone(),
        })))
    }

    fn complain(&self, signer: AliasId, said: &Complain) -> Result<Action, Refusal> {
        let (round, sharing) = self.round(said.epoch)?;
        let accuser = round.index_of(&signer).ok_or(Refusal::NotInRound)?;
        let (alias, dealing) = self
            .dealing(&round, said.dealer)
            .ok_or(Refusal::NoDealing)?;
        match sharing.is_bad(accuser, &alias, &dealing, said) {
            Ok(true) => Ok(Action::Complain(VerifiedComplaint {
                epoch: said.epoch,
                dealer: said.dealer,
            })),
            Ok(false) | Err(_) => Err(Refusal::FalseComplaint),
        }
    }

    /// A dealer and what it dealt.
    fn dealing(&self, round: &Round, dealer: ShareIndex) -> Option<(AliasId, Dealing)> {
        let dealing = self.state.read(&Key::dealing(round.epoch, dealer))?;
        let at = usize::from(dealer.0).checked_sub(1)?;
        let alias = round.dealers(self.state).get(at).copied()?;
        Some((alias, dealing))
    }

    fn confirm(&self, signer: AliasId, said: &Confirm) -> Result<Action, Refusal> {
        let (round, _) = self.round(said.epoch)?;
        let index = round.index_of(&signer).ok_or(Refusal::NotInRound)?;
        let key = round.decided.and_then(|decided| decided.key);
        let key = key.ok_or(Refusal::NotYet)?;
        match protocol::key(&key).is_confirmed(&self.chain, &signer, index, said) {
            true => Ok(Action::Confirm(Box::new(VerifiedConfirmation {
                epoch: said.epoch,
                index,
                key,
                said: said.clone(),
            }))),
            false => Err(Refusal::WrongProof),
        }
    }

    /// The fingerprint key of this epoch, and the slot keys that belong to it.
    fn slot_keys(&self, epoch: Epoch) -> Result<(PointBytes, SlotKeys), Refusal> {
        let key: Option<FingerprintKey> = self.state.read(&Key::fingerprint_key(epoch));
        let key = key.ok_or(Refusal::NoSlotKeys)?.public;
        let keys = slot_keys_of(self.state, &key).ok_or(Refusal::NoSlotKeys)?;
        Ok((key, keys))
    }

    fn key(&mut self, epoch: Epoch) -> Option<&(FingerprintKey, KeyPublic)> {
        if !self.keys.contains_key(&epoch) {
            let key: FingerprintKey = self.state.read(&Key::fingerprint_key(epoch))?;
            let public = protocol::key(&key);
            self.keys.insert(epoch, (key, public));
        }
        self.keys.get(&epoch)
    }

    /// Whether the seller's alias has signed that this bank may finance the record; a signature that is none is refused.
    fn consents(
        &self,
        bank: AliasId,
        seller: &AliasId,
        finance: &Finance,
    ) -> Result<bool, Refusal> {
        let Some(signature) = &finance.consent else {
            return Ok(false);
        };
        let said = Consent {
            chain: self.chain,
            record: finance.record,
            bank,
        };
        let seller: Option<Alias> = self.state.read(&Key::alias(seller));
        let key = seller.ok_or(Refusal::NotVouchedFor)?.key;
        match verify(tags::SIGN_CONSENT, &key, &said.to_bytes(), signature) {
            true => Ok(true),
            false => Err(Refusal::NoConsent),
        }
    }

    fn finance(&self, signer: AliasId, finance: &Finance) -> Result<Action, Refusal> {
        let record = &finance.record;
        let entry: Option<RecordEntry> = self.state.read(&Key::record(record));
        let entry = entry.ok_or(Refusal::UnknownRecord)?;
        let set = self.set(record)?;
        let consented = self.consents(signer, &set.alias, finance)?;
        let completed: Option<Completed> = self.state.read(&Key::completed(record));
        let completed = completed.ok_or(Refusal::NotAnswered)?;
        let (key, keys) = self.slot_keys(completed.epoch)?;
        let answered = protocol::answered(self.chain, record, &set, &key, &completed);
        let parties = Parties {
            sealer: entry.sealer,
            bank: signer,
        };
        let fingerprints = answered.check(&keys, parties, &finance.fingerprints, &finance.proof);
        let fingerprints = fingerprints.map_err(|_| Refusal::WrongProof)?;
        let waived = finance.waivers.iter();
        let waived = waived.filter_map(|waiver| waiver.waived.rule());
        Ok(Action::Finance(VerifiedFinancing {
            record: *record,
            fingerprints,
            hold_until: finance.hold_until,
            since: finance.since,
            waived: waived.collect(),
            consented,
            trade: finance.trade,
        }))
    }
}

/// The record's context, if its root follows from header and leaves, all of them canonical, and each
/// ciphertext has the size of its place.
fn check_root(record: &Record) -> Option<FieldBytes> {
    check_record(record).ok()?;
    let context = context_element(&record.header.to_bytes());
    Some(FieldBytes::new(encode_element(&context)))
}
