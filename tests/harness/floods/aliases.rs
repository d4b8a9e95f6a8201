//! A bank that vouches for twenty aliases, each of which hands in transactions as fast as they are taken.

use std::sync::Arc;
use std::time::Duration;

use sealane_crypto::signature::SigningKey;
use sealane_types::alias::{RegisterAlias, Vouched};
use sealane_types::genesis::Role;
use sealane_types::ids::{AliasId, FieldBytes, RecordId};
use sealane_types::transaction::{Payload, Release, ReleaseReason};
use tokio::time::sleep;

use super::target::{Signer, Target};
use super::{Tally, side_by_side};

/// The aliases.
const ALIASES: usize = 20;

fn alias(number: usize) -> Signing {
    let id = AliasId::new([0xa0 + number as u8; 32]);
    let key = || SigningKey::from_seed(id.as_bytes());
    Signing { id, key: key() }
}

struct Signing {
    id: AliasId,
    key: SigningKey,
}

/// Brings it onto the chain; nothing where it is there already.
async fn register(bank: &mut Signer, target: &Target, number: usize) {
    let own = alias(number);
    let vouched = Vouched {
        bank: bank.alias,
        role: Role::Company,
        commitment: FieldBytes::new([0; 32]),
    };
    let payload = Payload::RegisterAlias(RegisterAlias {
        alias: own.id,
        role: vouched.role,
        key: own.key.public(),
        possession: own.key.possess_as(bank.chain, own.id, Some(vouched)),
        commitment: vouched.commitment,
        until: None,
    });
    let wait = if number + 1 == ALIASES { 20_000 } else { 0 };
    bank.send(&mut target.client(), payload, wait)
        .await
        .expect("an alias is taken");
}

pub(super) async fn twenty(target: Arc<Target>, tally: Arc<Tally>) {
    let mut bank = target.signer().await;
    for number in 0..ALIASES {
        register(&mut bank, &target, number).await;
    }
    let chain = bank.chain;
    let task = |number: usize| {
        let (target, tally) = (Arc::clone(&target), Arc::clone(&tally));
        async move {
            let own = alias(number);
            let mut signer = Signer::new(chain, own.id, own.key);
            let mut node = target.client();
            while tally.goes_on() {
                tally.made(1);
                // a transaction that the rules refuse once it stands in a block: it waits like any other
                let nothing = Payload::Release(Release {
                    record: RecordId::new([0; 32]),
                    reason: ReleaseReason::Withdrawn,
                });
                if let Err(status) = signer.send(&mut node, nothing, 0).await {
                    tally.status(&status);
                    sleep(Duration::from_millis(5)).await;
                }
            }
        }
    };
    side_by_side(ALIASES, task).await;
}
