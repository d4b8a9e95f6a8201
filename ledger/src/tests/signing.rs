//! Genesis and certificates: keys that are sound, votes that count.

use sealane_crypto::tags;
use sealane_types::block::{Certificate, CommitSignature};
use sealane_types::encoding::Encode;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, BlockId, ChainId, FieldBytes, Height, PublicKey, Signature};

use super::world::*;
use crate::{CertificateError, GenesisError, block_id, check_certificate, check_genesis};

#[test]
fn a_genesis_has_sound_keys_and_elements() {
    let good = genesis();
    assert_eq!(check_genesis(&good), Ok(()));
    let with = |change: &dyn Fn(&mut Genesis)| {
        let mut changed = good.clone();
        change(&mut changed);
        check_genesis(&changed)
    };
    let mut identity = [0; 32];
    identity[0] = 1;
    let small = with(&|genesis| genesis.aliases[1].key = PublicKey::new(identity));
    assert_eq!(
        small,
        Err(GenesisError::Key(BANK_B)),
        "anybody signs for the identity"
    );
    let order = with(&|genesis| genesis.aliases[0].commitment = FieldBytes::new([0xff; 32]));
    assert_eq!(order, Err(GenesisError::Commitment(BANK_A)));
    let formless = with(&|genesis| genesis.name.clear());
    assert!(matches!(formless, Err(GenesisError::Form(_))));
}

fn vote(certificate: &Certificate, chain: ChainId, validator: AliasId) -> CommitSignature {
    let message = certificate.vote(chain).to_bytes();
    let signature = signing_key(&validator).sign(tags::SIGN_VOTE, &message);
    CommitSignature {
        validator,
        signature,
    }
}

#[test]
fn more_than_two_thirds_of_the_named_validators_make_a_block_final() {
    let genesis = genesis();
    let world = World::new();
    let header = world.tip.next_block(world.tip.time, Vec::new()).header;
    let empty = Certificate {
        height: header.height,
        round: 0,
        block: block_id(&header),
        signatures: Vec::new(),
    };
    let by = |validators: &[AliasId]| {
        let signatures = validators
            .iter()
            .map(|one| vote(&empty, header.chain, *one));
        let signatures = signatures.collect();
        Certificate {
            signatures,
            ..empty.clone()
        }
    };
    let check =
        |certificate: &Certificate| check_certificate(certificate, &header, &genesis.validators);
    assert_eq!(check(&by(&VALIDATORS[..3])), Ok(()));
    let few = CertificateError::NoQuorum { signed: 2, all: 4 };
    assert_eq!(check(&by(&VALIDATORS[..2])), Err(few));
    let twice = by(&[VALIDATORS[0], VALIDATORS[0], VALIDATORS[1]]);
    let again = CertificateError::NoValidator(VALIDATORS[0]);
    assert_eq!(check(&twice), Err(again), "a vote counts once");
    let foreign = by(&[BANK_A, VALIDATORS[0], VALIDATORS[1]]);
    assert_eq!(check(&foreign), Err(CertificateError::NoValidator(BANK_A)));

    let mut forged = by(&VALIDATORS[..3]);
    forged.signatures[1].signature = Signature::new([3; 64]);
    let wrong = CertificateError::WrongSignature(VALIDATORS[1]);
    assert_eq!(check(&forged), Err(wrong));
    let mut other_round = by(&VALIDATORS[..3]);
    other_round.round = 1;
    let wrong = CertificateError::WrongSignature(VALIDATORS[0]);
    assert_eq!(check(&other_round), Err(wrong.clone()));
    let mut other_chain = by(&VALIDATORS[..3]);
    other_chain.signatures[0] = vote(&empty, ChainId::new([1; 32]), VALIDATORS[0]);
    assert_eq!(check(&other_chain), Err(wrong));

    let mut other_block = by(&VALIDATORS[..3]);
    other_block.block = BlockId::new([1; 32]);
    assert_eq!(check(&other_block), Err(CertificateError::OtherBlock));
    let mut other_height = by(&VALIDATORS[..3]);
    other_height.height = Height(9);
    assert_eq!(check(&other_height), Err(CertificateError::OtherBlock));
    let three = genesis.validators.validators()[..3].to_vec();
    let others = sealane_types::block::ValidatorSet::new(three).unwrap();
    let refused = check_certificate(&by(&VALIDATORS[..3]), &header, &others);
    assert_eq!(refused, Err(CertificateError::OtherValidators));
}
