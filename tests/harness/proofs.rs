//! The verifier, as a node gives it to the ledger: all claims of a block in one batch.

use ark_bls12_381::Fr;
use sealane_crypto::curve::encode_element;
use sealane_ledger::{CrossCheckClaim, FinancingClaim, StatementProofs};
use sealane_statements::financing::UncheckedStatement;
use sealane_types::ids::{FieldBytes, VerifyingKeyId};
use sealane_types::transaction::PresentBlinded;
use sealane_verifier::{UncheckedFinancing, Verifier, VerifyingKey};

/// The financing circuit's verifier, with its test key.
pub struct Proofs(Verifier);

impl Proofs {
    /// Opens it.
    #[must_use]
    pub fn open() -> Self {
        Self(Verifier::financing_test())
    }

    /// The verifying key's id.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKeyId {
        VerifyingKeyId::new(self.0.key_id())
    }

    /// Whether a presented set's proof holds for a record with this context.
    #[must_use]
    pub fn holds(&self, present: &PresentBlinded, context: Fr) -> bool {
        let claim = FinancingClaim {
            verifying_key: present.verifying_key,
            root: present.record,
            context: FieldBytes::new(encode_element(&context)),
            alias_commitment: present.alias_commitment,
            mask: present.mask,
            amount_commitment: present.amount_commitment,
            blinding: present.blinding,
            blinded: &present.blinded,
            proof: &present.proof,
        };
        let alone = self.0.verify(&unchecked(&claim)).is_ok();
        assert_eq!(
            self.financings_hold(&[claim]),
            [alone],
            "alone and in a batch of one"
        );
        alone
    }
}

fn unchecked(claim: &FinancingClaim<'_>) -> UncheckedFinancing {
    let statement = UncheckedStatement {
        root: *claim.root.as_bytes(),
        context: *claim.context.as_bytes(),
        alias: *claim.alias_commitment.as_bytes(),
        mask: claim.mask.bits(),
        amount_commitment: *claim.amount_commitment.as_bytes(),
        commitment: *claim.blinding.as_bytes(),
        blinded: claim
            .blinded
            .iter()
            .map(|point| *point.as_bytes())
            .collect(),
    };
    UncheckedFinancing {
        statement,
        proof: *claim.proof.as_bytes(),
    }
}

impl StatementProofs for Proofs {
    fn financings_hold(&self, claims: &[FinancingClaim<'_>]) -> Vec<bool> {
        let batch: Vec<UncheckedFinancing> = claims.iter().map(unchecked).collect();
        let verified = self
            .0
            .verify_batch(&batch)
            .expect("the system has randomness");
        let own = |claim: &FinancingClaim<'_>| claim.verifying_key == self.verifying_key();
        verified
            .iter()
            .zip(claims)
            .map(|(outcome, claim)| outcome.is_ok() && own(claim))
            .collect()
    }

    fn cross_checks_hold(&self, claims: &[&CrossCheckClaim]) -> Vec<bool> {
        claims.iter().map(|claim| shown(claim).is_some()).collect()
    }
}

/// Verified alone, under the key that the chain publishes.
fn shown(claim: &CrossCheckClaim) -> Option<()> {
    claim.proofs()?.into_iter().try_for_each(|one| {
        let key = &one.circuit.verifying_key;
        let key = VerifyingKey::decode_for(key, one.inputs.len()).ok()?;
        let verified = Verifier::new(&key).verify_cross_check(one.inputs, one.proof.as_bytes());
        verified.ok().map(|_| ())
    })
}
