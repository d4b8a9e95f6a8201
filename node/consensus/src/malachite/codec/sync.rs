//! Messages by which a node that lags asks for final blocks.

use bytes::Bytes;
use malachitebft_app_channel::app::types::PeerId;
use malachitebft_app_channel::app::types::codec::{Codec, HasEncodedLen};
use malachitebft_app_channel::app::types::sync::{RawDecidedValue, Request, Response, Status};
use malachitebft_sync::{ValueRequest, ValueResponse};
use sealane_ledger::block_id;
use sealane_types::block::{BlockHeader, Certificate, MAX_BLOCK_BYTES, MAX_VALIDATORS};
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_length};

use super::super::context::{At, Context, certificate, synced};
use super::{Read, SHORT, Wire, decode_height, whole, written};

/// Most blocks of an answer.
const MAX_BLOCKS: usize = 256;
/// Bytes of a certificate with all signatures, of an answer's height and number of blocks, and of the block's length.
const AROUND: usize = 8 + 4 + 4 + (8 + 4 + 32 + 4) + MAX_VALIDATORS * (32 + 64);
/// Most bytes of an answer: the largest block that the rules allow, with what makes it final.
pub(in crate::malachite) const MAX_ANSWER: usize = MAX_BLOCK_BYTES + AROUND;

impl Codec<Status<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<Status<Context>> {
        whole(&bytes, |reader| {
            let peer = PeerId::from_bytes(&reader.bytes(SHORT, "peer")?);
            let invalid = |error: &dyn std::fmt::Display| DecodeError::Invalid {
                what: "peer",
                reason: error.to_string(),
            };
            Ok(Status {
                peer_id: peer.map_err(|error| invalid(&error))?,
                tip_height: decode_height(reader)?,
                history_min_height: decode_height(reader)?,
            })
        })
    }

    fn encode(&self, status: &Status<Context>) -> Read<Bytes> {
        Ok(written(|out| {
            put_bytes(out, &status.peer_id.to_bytes());
            status.tip_height.0.encode(out);
            status.history_min_height.0.encode(out);
        }))
    }
}

impl Codec<Request<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<Request<Context>> {
        whole(&bytes, |reader| {
            let (first, last) = (decode_height(reader)?, decode_height(reader)?);
            Ok(Request::ValueRequest(ValueRequest::new(first..=last)))
        })
    }

    fn encode(&self, request: &Request<Context>) -> Read<Bytes> {
        let Request::ValueRequest(request) = request;
        Ok(written(|out| {
            request.range.start().0.encode(out);
            request.range.end().0.encode(out);
        }))
    }
}

fn put_final(value: &RawDecidedValue<Context>, out: &mut Vec<u8>) -> Read<()> {
    put_bytes(out, &value.value_bytes);
    let from = &value.certificate;
    let signatures = from.trim_vote_extensions();
    let own = certificate(&signatures).ok_or_else(|| DecodeError::Invalid {
        what: "certificate",
        reason: "it has no round".to_owned(),
    })?;
    own.encode(out);
    Ok(())
}

/// A block with the certificate over its very header: what the engine finds certified is then this block, and whoever
/// answers with another one is at fault.
fn decode_final(reader: &mut Reader<'_>) -> Read<RawDecidedValue<Context>> {
    let block = reader.bytes(MAX_BLOCK_BYTES, "block")?;
    let certificate = Certificate::decode(reader)?;
    let header = BlockHeader::decode(&mut Reader::new(&block))?;
    if block_id(&header) != certificate.block {
        return Err(DecodeError::Invalid {
            what: "final block",
            reason: "it is not the one that its certificate names".to_owned(),
        });
    }
    Ok(RawDecidedValue::new(block.into(), synced(&certificate)))
}

impl Codec<Response<Context>> for Wire {
    type Error = DecodeError;

    fn decode(&self, bytes: Bytes) -> Read<Response<Context>> {
        whole(&bytes, |reader| {
            let first: At = decode_height(reader)?;
            let count = reader.length(MAX_BLOCKS, "blocks")?;
            let blocks = (0..count).map(|_| decode_final(reader));
            let response = ValueResponse::new(first, blocks.collect::<Result<_, _>>()?);
            Ok(Response::ValueResponse(response))
        })
    }

    fn encode(&self, response: &Response<Context>) -> Read<Bytes> {
        let Response::ValueResponse(response) = response;
        let mut out = Vec::new();
        response.start_height.0.encode(&mut out);
        put_length(&mut out, response.values.len());
        for value in &response.values {
            put_final(value, &mut out)?;
        }
        Ok(out.into())
    }
}

impl HasEncodedLen<Response<Context>> for Wire {
    fn encoded_len(&self, response: &Response<Context>) -> Read<usize> {
        Ok(self.encode(response)?.len())
    }
}
