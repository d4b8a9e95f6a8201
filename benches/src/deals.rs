//! Financings made before anything is timed, with real proofs: what a bank will send, kept in the target folder.

use std::fs;
use std::path::Path;
use std::time::Instant;

use sealane_prover::Prover;
use sealane_types::encoding::{Decode, Encode, Reader};
use sealane_types::ids::RecordId;
use sealane_types::record::Record;
use sealane_types::transaction::{Finance, PresentBlinded};

use crate::consortium::{BANKS, Template, bank};
use crate::documents::full;
use crate::trade::{Office, prover};

/// What a bank sends for one financing, in this order.
#[derive(Debug, Clone)]
pub struct Deal {
    /// The record.
    pub record: Record,
    /// Its fingerprints, blinded and proven.
    pub present: PresentBlinded,
    /// The fingerprints, once they are answered.
    pub finance: Finance,
}

impl Deal {
    /// The record's id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.record.id()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.record.to_bytes();
        self.present.encode(&mut bytes);
        self.finance.encode(&mut bytes);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let deal = Self {
            record: Record::decode(&mut reader).ok()?,
            present: PresentBlinded::decode(&mut reader).ok()?,
            finance: Finance::decode(&mut reader).ok()?,
        };
        reader.finish().ok().map(|()| deal)
    }
}

/// So many deals of each bank of a network: those that are kept, and new ones. Says how far it is.
///
/// # Panics
/// When the target folder cannot be written.
#[must_use]
pub fn of_banks(template: &Template, each: usize) -> Vec<Vec<Deal>> {
    let folder = template.deals();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let mut maker = Maker {
        template,
        prover: None,
        made: 0,
        begun: Instant::now(),
    };
    let mut all = vec![Vec::new(); usize::from(BANKS)];
    for number in 0..each {
        for (at, deals) in (0..BANKS).zip(&mut all) {
            let path = folder.join(format!("{at}-{number}"));
            let kept = fs::read(&path).ok();
            let kept = kept.and_then(|bytes| Deal::from_bytes(&bytes));
            deals.push(kept.unwrap_or_else(|| maker.make(at, number, &path)));
        }
        maker.tell(number + 1, each);
    }
    all
}

struct Maker<'a> {
    template: &'a Template,
    prover: Option<Prover>,
    made: usize,
    begun: Instant,
}

impl Maker<'_> {
    fn make(&mut self, at: u8, number: usize, path: &Path) -> Deal {
        let prover = self.prover.get_or_insert_with(prover);
        let office = Office::of(self.template.chain(), bank(at));
        let fields = full(usize::from(at) * 100_000 + number);
        let trade = office.trade(prover, &fields);
        let deal = Deal {
            record: trade.record,
            present: trade.present,
            finance: trade.finance,
        };
        let part = path.with_extension("part");
        fs::write(&part, deal.to_bytes()).expect("the target folder can be written");
        fs::rename(&part, path).expect("the target folder can be written");
        self.made += 1;
        deal
    }

    fn tell(&self, done: usize, each: usize) {
        if self.made > 0 {
            let seconds = self.begun.elapsed().as_secs();
            let banks = usize::from(BANKS);
            eprintln!(
                "proofs: {} of {} ({} made in {seconds} s)",
                done * banks,
                each * banks,
                self.made
            );
        }
    }
}
