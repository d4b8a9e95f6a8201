#![allow(clippy::unwrap_used)]

use sealane_types::ids::Signature;
use tempfile::TempDir;

use super::*;
use crate::chain::tests::{Own, open_in};
use crate::support::World;

/// Waiting transactions of one signer, by the pool's usual bounds.
const PER_SIGNER: u64 = 1024;

async fn service(own: Own) -> (Service, TempDir, watch::Sender<bool>) {
    let (stop, stopping) = watch::channel(false);
    let Own {
        folder,
        clock,
        chain,
    } = own;
    let service = Service {
        chain: Arc::new(chain),
        clock,
        validator: "node-a".to_owned(),
        late: None,
        admitted: OnceLock::new(),
        stopping,
    };
    (service, folder, stop)
}

impl Service {
    async fn code_of(&self, transaction: &Transaction) -> Result<TxId, ErrorCode> {
        let (bytes, work) = (transaction.to_bytes(), Work::default());
        let taken = self.submit(bytes, Origin::Client, &work).await;
        taken.map_err(|refused| refused.code)
    }
}

/// As it was signed, but for the signature.
fn forged(mut transaction: Transaction) -> Transaction {
    transaction.signature = Signature::new([7; 64]);
    transaction
}

/// Two large proposals made an answer that no client took.
#[test]
fn an_answer_that_is_no_message_is_refused_with_its_word() {
    let entry = StateEntry {
        key: vec![1; 10],
        value: Some(vec![2; 3 << 20]),
        proof: vec![3; 5],
    };
    let one = size(&entry);
    assert_eq!(one, (3 << 20) + 15);
    check_room(one).unwrap();
    let two = check_room(2 * one).unwrap_err();
    assert_eq!(two.code, ErrorCode::TooLarge);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_room_is_refused_before_its_signature_is_checked() {
    let world = World::new();
    let own = open_in(TempDir::new().unwrap(), &world, 1).await;
    own.wait((0..PER_SIGNER).map(|number| world.release(0, number, number)))
        .await;
    let (service, _folder, _stop) = service(own).await;
    let next = forged(world.release(0, PER_SIGNER, 0));
    assert_eq!(service.code_of(&next).await, Err(ErrorCode::SignerFull));
    let of_another = forged(world.release(1, 0, 0));
    assert_eq!(
        service.code_of(&of_another).await,
        Err(ErrorCode::BadSignature)
    );
    service.code_of(&world.release(1, 0, 0)).await.unwrap();
}
