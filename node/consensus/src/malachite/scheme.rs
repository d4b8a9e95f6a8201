//! Signatures of consensus messages. A precommit for a block is this chain's own [`Vote`], so that a
//! certificate means the same to every client, whichever engine decided; everything else is signed under
//! another tag, and bound to the chain too.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use malachitebft_app_channel::app::types::core::{
    NilOrVal, SignedMessage, SigningScheme, ValidatorProof, VoteExtensionScope, VoteType,
};
use malachitebft_app_channel::{Signer as Sign, Verifier as Verify};
use sealane_crypto::{signature, tags};
use sealane_types::block::Vote;
use sealane_types::encoding::{Encode, put_bytes};
use sealane_types::ids::{ChainId, Height, PublicKey, Signature};

use super::codec::{encode_ballot, encode_offer};
use super::context::{At, Ballot, Context, Offer};
use super::guard::{self, Guard};
use super::parts::Head;
use crate::engine::Signer;
use crate::mark::{Place, Said};

/// Ed25519 as this chain verifies it (ZIP-215).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ed25519;

fn exact<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    let found = bytes.len();
    bytes
        .try_into()
        .map_err(|_| format!("{N} bytes are needed, {found} came"))
}

impl SigningScheme for Ed25519 {
    type DecodingError = String;
    type Signature = Signature;
    type PublicKey = PublicKey;
    /// Secrets stay behind [`Signer`].
    type PrivateKey = Infallible;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, String> {
        exact(bytes).map(Signature::new)
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.as_bytes().to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<PublicKey, String> {
        exact(bytes).map(PublicKey::new)
    }

    fn encode_public_key(key: &PublicKey) -> Vec<u8> {
        key.as_bytes().to_vec()
    }
}

/// What a signature is over.
enum Message {
    /// A precommit for a block.
    Commit(Vote),
    /// Anything else: kind, chain, content.
    Other(Vec<u8>),
}

#[derive(Clone, Copy)]
#[repr(u8)]
enum Kind {
    Ballot = 1,
    Offer = 2,
    Peer = 3,
    Parts = 4,
}

fn other(chain: ChainId, kind: Kind, content: &[u8]) -> Message {
    let mut bytes = vec![kind as u8];
    chain.encode(&mut bytes);
    put_bytes(&mut bytes, content);
    Message::Other(bytes)
}

/// What the engine gets where nothing is signed: nobody takes it for a signature, this node neither.
pub(super) const SILENT: Signature = Signature::new([0; 64]);

/// Signs and verifies on one chain.
#[derive(Clone)]
pub(super) struct Signatures {
    chain: ChainId,
    signer: Arc<dyn Signer>,
    /// The height that the others have reached: nothing is signed for it or below. This node may have signed there
    /// before, and lost the memory of it with its folder.
    decided: Arc<AtomicU64>,
    /// What each signature passes.
    pub(super) guard: Arc<Guard>,
}

impl Signatures {
    pub(super) fn new(chain: ChainId, signer: Arc<dyn Signer>, guard: Guard) -> Self {
        Self {
            chain,
            signer,
            decided: Arc::default(),
            guard: Arc::new(guard),
        }
    }

    /// Nothing is signed any more for what others have decided. Whether that is news.
    pub(super) fn decided_elsewhere(&self, height: Height) -> bool {
        self.decided.fetch_max(height.0, Ordering::SeqCst) < height.0
    }

    fn ballot(&self, ballot: &Ballot) -> Message {
        match (ballot.kind, &ballot.value, ballot.round.as_u32()) {
            (VoteType::Precommit, NilOrVal::Val(block), Some(round)) => Message::Commit(Vote {
                chain: self.chain,
                height: ballot.height.into(),
                round,
                block: *block,
            }),
            _ => other(self.chain, Kind::Ballot, &encode_ballot(ballot)),
        }
    }

    fn offer(&self, offer: &Offer) -> Message {
        other(self.chain, Kind::Offer, &encode_offer(offer))
    }

    fn peer(&self, key: &[u8], peer: &[u8]) -> Message {
        let content = ValidatorProof::<Context>::signing_bytes(key, peer);
        other(self.chain, Kind::Peer, &content)
    }

    fn is_open(&self, height: At) -> bool {
        height.0 > self.decided.load(Ordering::SeqCst)
    }

    /// A signature for a height; none where others have decided it, or the mark forbids it.
    fn sign_at(
        &self,
        height: At,
        message: &Message,
        place: Option<(Place, Said)>,
    ) -> Option<Signature> {
        let signs = self.is_open(height) && self.guard.allows(place);
        signs.then(|| self.sign_marked(height.into(), message))
    }

    /// Signs what the mark says already.
    fn sign_marked(&self, height: Height, message: &Message) -> Signature {
        let signature = self.sign(height, message);
        self.guard.signed(height);
        signature
    }

    fn sign(&self, height: Height, message: &Message) -> Signature {
        match message {
            Message::Commit(vote) => self.signer.sign(vote),
            Message::Other(bytes) => self.signer.sign_consensus(height, bytes),
        }
    }

    /// Signs the head of a proposal's parts; none where nothing may be signed.
    pub(super) fn sign_head(&self, head: &Head) -> Option<Signature> {
        let message = other(self.chain, Kind::Parts, &head.to_bytes());
        self.sign_at(head.height, &message, guard::of_head(head))
    }

    /// Whether the head of a proposal's parts is signed with this key.
    pub(super) fn head_holds(&self, head: &Head, signature: &Signature, key: &PublicKey) -> bool {
        let message = other(self.chain, Kind::Parts, &head.to_bytes());
        let valid = holds(&message, signature, key);
        if valid {
            self.guard.seen(&head.member, guard::of_head(head));
        }
        valid
    }
}

fn holds(message: &Message, signature: &Signature, key: &PublicKey) -> bool {
    match message {
        Message::Commit(vote) => {
            signature::verify(tags::SIGN_VOTE, key, &vote.to_bytes(), signature)
        }
        Message::Other(bytes) => signature::verify(tags::SIGN_CONSENSUS, key, bytes, signature),
    }
}

type Outcome<T> = Result<T, malachitebft_signing::Error>;
use malachitebft_signing::VerificationResult;

#[async_trait]
impl Verify<Context> for Signatures {
    async fn verify_signed_vote(
        &self,
        vote: &Ballot,
        signature: &Signature,
        key: &PublicKey,
    ) -> Outcome<VerificationResult> {
        let valid = holds(&self.ballot(vote), signature, key);
        if valid {
            self.guard.seen(&vote.member, guard::of_ballot(vote));
        }
        Ok(VerificationResult::from_bool(valid))
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Offer,
        signature: &Signature,
        key: &PublicKey,
    ) -> Outcome<VerificationResult> {
        let valid = holds(&self.offer(proposal), signature, key);
        if valid {
            self.guard.seen(&proposal.member, guard::of_offer(proposal));
        }
        Ok(VerificationResult::from_bool(valid))
    }

    async fn verify_signed_vote_extension(
        &self,
        _: &VoteExtensionScope<Context>,
        (): &(),
        _: &Signature,
        _: &PublicKey,
    ) -> Outcome<VerificationResult> {
        Ok(VerificationResult::Invalid) // no vote of this chain has one
    }

    async fn verify_validator_proof(
        &self,
        proof: &ValidatorProof<Context>,
    ) -> Outcome<VerificationResult> {
        let message = self.peer(&proof.public_key, &proof.peer_id);
        let key = Ed25519::decode_public_key(&proof.public_key);
        let valid = key.is_ok_and(|key| holds(&message, &proof.signature, &key));
        Ok(VerificationResult::from_bool(valid))
    }
}

#[async_trait]
impl Sign<Context> for Signatures {
    async fn sign_vote(&self, vote: Ballot) -> Outcome<SignedMessage<Context, Ballot>> {
        let signed = self.is_open(vote.height).then(|| self.guard.vote(&vote));
        Ok(match signed.flatten() {
            Some(vote) => {
                let signature = self.sign_marked(vote.height.into(), &self.ballot(&vote));
                SignedMessage::new(vote, signature)
            }
            None => SignedMessage::new(vote, SILENT),
        })
    }

    async fn sign_proposal(&self, proposal: Offer) -> Outcome<SignedMessage<Context, Offer>> {
        let (message, place) = (self.offer(&proposal), guard::of_offer(&proposal));
        let signature = self.sign_at(proposal.height, &message, place);
        Ok(SignedMessage::new(proposal, signature.unwrap_or(SILENT)))
    }

    async fn sign_vote_extension(
        &self,
        _: VoteExtensionScope<Context>,
        (): (),
    ) -> Outcome<SignedMessage<Context, ()>> {
        let reason = "votes of this chain have no extensions";
        Err(malachitebft_signing::Error::from_source(reason))
    }

    async fn sign_validator_proof(
        &self,
        key: Vec<u8>,
        peer: Vec<u8>,
    ) -> Outcome<ValidatorProof<Context>> {
        // who a node is holds for no height: the newest key says it
        let signature = self.sign(Height(u64::MAX), &self.peer(&key, &peer));
        Ok(ValidatorProof::new(key, peer, signature))
    }
}

#[cfg(test)]
mod tests;
