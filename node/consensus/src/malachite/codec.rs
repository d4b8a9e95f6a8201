//! Consensus messages as bytes, between nodes and in the engine's log: this chain's own encoding, with a
//! limit on every length. One message has one encoding, and bytes from outside are an error, never a panic.

use bytes::Bytes;
use malachitebft_app_channel::app::consensus::LivenessMsg;
use malachitebft_app_channel::app::streaming::{StreamContent, StreamId, StreamMessage};
use malachitebft_app_channel::app::types::codec::Codec;
use malachitebft_app_channel::app::types::core::{
    NilOrVal, PolkaCertificate, PolkaSignature, Round, RoundCertificate, RoundCertificateType,
    RoundSignature, SignedMessage, ValidatorProof, Validity, VoteType,
};
use malachitebft_app_channel::app::types::{ProposedValue, SignedConsensusMsg};
use sealane_types::block::MAX_VALIDATORS;
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_length};
use sealane_types::ids::{AliasId, BlockId, Signature};

use super::context::{At, Ballot, Choice, Context, Member, Offer};
use super::parts::{CHUNK, Head, Part};

mod outside;
mod sent;
mod sync;

pub use outside::read_packet;
pub use sent::NOT_SENT;
#[cfg(any(test, not(feature = "byzantine")))]
pub(super) use sent::Sent;
pub(super) use sync::MAX_ANSWER;

/// Reads and writes consensus messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wire;

/// Most bytes of a stream's name, a public key or a peer's id.
const SHORT: usize = 256;

type Read<T> = Result<T, DecodeError>;

fn unknown<T>(what: &'static str, number: u8) -> Read<T> {
    let reason = format!("{number} is none");
    Err(DecodeError::Invalid { what, reason })
}

/// Reads all of `bytes`.
fn whole<T>(bytes: &Bytes, read: impl FnOnce(&mut Reader<'_>) -> Read<T>) -> Read<T> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader)?;
    reader.finish().map(|()| value)
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut out = Vec::new();
    write(&mut out);
    out.into()
}

pub(super) fn encode_round(round: Round, out: &mut Vec<u8>) {
    round.as_u32().encode(out);
}

pub(super) fn decode_round(reader: &mut Reader<'_>) -> Read<Round> {
    Ok(Option::<u32>::decode(reader)?.map_or(Round::Nil, Round::new))
}

fn encode_choice(value: &NilOrVal<BlockId>, out: &mut Vec<u8>) {
    let value = match value {
        NilOrVal::Nil => None,
        NilOrVal::Val(block) => Some(*block),
    };
    value.encode(out);
}

fn decode_choice(reader: &mut Reader<'_>) -> Read<NilOrVal<BlockId>> {
    Ok(Option::<BlockId>::decode(reader)?.map_or(NilOrVal::Nil, NilOrVal::Val))
}

fn kind_number(kind: VoteType) -> u8 {
    match kind {
        VoteType::Prevote => 1,
        VoteType::Precommit => 2,
    }
}

fn decode_kind(reader: &mut Reader<'_>) -> Read<VoteType> {
    match u8::decode(reader)? {
        1 => Ok(VoteType::Prevote),
        2 => Ok(VoteType::Precommit),
        number => unknown("vote", number),
    }
}

fn decode_member(reader: &mut Reader<'_>) -> Read<Member> {
    AliasId::decode(reader).map(Member)
}

fn decode_height(reader: &mut Reader<'_>) -> Read<At> {
    u64::decode(reader).map(At)
}

/// What a vote's signature is over, beside the chain.
pub(super) fn encode_ballot(ballot: &Ballot) -> Vec<u8> {
    let mut out = Vec::new();
    put_ballot(ballot, &mut out);
    out
}

fn put_ballot(ballot: &Ballot, out: &mut Vec<u8>) {
    kind_number(ballot.kind).encode(out);
    ballot.height.0.encode(out);
    encode_round(ballot.round, out);
    encode_choice(&ballot.value, out);
    ballot.member.0.encode(out);
}

pub(super) fn decode_ballot(reader: &mut Reader<'_>) -> Read<Ballot> {
    Ok(Ballot {
        kind: decode_kind(reader)?,
        height: decode_height(reader)?,
        round: decode_round(reader)?,
        value: decode_choice(reader)?,
        member: decode_member(reader)?,
    })
}

/// What a proposal's signature is over, beside the chain.
pub(super) fn encode_offer(offer: &Offer) -> Vec<u8> {
    let mut out = Vec::new();
    put_offer(offer, &mut out);
    out
}

fn put_offer(offer: &Offer, out: &mut Vec<u8>) {
    offer.height.0.encode(out);
    encode_round(offer.round, out);
    offer.value.0.encode(out);
    encode_round(offer.pol_round, out);
    offer.member.0.encode(out);
}

pub(super) fn decode_offer(reader: &mut Reader<'_>) -> Read<Offer> {
    Ok(Offer {
        height: decode_height(reader)?,
        round: decode_round(reader)?,
        value: Choice(BlockId::decode(reader)?),
        pol_round: decode_round(reader)?,
        member: decode_member(reader)?,
    })
}

fn put_signed_ballot(signed: &SignedMessage<Context, Ballot>, out: &mut Vec<u8>) {
    put_ballot(&signed.message, out);
    signed.signature.encode(out);
}

fn decode_signed_ballot(reader: &mut Reader<'_>) -> Read<SignedMessage<Context, Ballot>> {
    let ballot = decode_ballot(reader)?;
    Ok(SignedMessage::new(ballot, Signature::decode(reader)?))
}

/// `count` entries, at most one a validator.
fn decode_entries<T>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    let count = reader.length(MAX_VALIDATORS, "signatures")?;
    (0..count).map(|_| read(reader)).collect()
}

impl Codec<Part> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<Part> {
        whole(&bytes, decode_part)
    }

    fn encode(&self, part: &Part) -> Read<Bytes> {
        Ok(written(|out| put_part(part, out)))
    }
}

fn put_part(part: &Part, out: &mut Vec<u8>) {
    match part {
        Part::Head(head, signature) => {
            1_u8.encode(out);
            head.encode(out);
            signature.encode(out);
        }
        Part::Chunk(chunk) => {
            2_u8.encode(out);
            put_bytes(out, chunk);
        }
    }
}

fn decode_part(reader: &mut Reader<'_>) -> Read<Part> {
    match u8::decode(reader)? {
        1 => {
            let head = Head::decode(reader)?;
            Ok(Part::Head(head, Signature::decode(reader)?))
        }
        2 => Ok(Part::Chunk(reader.bytes(CHUNK, "chunk")?.into())),
        number => unknown("part of a proposal", number),
    }
}

impl Codec<SignedConsensusMsg<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<SignedConsensusMsg<Context>> {
        whole(&bytes, |reader| match u8::decode(reader)? {
            1 => decode_signed_ballot(reader).map(SignedConsensusMsg::Vote),
            2 => {
                let offer = decode_offer(reader)?;
                let signed = SignedMessage::new(offer, Signature::decode(reader)?);
                Ok(SignedConsensusMsg::Proposal(signed))
            }
            number => unknown("consensus message", number),
        })
    }

    fn encode(&self, message: &SignedConsensusMsg<Context>) -> Read<Bytes> {
        Ok(written(|out| match message {
            SignedConsensusMsg::Vote(vote) => {
                1_u8.encode(out);
                put_signed_ballot(vote, out);
            }
            SignedConsensusMsg::Proposal(proposal) => {
                2_u8.encode(out);
                put_offer(&proposal.message, out);
                proposal.signature.encode(out);
            }
        }))
    }
}

impl Codec<StreamMessage<Part>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<StreamMessage<Part>> {
        whole(&bytes, |reader| {
            let stream = StreamId::new(reader.bytes(SHORT, "stream")?.into());
            let number = u64::decode(reader)?;
            let content = match u8::decode(reader)? {
                1 => StreamContent::Data(decode_part(reader)?),
                2 => StreamContent::Fin,
                number => return unknown("message of a stream", number),
            };
            Ok(StreamMessage::new(stream, number, content))
        })
    }

    fn encode(&self, message: &StreamMessage<Part>) -> Read<Bytes> {
        Ok(written(|out| {
            put_bytes(out, &message.stream_id.to_bytes());
            message.sequence.encode(out);
            match &message.content {
                StreamContent::Data(part) => {
                    1_u8.encode(out);
                    put_part(part, out);
                }
                StreamContent::Fin => 2_u8.encode(out),
            }
        }))
    }
}

impl Codec<ValidatorProof<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<ValidatorProof<Context>> {
        whole(&bytes, |reader| {
            let key = reader.bytes(SHORT, "public key")?;
            let peer = reader.bytes(SHORT, "peer")?;
            Ok(ValidatorProof::new(key, peer, Signature::decode(reader)?))
        })
    }

    fn encode(&self, proof: &ValidatorProof<Context>) -> Read<Bytes> {
        Ok(written(|out| {
            put_bytes(out, &proof.public_key);
            put_bytes(out, &proof.peer_id);
            proof.signature.encode(out);
        }))
    }
}

fn put_polka(polka: &PolkaCertificate<Context>, out: &mut Vec<u8>) {
    polka.height.0.encode(out);
    encode_round(polka.round, out);
    polka.value_id.encode(out);
    put_length(out, polka.polka_signatures.len());
    for one in &polka.polka_signatures {
        one.address.0.encode(out);
        one.signature.encode(out);
    }
}

fn decode_polka(reader: &mut Reader<'_>) -> Read<PolkaCertificate<Context>> {
    Ok(PolkaCertificate {
        height: decode_height(reader)?,
        round: decode_round(reader)?,
        value_id: BlockId::decode(reader)?,
        polka_signatures: decode_entries(reader, |reader| {
            let member = decode_member(reader)?;
            Ok(PolkaSignature::new(member, Signature::decode(reader)?))
        })?,
    })
}

impl Codec<PolkaCertificate<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<PolkaCertificate<Context>> {
        whole(&bytes, decode_polka)
    }

    fn encode(&self, polka: &PolkaCertificate<Context>) -> Read<Bytes> {
        Ok(written(|out| put_polka(polka, out)))
    }
}

fn put_round_certificate(from: &RoundCertificate<Context>, out: &mut Vec<u8>) {
    from.height.0.encode(out);
    encode_round(from.round, out);
    let kind: u8 = match from.cert_type {
        RoundCertificateType::Precommit => 1,
        RoundCertificateType::Skip => 2,
    };
    kind.encode(out);
    put_length(out, from.round_signatures.len());
    for one in &from.round_signatures {
        kind_number(one.vote_type).encode(out);
        encode_choice(&one.value_id, out);
        one.address.0.encode(out);
        one.signature.encode(out);
    }
}

fn decode_round_certificate(reader: &mut Reader<'_>) -> Read<RoundCertificate<Context>> {
    Ok(RoundCertificate {
        height: decode_height(reader)?,
        round: decode_round(reader)?,
        cert_type: match u8::decode(reader)? {
            1 => RoundCertificateType::Precommit,
            2 => RoundCertificateType::Skip,
            number => return unknown("round certificate", number),
        },
        round_signatures: decode_entries(reader, |reader| {
            Ok(RoundSignature::new(
                decode_kind(reader)?,
                decode_choice(reader)?,
                decode_member(reader)?,
                Signature::decode(reader)?,
            ))
        })?,
    })
}

impl Codec<LivenessMsg<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<LivenessMsg<Context>> {
        whole(&bytes, |reader| match u8::decode(reader)? {
            1 => decode_signed_ballot(reader).map(LivenessMsg::Vote),
            2 => decode_polka(reader).map(LivenessMsg::PolkaCertificate),
            3 => decode_round_certificate(reader).map(LivenessMsg::SkipRoundCertificate),
            number => unknown("liveness message", number),
        })
    }

    fn encode(&self, message: &LivenessMsg<Context>) -> Read<Bytes> {
        Ok(written(|out| match message {
            LivenessMsg::Vote(vote) => {
                1_u8.encode(out);
                put_signed_ballot(vote, out);
            }
            LivenessMsg::PolkaCertificate(polka) => {
                2_u8.encode(out);
                put_polka(polka, out);
            }
            LivenessMsg::SkipRoundCertificate(certificate) => {
                3_u8.encode(out);
                put_round_certificate(certificate, out);
            }
        }))
    }
}

pub(super) fn put_proposed(value: &ProposedValue<Context>, out: &mut Vec<u8>) {
    value.height.0.encode(out);
    encode_round(value.round, out);
    encode_round(value.valid_round, out);
    value.proposer.0.encode(out);
    value.value.0.encode(out);
    value.validity.is_valid().encode(out);
}

pub(super) fn decode_proposed(reader: &mut Reader<'_>) -> Read<ProposedValue<Context>> {
    Ok(ProposedValue {
        height: decode_height(reader)?,
        round: decode_round(reader)?,
        valid_round: decode_round(reader)?,
        proposer: decode_member(reader)?,
        value: Choice(BlockId::decode(reader)?),
        validity: Validity::from_bool(bool::decode(reader)?),
    })
}

impl Codec<ProposedValue<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<ProposedValue<Context>> {
        whole(&bytes, decode_proposed)
    }

    fn encode(&self, value: &ProposedValue<Context>) -> Read<Bytes> {
        Ok(written(|out| put_proposed(value, out)))
    }
}

#[cfg(test)]
mod tests;
