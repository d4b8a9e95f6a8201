//! Bytes of a peer or of the engine's log, read as any kind of message: what fuzzing feeds.

use bytes::Bytes;
use malachitebft_app_channel::app::types::codec::Codec;
use malachitebft_app_channel::app::types::sync::{Request, Response, Status};

use super::{
    Context, LivenessMsg, Part, PolkaCertificate, ProposedValue, SignedConsensusMsg, StreamMessage,
    ValidatorProof, Wire,
};

/// Reads `bytes` as a consensus message, whose kind the first byte says, and whether they are one.
///
/// # Panics
/// When what was read is written as other bytes: one message has one encoding.
pub fn read_packet(bytes: &[u8]) -> bool {
    let Some((kind, bytes)) = bytes.split_first() else {
        return false;
    };
    let bytes = Bytes::copy_from_slice(bytes);
    match kind {
        0 => read::<Part>(bytes),
        1 => read::<SignedConsensusMsg<Context>>(bytes),
        2 => read::<StreamMessage<Part>>(bytes),
        3 => read::<ValidatorProof<Context>>(bytes),
        4 => read::<PolkaCertificate<Context>>(bytes),
        5 => read::<LivenessMsg<Context>>(bytes),
        6 => read::<ProposedValue<Context>>(bytes),
        7 => read::<Status<Context>>(bytes),
        8 => read::<Request<Context>>(bytes),
        _ => read::<Response<Context>>(bytes),
    }
}

fn read<T>(bytes: Bytes) -> bool
where
    Wire: Codec<T>,
{
    let Ok(message) = Wire.decode(bytes.clone()) else {
        return false;
    };
    let again = Wire.encode(&message);
    assert!(
        again.is_ok_and(|again| again == bytes),
        "a message is written as other bytes than it was read from"
    );
    true
}
