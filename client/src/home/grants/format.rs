//! The bytes of what a home keeps about grants.

use std::collections::BTreeSet;

use sealane_crypto::handover::{decode_fields, encode_fields};
use sealane_crypto::identity::AliasOpening;
use sealane_crypto::keys::Place;
use sealane_types::alias::MAX_NAME;
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_length};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::record::{Bucket, Record};
use sealane_types::schema::Kind;

use super::{Given, Imported};

const VERSION: u8 = 1;

fn version(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    match u8::decode(reader)? {
        VERSION => Ok(()),
        other => Err(DecodeError::Invalid {
            what: "grant",
            reason: format!("version {other} is not known"),
        }),
    }
}

impl Encode for Imported {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        self.sender.encode(out);
        put_bytes(out, self.from.as_bytes());
        self.record.encode(out);
        self.sealer.encode(out);
        let suite = self.fields.values().next();
        let suite = suite.map_or(Suite::International, |key| key.suite().id());
        (suite as u8).encode(out);
        encode_fields(&self.fields, out);
    }
}

impl Decode for Imported {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        version(reader)?;
        let sender = AliasId::decode(reader)?;
        let from = reader.text(MAX_NAME, "name")?;
        let record = Record::decode(reader)?;
        let sealer = AliasOpening::decode(reader)?;
        let suite = Suite::decode(reader)?;
        Ok(Self {
            sender,
            from,
            record,
            sealer,
            fields: decode_fields(suite, reader)?,
        })
    }
}

impl Encode for Given {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        self.record.encode(out);
        self.kind.encode(out);
        self.bucket.encode(out);
        self.receiver.encode(out);
        put_bytes(out, self.to.as_bytes());
        put_length(out, self.places.len());
        for place in &self.places {
            out.extend_from_slice(&place.bytes());
        }
    }
}

impl Decode for Given {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        version(reader)?;
        let record = RecordId::decode(reader)?;
        let (kind, bucket) = (Kind::decode(reader)?, Bucket::decode(reader)?);
        let receiver = AliasId::decode(reader)?;
        let to = reader.text(MAX_NAME, "name")?;
        let mut places = BTreeSet::new();
        for _ in 0..reader.length(bucket.leaves(), "places")? {
            let place = Place::from_bytes(reader.array("place")?);
            places.extend(place.filter(|place| place.index(bucket).is_some()));
        }
        Ok(Self {
            record,
            kind,
            bucket,
            receiver,
            to,
            places,
        })
    }
}
