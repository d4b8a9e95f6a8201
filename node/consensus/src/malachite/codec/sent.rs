//! What leaves this node: as [`Wire`] writes it, but for votes and proposals without a signature.
//!
//! Where the mark forbids a signature, the engine gets [`SILENT`] in its place, as it knows no validator that says
//! nothing. It keeps that message in its log and drops it itself; others would take it for a vote whose signature is
//! wrong.

use bytes::Bytes;
use malachitebft_app_channel::app::consensus::LivenessMsg;
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_app_channel::app::types::SignedConsensusMsg;
use malachitebft_app_channel::app::types::codec::{Codec, HasEncodedLen};
use malachitebft_app_channel::app::types::core::ValidatorProof;
use malachitebft_app_channel::app::types::sync::{Request, Response, Status};
use sealane_types::encoding::DecodeError;

use super::Wire;
use crate::malachite::context::Context;
use crate::malachite::parts::Part;
use crate::malachite::scheme::SILENT;

/// What the engine's log says, with [`NOT_SENT`], where a message does not leave this node.
pub const NOT_SENT: &str = "it has no signature, so it is not sent";

/// Writes what is sent to others, and reads what comes from them.
#[derive(Debug, Clone, Copy)]
pub(in crate::malachite) struct Sent;

/// Whether a message lacks the signature that it should have.
trait Unsigned {
    fn is_unsigned(&self) -> bool {
        false
    }
}

impl Unsigned for Part {}
impl Unsigned for StreamMessage<Part> {}
impl Unsigned for ValidatorProof<Context> {}
impl Unsigned for Status<Context> {}
impl Unsigned for Request<Context> {}
impl Unsigned for Response<Context> {}

impl Unsigned for SignedConsensusMsg<Context> {
    fn is_unsigned(&self) -> bool {
        match self {
            Self::Vote(vote) => vote.signature == SILENT,
            Self::Proposal(proposal) => proposal.signature == SILENT,
        }
    }
}

impl Unsigned for LivenessMsg<Context> {
    fn is_unsigned(&self) -> bool {
        match self {
            Self::Vote(vote) => vote.signature == SILENT,
            Self::PolkaCertificate(_) | Self::SkipRoundCertificate(_) => false,
        }
    }
}

impl<T: Unsigned> Codec<T> for Sent
where
    Wire: Codec<T, Error = DecodeError>,
{
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Result<T, DecodeError> {
        Wire.decode(bytes)
    }

    fn encode(&self, message: &T) -> Result<Bytes, DecodeError> {
        match message.is_unsigned() {
            false => Wire.encode(message),
            true => Err(DecodeError::Invalid {
                what: "message",
                reason: NOT_SENT.to_owned(),
            }),
        }
    }
}

impl HasEncodedLen<Response<Context>> for Sent {
    fn encoded_len(&self, response: &Response<Context>) -> Result<usize, DecodeError> {
        Wire.encoded_len(response)
    }
}
