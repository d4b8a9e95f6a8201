//! A refusal of the network's rules, with names for people and what to do about it.

use sealane_ledger::foretell::Foretold;
use sealane_ledger::log::Taken;
use sealane_types::fingerprint::Rule;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::receipt::{ChangeFault, Life, Refusal, TradeRefusal};
use thiserror::Error;

/// The network's rules refuse what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("refused by the network's rules: {what}; {advice}")]
pub struct Refused {
    /// The ledger's reason, as data.
    pub reason: Refusal,
    /// The reason in words, with names in place of ids.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// Who has the document, where this side has found that.
    pub taken: Option<Taken>,
}

impl Refused {
    /// Puts a reason into words.
    #[must_use]
    pub fn new(reason: Refusal) -> Self {
        let what = reason.to_string();
        let advice = advice(&reason);
        Self {
            reason,
            what,
            advice,
            taken: None,
        }
    }

    /// Puts what this side found in the log of taken fingerprints into words. `genesis` names the banks.
    #[must_use]
    pub fn foretold(foretold: Foretold, genesis: &Genesis) -> Self {
        let Foretold { refusal, taken } = foretold;
        let (rule, taken) = match (&refusal, taken) {
            (Refusal::Duplicate { rule }, Some(taken)) => (rule, taken),
            (Refusal::Alert { .. }, Some(taken)) => {
                return Self::new(refusal).by_name(taken, genesis);
            }
            _ => return Self::new(refusal),
        };
        let bank = name_of(&taken.bank, genesis);
        let same = rule.description();
        let (what, advice) = match taken.life {
            Life::Held { until } => (
                format!("{bank} holds this document until height {until} ({same})"),
                "ask your customer, or try again once the hold has ended",
            ),
            Life::Financed => (
                format!("{bank} has financed this document ({same})"),
                "do not finance it; ask your customer why it is offered twice",
            ),
            Life::Repaid => (
                format!("{bank} has financed this document and was repaid ({same})"),
                "do not finance it: a repaid document is never financed again",
            ),
        };
        Self {
            reason: refusal,
            what,
            advice: advice.to_owned(),
            taken: Some(taken),
        }
    }

    /// Of an alert by the seller's name where no strict fingerprint could tell of the same document: what that means, and whom
    /// to ask before a waiver is given.
    #[must_use]
    fn by_name(self, taken: Taken, genesis: &Genesis) -> Self {
        let bank = name_of(&taken.bank, genesis);
        let stands = match taken.life {
            Life::Held { .. } => "holds",
            Life::Financed => "has financed",
            Life::Repaid => "has financed, and was repaid for,",
        };
        let advice = format!(
            "stop: {bank} {stands} a document of the same seller's name, number and amount, and its file need not have any number \
             of the seller that yours has, so this may be the same document and nothing else would tell. Ask {bank}, naming its \
             record {}, and your customer. Only if it is another company's: {}",
            taken.record, self.advice
        );
        Self {
            advice,
            taken: Some(taken),
            ..self
        }
    }

    /// Of a document that stands in the place of another one, or the other in its place, where somebody has financed the
    /// other's invoice beside it: `place` is that invoice in words. No fingerprint of the two meets.
    #[must_use]
    pub fn beside(place: &str, taken: Taken, own: bool, genesis: &Genesis) -> Self {
        let bank = match own {
            true => "this bank".to_owned(),
            false => name_of(&taken.bank, genesis),
        };
        let (what, advice) = match taken.life {
            Life::Held { until } => (
                format!("{bank} holds {place}, until height {until}"),
                "only one of the two may be financed: ask your customer which, or try again once the hold has ended",
            ),
            Life::Financed if own => (
                format!("{bank} has financed {place}, under another record"),
                "only one of the two may be financed: seal the document in the place of the record that is financed (sealane \
                 financing list shows it), and finance that",
            ),
            Life::Financed => (
                format!("{bank} has financed {place}"),
                "only one of the two may be financed: ask your customer why it offers this one. It can be financed here once the \
                 other bank has ended its financing, unless that was repaid",
            ),
            Life::Repaid => (
                format!("{bank} has financed {place}, and was repaid"),
                "do not finance this one: the claim is paid, under whichever number",
            ),
        };
        Self {
            reason: Refusal::Duplicate { rule: Rule::Strict },
            what,
            advice: advice.to_owned(),
            taken: Some(taken),
        }
    }

    /// Adds what may be behind a duplicate among self-billed invoices: buyers number them, so that two buyers may have
    /// given one seller the same number on one day.
    #[must_use]
    pub fn of_self_billed(mut self) -> Self {
        if matches!(self.reason, Refusal::Duplicate { .. }) {
            self.advice += ". The buyer has numbered this invoice: if the other is another buyer's, ask the buyer to \
                            issue this one again under a number that no other buyer uses, and seal that";
        }
        self
    }
}

/// The name of an alias, or its id where genesis does not know it.
#[must_use]
pub fn name_of(alias: &AliasId, genesis: &Genesis) -> String {
    let known = genesis.alias(alias);
    known.map_or_else(|| alias.to_string(), |alias| alias.name.clone())
}

/// What to give where documents are similar: each rule by the number that `--waive` takes.
fn waivers(rules: &[Rule]) -> String {
    let each = rules.iter();
    let each = each.map(|rule| format!("--waive {}=REASON", rule.number()));
    format!(
        "look at the documents; if you finance all the same, give a reason for each: {}",
        each.collect::<Vec<_>>().join(" ")
    )
}

/// What to do with a replacement for another seller. To release the older record is no way on: its invoice would be free for
/// every other bank, beside the newer one.
fn same_seller(older: &RecordId) -> String {
    format!(
        "a replacement takes over the older record's financing only for the same seller. Seal the document again in this \
         record's place (sealane seal FILE --replaces RECORD) and finance it under the alias under which {older} is financed \
         (--customer NAME). Do not release {older} for this: its invoice could then be financed by any bank, beside the \
         newer one"
    )
}

fn advice(reason: &Refusal) -> String {
    let text = match reason {
        Refusal::Duplicate { .. } => {
            "do not finance it; ask your customer why it is offered twice. sealane inquire says which bank has it"
        }
        Refusal::Alert { rules } => return waivers(rules),
        Refusal::QuotaUsedUp { .. } => "finance a record inquired about, or wait for the next day",
        Refusal::FinancingsUsedUp { .. } => "hold it with --hold, and finance it on the next day",
        Refusal::UnknownRecord => "seal the document first, or check the record's id",
        Refusal::CannotReplace => {
            "seal it for the customer for whom the older record was sealed (--as NAME; without --as where the bank sealed it for itself), \
             as the same kind of document. sealane record show ID shows the older one"
        }
        Refusal::OlderIsFinanced { older } => return same_seller(older),
        Refusal::AlreadyReplaced { .. } | Refusal::Replaced { .. } => "use the newer record",
        Refusal::NotTheSealer => {
            "the record must be sealed by whoever acts here: see with sealane record show ID under which alias it was sealed, and name \
             another record, or use the home of its sealer"
        }
        Refusal::RecordExists
        | Refusal::AlreadyPresented
        | Refusal::AlreadyAnswered
        | Refusal::AlreadyChecked
        | Refusal::AlreadyOpened => "nothing needs to be done again",
        Refusal::NotABank | Refusal::NotTheHolder => {
            "use the home of the institution that may do it"
        }
        Refusal::NotFinanceable => "only invoices are financed",
        Refusal::UnknownVerifyingKey => "use the version of sealane that this network runs",
        Refusal::NotPresented | Refusal::NotAnswered => "run sealane finance again",
        Refusal::AlreadyFinanced => {
            "nothing is to be done: sealane record show says where it stands, and what was repaid is never financed again"
        }
        Refusal::AlreadyHeld { .. } => {
            "finance it without --hold, or wait until the hold has ended"
        }
        Refusal::HoldOutOfRange { .. } => "choose another height for --hold",
        Refusal::HoldOverFinanced => "finance the replacement without --hold",
        Refusal::OlderIsTaken { .. } => {
            "do not finance it: it is the same claim. Ask your customer what is still owed. If the document is about another claim than \
             the older record's, seal it again without --replaces, and finance that"
        }
        Refusal::GoesOnOtherwise => {
            "run sealane finance again: it judges the document anew by what is held and financed now"
        }
        Refusal::NotFinanced => "check the record's id with sealane record show",
        Refusal::HoldNotRepaid => "release it with --reason withdrawn or mistaken",
        Refusal::RepeatedFingerprint => {
            "the document's identifiers repeat themselves; correct it and seal it again"
        }
        Refusal::RoleForbids { .. } => "use the home of a member that may do it",
        Refusal::NotActive | Refusal::Closed => {
            "ask the party that vouches for the alias: its bank, or the members"
        }
        Refusal::NotYourCustomer => "sealane alias list shows your customers",
        Refusal::UnknownProposal | Refusal::ProposalOver => "see sealane proposal list",
        Refusal::AlreadyVoted => "a vote is final",
        Refusal::HeightOutOfRange { .. } => "choose another height for --in",
        Refusal::ChangeFails {
            fault:
                ChangeFault::CheckExists
                | ChangeFault::NoCheck
                | ChangeFault::WorkflowExists
                | ChangeFault::NoWorkflow
                | ChangeFault::WorkflowCheck,
        } => "see sealane check published, and sealane workflow list",
        Refusal::ChangeFails {
            fault: ChangeFault::CheckVoid,
        } => {
            "publish the next version of the check, and a version of the workflow that asks for it: sealane check published says what there is"
        }
        Refusal::ChangeFails {
            fault: ChangeFault::CheckLines,
        } => "publish it with --lines 8, 16, 32 or 128, or in parts: --lines 128+",
        Refusal::ChangeFails {
            fault: ChangeFault::FewHolders,
        } => {
            "to suspend one: sealane proposal new power NAME 0, then sealane proposal new standing NAME suspended"
        }
        Refusal::ChangeFails {
            fault: ChangeFault::KeyLost,
        } => {
            "first re-share the key among the holders that stay: sealane proposal new share --holders NAMES; network status says when that is complete"
        }
        Refusal::ChangeFails {
            fault: ChangeFault::NotAValidator,
        } => {
            "name a node as sealane member list shows it (node-a, and not its bank); an admitted one must be active"
        }
        Refusal::ChangeFails {
            fault: ChangeFault::NoBank,
        } => {
            "sealane member list shows the banks; one that was just voted for becomes active at the height that sealane proposal list shows"
        }
        Refusal::ChangeFails {
            fault:
                ChangeFault::Limits
                | ChangeFault::Version
                | ChangeFault::NothingChanges
                | ChangeFault::CheckKey
                | ChangeFault::CheckShape
                | ChangeFault::TestKeys
                | ChangeFault::Circuit,
        } => "change the proposal; sealane proposal list shows what was decided before",
        Refusal::ChangeFails { .. } => "see the members with sealane member list",
        Refusal::TooManyChanges => "wait until one of them has taken effect",
        Refusal::NoRound
        | Refusal::NotInRound
        | Refusal::KeysFixed
        | Refusal::NotYet
        | Refusal::AlreadyDealt
        | Refusal::WrongDealing { .. }
        | Refusal::NoDealing
        | Refusal::FalseComplaint
        | Refusal::AlreadyConfirmed
        | Refusal::DealingsOver => "validators do this by themselves: see sealane network status",
        Refusal::NoCheck => "see the published checks with sealane check published",
        Refusal::CheckVoid { .. } => {
            "prove the version that takes its place: sealane check published says since when it is void, and lists the others"
        }
        Refusal::WrongShape | Refusal::NotOfTheCheck { .. } => {
            "give the records that the check declares, each once"
        }
        Refusal::Trade(refusal) => trade_advice(refusal),
        Refusal::OneTrade => "open a new one: sealane seal FILE --as NAME --one-trade",
        Refusal::OtherCommitment => "run the same command again",
        Refusal::TooManyAmendments => {
            "register the customer again under another name: sealane alias register OTHER-NAME --id SCHEME:VALUE --shared"
        }
        Refusal::NotVouchedFor => "ask the bank that vouches for the seller",
        Refusal::OnlyAsked => {
            "once the seller is a customer, register it and seal the document under its alias: sealane seal FILE --as NAME"
        }
        Refusal::NoConsent => {
            "ask the seller's bank: sealane alias consent NAME RECORD --to BANK there, then sealane finance RECORD --consent FILE"
        }
        Refusal::SameName => {
            "look at the seller's register extract. If your customer's file lacks the number in the register, add it (sealane alias amend NAME --id SCHEME:VALUE). The record keeps the identifiers of before: seal the document anew in its place (sealane seal FILE --replaces RECORD, under the same name) and finance the new record. If the file begins with a number that a tax group shares, register the customer anew, the register's number first (sealane alias register OTHER-NAME --id SCHEME:VALUE --shared), and seal the document under that name. With the number the new record is told apart, and a hit by name is an alert, which you can waive with a reason once you have asked the other bank (sealane inquire names it). If the seller is in no register, the other bank must release its financing first"
        }
        Refusal::SealedWrongly => "have it sealed again: sealane seal FILE --replaces RECORD",
        Refusal::RepeatedBlinding => "seal the document again",
        Refusal::NoSlotKeys => "run the same command again in a minute: see sealane network status",
        Refusal::FieldsOpened => "prove the check again",
        Refusal::FieldSound => "the field is sealed correctly: nothing needs to be done",
        Refusal::OtherChain
        | Refusal::AliasExists
        | Refusal::WrongKey
        | Refusal::WrongRoot
        | Refusal::WrongProof
        | Refusal::NotAShareHolder
        | Refusal::WrongAnswer { .. } => {
            "this is a fault of this program or its version: report it"
        }
    };
    text.to_owned()
}

fn trade_advice(reason: &TradeRefusal) -> &'static str {
    match reason {
        TradeRefusal::NoWorkflow => "see the workflows with sealane workflow list",
        TradeRefusal::WrongParties | TradeRefusal::UnfitParty { .. } => {
            "see which parties the workflow has with sealane workflow show, and ask each for its alias"
        }
        TradeRefusal::UnknownTrade => "see the trades of this home with sealane trade list",
        TradeRefusal::NotThisParty { .. } => "use the home of the institution that may do it",
        TradeRefusal::WrongStage { .. } | TradeRefusal::WrongRecords => {
            "see what is next with sealane trade show; a corrected document takes its place with sealane trade correct"
        }
        TradeRefusal::NoStep
        | TradeRefusal::OtherKind { .. }
        | TradeRefusal::NothingToWaive
        | TradeRefusal::MayNotWaive
        | TradeRefusal::TooManyWaivers { .. }
        | TradeRefusal::NotFinanceableYet { .. }
        | TradeRefusal::NotItsInvoice => {
            "see where it stands and what is next with sealane trade show"
        }
        TradeRefusal::InATrade { .. } => "seal the document again, or end the other trade",
        TradeRefusal::VoidCheck { .. } => {
            "open the trade under a version of the workflow that asks for another check (sealane workflow list), or propose one with sealane workflow publish"
        }
        TradeRefusal::NotACorrection => "seal the corrected document with --replaces first",
    }
}
