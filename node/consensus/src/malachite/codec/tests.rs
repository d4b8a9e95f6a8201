//! Every message has one encoding; cut, longer or unknown bytes are refused without a panic.
#![allow(clippy::unwrap_used)]

mod altered;

use std::fmt::Debug;

use malachitebft_app_channel::app::types::codec::HasEncodedLen;
use malachitebft_app_channel::app::types::sync::{RawDecidedValue, Request, Response, Status};
use malachitebft_app_channel::app::types::{Keypair, PeerId};
use malachitebft_sync::{ValueRequest, ValueResponse};
use sealane_types::block::{Certificate, CommitSignature};
use sealane_types::ids::Height;

use super::super::context::{certificate, synced};
use super::*;

fn member(number: u8) -> Member {
    Member(AliasId::new([number; 32]))
}

fn signature(number: u8) -> Signature {
    Signature::new([number; 64])
}

fn block(number: u8) -> BlockId {
    BlockId::new([number; 32])
}

fn ballot(kind: VoteType, value: NilOrVal<BlockId>) -> SignedMessage<Context, Ballot> {
    let ballot = Ballot {
        kind,
        height: At(300),
        round: Round::new(2),
        value,
        member: member(1),
    };
    SignedMessage::new(ballot, signature(9))
}

fn offer(pol_round: Round) -> SignedMessage<Context, Offer> {
    let offer = Offer {
        height: At(300),
        round: Round::new(2),
        value: Choice(block(7)),
        pol_round,
        member: member(2),
    };
    SignedMessage::new(offer, signature(8))
}

/// There and back again; every cut and every longer form is refused.
fn one_encoding<T: Debug + PartialEq>(value: &T)
where
    Wire: Codec<T>,
{
    let bytes = Wire.encode(value).unwrap();
    assert_eq!(&Wire.decode(bytes.clone()).unwrap(), value);
    for length in 0..bytes.len() {
        let cut: Result<T, _> = Wire.decode(bytes.slice(..length));
        assert!(cut.is_err(), "{value:?} cut to {length} bytes");
    }
    let longer = Bytes::from([&bytes[..], &[0]].concat());
    let longer: Result<T, _> = Wire.decode(longer);
    assert!(longer.is_err(), "{value:?} with a byte more");
}

#[test]
fn votes_and_proposals_have_one_encoding() {
    for kind in [VoteType::Prevote, VoteType::Precommit] {
        for value in [NilOrVal::Nil, NilOrVal::Val(block(7))] {
            one_encoding(&SignedConsensusMsg::Vote(ballot(kind, value)));
            one_encoding(&LivenessMsg::Vote(ballot(kind, value)));
        }
    }
    for round in [Round::Nil, Round::new(1)] {
        one_encoding(&SignedConsensusMsg::Proposal(offer(round)));
    }
    let value = ProposedValue::<Context> {
        height: At(5),
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer: member(3),
        value: Choice(block(4)),
        validity: Validity::Valid,
    };
    one_encoding(&value);
    let proof = ValidatorProof::<Context>::new(vec![1; 32], vec![2; 38], signature(3));
    one_encoding(&proof);
}

#[test]
fn certificates_have_one_encoding() {
    let polka = PolkaCertificate::<Context> {
        height: At(300),
        round: Round::new(2),
        value_id: block(7),
        polka_signatures: vec![
            PolkaSignature::new(member(1), signature(1)),
            PolkaSignature::new(member(2), signature(2)),
        ],
    };
    one_encoding(&polka);
    one_encoding(&LivenessMsg::PolkaCertificate(polka));
    for cert_type in [RoundCertificateType::Skip, RoundCertificateType::Precommit] {
        let votes = [
            RoundSignature::new(VoteType::Prevote, NilOrVal::Nil, member(1), signature(1)),
            RoundSignature::new(
                VoteType::Precommit,
                NilOrVal::Val(block(3)),
                member(2),
                signature(2),
            ),
        ];
        one_encoding(&LivenessMsg::SkipRoundCertificate(RoundCertificate::<
            Context,
        > {
            height: At(300),
            round: Round::new(2),
            cert_type,
            round_signatures: votes.to_vec(),
        }));
    }
}

fn head() -> Head {
    Head {
        height: At(1),
        round: Round::new(0),
        pol_round: Round::Nil,
        member: member(1),
        block: block(2),
        size: 3,
    }
}

#[test]
fn parts_and_streams_have_one_encoding() {
    let parts = [
        Part::Head(head(), signature(4)),
        Part::Chunk(Bytes::from_static(b"some of a block")),
    ];
    let stream = || StreamId::new(Bytes::from_static(b"stream"));
    for part in parts {
        one_encoding(&part);
        one_encoding(&StreamMessage::new(stream(), 3, StreamContent::Data(part)));
    }
    one_encoding(&StreamMessage::<Part>::new(stream(), 4, StreamContent::Fin));
}

fn own() -> Certificate {
    let signature = |number| CommitSignature {
        validator: AliasId::new([number; 32]),
        signature: signature(number),
    };
    Certificate {
        height: Height(9),
        round: 2,
        block: block(7),
        signatures: vec![signature(1), signature(2), signature(3)],
    }
}

/// A final block of this header's height, under a certificate over a block with this id, or over itself.
fn final_block(certified: Option<BlockId>) -> RawDecidedValue<Context> {
    let block = crate::votes::tests::block(9, 5);
    let certificate = Certificate {
        block: certified.unwrap_or_else(|| sealane_ledger::block_id(&block.header)),
        ..own()
    };
    RawDecidedValue::new(block.to_bytes().into(), synced(&certificate))
}

/// What the engine finds certified is then the very block that is judged: a node that stops where its state is
/// another than the certified one does so at no liar's word.
#[test]
fn a_block_under_another_ones_certificate_is_no_answer() {
    let answer = |certified| {
        let response = ValueResponse::new(At(9), vec![final_block(certified)]);
        Wire.encode(&Response::<Context>::ValueResponse(response))
            .unwrap()
    };
    let read = |bytes: Bytes| -> Read<Response<Context>> { Wire.decode(bytes) };
    assert!(read(answer(None)).is_ok());
    let other = read(answer(Some(block(7)))).unwrap_err();
    assert!(other.to_string().contains("certificate"), "{other}");
}

#[test]
fn sync_messages_have_one_encoding() {
    let key = Keypair::generate_ed25519().public().to_peer_id();
    let peer = PeerId::from_bytes(&key.to_bytes()).unwrap();
    one_encoding(&Status::<Context> {
        peer_id: peer,
        tip_height: At(9),
        history_min_height: At(1),
    });
    one_encoding(&Request::<Context>::ValueRequest(ValueRequest::new(
        At(3)..=At(8),
    )));
    let value = final_block(None);
    let response = ValueResponse::new(At(9), vec![value.clone(), value]);
    let response = Response::<Context>::ValueResponse(response);
    one_encoding(&response);
    let bytes = Wire.encode(&response).unwrap();
    assert_eq!(Wire.encoded_len(&response).unwrap(), bytes.len());
}

#[test]
fn a_certificate_comes_back_as_it_was_in_the_order_that_clients_demand() {
    let mut theirs = synced(&own()).trim_vote_extensions();
    assert_eq!(certificate(&theirs), Some(own()));
    theirs.commit_signatures.reverse();
    assert_eq!(certificate(&theirs), Some(own()), "sorted by validator");
    theirs.round = Round::Nil;
    assert_eq!(certificate(&theirs), None);
}

#[test]
fn lengths_are_refused_before_anything_is_made_of_them() {
    let mut long = vec![2_u8];
    put_bytes(&mut long, &vec![0; CHUNK + 1]);
    let long: Result<Part, _> = Wire.decode(long.into());
    assert!(matches!(long, Err(DecodeError::TooLong { .. })));
    let polka = PolkaCertificate::<Context> {
        height: At(1),
        round: Round::new(0),
        value_id: block(1),
        polka_signatures: vec![PolkaSignature::new(member(1), signature(1)); MAX_VALIDATORS + 1],
    };
    let bytes = Wire.encode(&polka).unwrap();
    let read: Result<PolkaCertificate<Context>, _> = Wire.decode(bytes);
    assert!(matches!(read, Err(DecodeError::TooLong { .. })));
}

/// The mark lets a validator sign nothing: it sends nothing, instead of what others take for a wrong signature.
#[test]
fn what_has_no_signature_is_written_to_the_log_and_not_sent() {
    use crate::malachite::scheme::SILENT;
    let mut vote = ballot(VoteType::Prevote, NilOrVal::Nil);
    let mut proposal = offer(Round::Nil);
    let messages = |vote: &SignedMessage<Context, Ballot>,
                    proposal: &SignedMessage<Context, Offer>| {
        let vote = SignedConsensusMsg::Vote(vote.clone());
        [vote, SignedConsensusMsg::Proposal(proposal.clone())]
    };
    for signed in messages(&vote, &proposal) {
        assert_eq!(Sent.encode(&signed).unwrap(), Wire.encode(&signed).unwrap());
    }
    assert!(Sent.encode(&LivenessMsg::Vote(vote.clone())).is_ok());
    (vote.signature, proposal.signature) = (SILENT, SILENT);
    for unsigned in messages(&vote, &proposal) {
        assert!(Wire.encode(&unsigned).is_ok(), "the engine's log");
        let told = Sent.encode(&unsigned).unwrap_err().to_string();
        assert!(told.contains(NOT_SENT), "{told}");
    }
    assert!(Sent.encode(&LivenessMsg::Vote(vote)).is_err());
}
