#![allow(clippy::unwrap_used)]

use tempfile::{Builder, TempDir};

use super::*;
use crate::chain::tests::open_in;
use crate::config::Consensus;
use crate::home::init;
use crate::support::World;

/// The home of a validator of several, in a folder.
fn validator(folder: &TempDir, world: &World) {
    let mut options = world.options();
    options.config.engine = crate::config::EngineKind::Malachite;
    options.config.consensus = Some(Consensus {
        listen: "127.0.0.1:0".parse().unwrap(),
        peers: Vec::new(),
    });
    init(folder.path(), options).unwrap();
}

/// A digit too many would silence a validator until the network is at that height.
#[tokio::test(flavor = "multi_thread")]
async fn a_mark_far_above_the_nodes_own_blocks_is_refused() {
    let (folder, world) = (TempDir::new().unwrap(), World::new());
    validator(&folder, &world);
    let refused = |height, have| {
        let error = set_mark(folder.path(), Height(height), false).unwrap_err();
        assert!(
            matches!(&error, ValidatorError::FarMark { have: own, .. } if *own == Height(have)),
            "{error}"
        );
    };
    refused(NEAR + 1, 0);
    set_mark(folder.path(), Height(NEAR), false).unwrap();
    let data = Builder::new()
        .prefix("data")
        .rand_bytes(0)
        .tempdir_in(&folder);
    let own = open_in(data.unwrap(), &world, 1).await;
    for _ in 0..2 {
        own.decide().await;
    }
    for far in [false, true] {
        let open = set_mark(folder.path(), Height(NEAR + 2), far).unwrap_err();
        assert!(
            matches!(open, ValidatorError::Running(_)),
            "it runs: {open}"
        );
    }
    let data = own.close();
    refused(NEAR + 3, 2);
    refused(MOST + 2, 2);
    set_mark(folder.path(), Height(NEAR + 2), false).unwrap();
    set_mark(folder.path(), Height(1_000_000), true).unwrap();
    for beyond in [MOST + 3, u64::MAX] {
        let error = set_mark(folder.path(), Height(beyond), true).unwrap_err();
        assert!(matches!(error, ValidatorError::NoMark { .. }), "{error}");
    }
    set_mark(folder.path(), Height(MOST + 2), true).unwrap();
    drop(data);
}
