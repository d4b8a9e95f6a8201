#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use sealane_consensus::{Application, Clock, Costs, ManualClock, Proposer, Verdict};
use sealane_crypto::keystore::{Existing, KeyFile, Protection, ValidatorSecrets, save};
use sealane_crypto::signature::{SigningKey, verify};
use sealane_crypto::tags;
use sealane_ledger::chain_id;
use sealane_types::block::{CommitSignature, Vote};
use sealane_types::governance::{CastVote, Change, Propose};
use sealane_types::ids::{ProposalId, PublicKey, StateRoot, TxId};
use sealane_types::receipt::{Outcome, Receipt, Refusal};
use sealane_types::transaction::Payload;
use tempfile::TempDir;

use super::*;
use crate::keyring::{KeyFiles, Keyring};
use crate::shares::Shares;
use crate::support::{BANKS, VALIDATOR, World, validator_key};

/// A chain with a folder of its own, whose blocks the test decides.
pub(crate) struct Own {
    /// Gone with the value.
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) chain: Chain,
}

async fn open(world: &World, threads: usize) -> Own {
    open_in(TempDir::new().unwrap(), world, threads).await
}

/// A chain in a folder, which may have begun.
pub(crate) async fn open_in(folder: TempDir, world: &World, threads: usize) -> Own {
    open_as(None, folder, world, threads).await
}

async fn open_as(
    answerer: Option<Answerer>,
    folder: TempDir,
    world: &World,
    threads: usize,
) -> Own {
    let store = Store::open(folder.path(), chain_id(&world.genesis)).unwrap();
    let clock = Arc::new(ManualClock::new(BlockTime(5_000)));
    let chain = Chain::open(Parts {
        gossip: crate::gossip::Gossip::alone(),
        metrics: Arc::default(),
        store: Arc::new(store),
        genesis: Arc::new(world.genesis.clone()),
        bridge: Bridge::new(threads).unwrap(),
        checking: Bridge::giving_way(threads).unwrap(),
        proofs: Arc::new(Proofs::new()),
        answerer: answerer.map(Arc::new),
        points: Arc::new(()),
        clock: clock.clone(),
    });
    Own {
        chain: chain.await.unwrap(),
        clock,
        folder,
    }
}

fn certificate(block: &Block) -> Certificate {
    let vote = Vote {
        chain: block.header.chain,
        height: block.header.height,
        round: 0,
        block: block_id(&block.header),
    };
    let signature = validator_key().sign(tags::SIGN_VOTE, &vote.to_bytes());
    let signature = CommitSignature {
        validator: VALIDATOR,
        signature,
    };
    Certificate {
        height: vote.height,
        round: 0,
        block: vote.block,
        signatures: vec![signature],
    }
}

impl Own {
    /// Ends the chain; its folder stays until the returned value is dropped.
    pub(crate) fn close(self) -> TempDir {
        self.folder
    }

    pub(crate) async fn wait(&self, transactions: impl IntoIterator<Item = Transaction>) {
        for transaction in transactions {
            let signer = transaction.body.signer;
            let waiting = waiting(transaction, signer);
            let next = self.chain.committed_sequence(signer).await.unwrap();
            self.chain.mempool.admit(waiting, next, Lane::Open).unwrap();
        }
    }

    pub(crate) async fn decide(&self) -> Block {
        self.clock.set(BlockTime(self.clock.now().0 + 100));
        let block = self.chain.propose(self.clock.now()).await.unwrap();
        self.follow(&block).await;
        block
    }

    pub(crate) async fn follow(&self, block: &Block) {
        let verdict = self.chain.validate(block, Proposer::Own).await.unwrap();
        assert_eq!(verdict, Verdict::Valid);
        let certificate = certificate(block);
        self.chain
            .decided(block.clone(), certificate)
            .await
            .unwrap();
    }

    async fn verdict(&self, block: &Block) -> Verdict {
        self.chain.validate(block, Proposer::Other).await.unwrap()
    }

    fn root(&self) -> StateRoot {
        self.chain.tip().state
    }
}

/// RELIABILITY 10: the chain replayed with 1 and 2 threads has the same root at every height.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_has_the_same_roots_with_any_number_of_threads() {
    let world = World::new();
    let first = open(&world, 1).await;
    let mut next = [0, 0];
    let (mut blocks, mut roots) = (Vec::new(), vec![first.root()]);
    for round in 0..12_u64 {
        for bank in [0, 1] {
            let count = (round * 7 + bank as u64 * 3) % 5;
            let from = next[bank];
            next[bank] += count;
            first
                .wait((from..next[bank]).map(|sequence| world.release(bank, sequence, sequence)))
                .await;
        }
        blocks.push(first.decide().await);
        roots.push(first.root());
    }
    blocks.push(first.decide().await); // nothing waits any more
    roots.push(first.root());
    assert!(blocks.iter().any(|block| block.transactions.is_empty()));
    for threads in [1, 2] {
        let replay = open(&world, threads).await;
        assert_eq!(replay.root(), roots[0]);
        for (block, root) in blocks.iter().zip(&roots[1..]) {
            replay.follow(block).await;
            assert_eq!(
                replay.root(),
                *root,
                "{threads} threads, {:?}",
                block.header
            );
        }
        assert_eq!(replay.chain.tip(), first.chain.tip());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_does_not_follow_is_not_voted_for() {
    let world = World::new();
    let own = open(&world, 1).await;
    own.wait([world.release(0, 0, 1)]).await;
    own.decide().await;
    own.wait([world.release(0, 1, 2)]).await;
    let honest = own.chain.tip().next_block(
        BlockTime(6_000),
        vec![world.release(0, 1, 2), world.release(1, 0, 3)],
    );
    assert_eq!(own.verdict(&honest).await, Verdict::Valid);
    type Change = fn(&mut Block);
    let changes: [(&str, Change); 12] = [
        ("chain", |block| {
            block.header.chain = sealane_types::ids::ChainId::new([9; 32])
        }),
        ("height", |block| block.header.height = Height(3)),
        ("previous block", |block| {
            block.header.previous = BlockId::new([9; 32])
        }),
        ("state root", |block| {
            block.header.state = StateRoot::new([9; 32])
        }),
        ("receipts root", |block| {
            block.header.receipts = block.header.transactions
        }),
        ("validators", |block| {
            block.header.validators = sealane_types::ids::ValidatorSetHash::new([9; 32]);
        }),
        ("not after", |block| block.header.time = BlockTime(5_100)),
        ("ahead", |block| {
            block.header.time = BlockTime(5_100 + 31_000)
        }),
        ("transactions", |block| drop(block.transactions.pop())),
        ("transactions", |block| block.transactions.swap(0, 1)),
        ("no alias", |block| {
            block.transactions[0].body.signer = AliasId::new([9; 32])
        }),
        ("signature", |block| {
            block.transactions[1].signature = block.transactions[0].signature;
        }),
    ];
    for (at, (word, change)) in changes.into_iter().enumerate() {
        let mut block = honest.clone();
        change(&mut block);
        if at >= 10 {
            let root = sealane_ledger::chain::transactions_root(&block.transactions);
            block.header.transactions = root;
        }
        let verdict = own.verdict(&block).await;
        assert!(
            matches!(&verdict, Verdict::Invalid(reason) if reason.contains(word)),
            "{at} {word}: {verdict:?}"
        );
    }
    assert_eq!(own.verdict(&honest).await, Verdict::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_have_signed_is_taken_whatever_this_clock_says() {
    let world = World::new();
    let own = open(&world, 1).await;
    let an_hour_later = BlockTime(own.clock.now().0 + 3_600_000);
    let block = own.chain.tip().next_block(an_hour_later, Vec::new());
    let early = own.verdict(&block).await;
    assert!(matches!(early, Verdict::Invalid(_)), "{early:?}");
    let signed = own.chain.validate(&block, Proposer::Certified).await;
    assert_eq!(signed.unwrap(), Verdict::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_does_not_make_a_block_final_commits_nothing() {
    let world = World::new();
    let own = open(&world, 1).await;
    let block = own.chain.propose(BlockTime(6_000)).await.unwrap();
    let mut wrong = certificate(&block);
    wrong.signatures[0].signature = sealane_types::ids::Signature::new([1; 64]);
    assert!(own.chain.decided(block.clone(), wrong).await.is_err());
    let mut none = certificate(&block);
    none.signatures.clear();
    assert!(own.chain.decided(block.clone(), none).await.is_err());
    assert_eq!(own.chain.tip().height, Height(0));
    own.follow(&block).await;
    assert_eq!(own.chain.tip().height, Height(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_due_when_transactions_wait_after_any_and_each_minute() {
    let world = World::new();
    let own = open(&world, 1).await;
    own.decide().await;
    let last = own.chain.tip().time.0;
    assert!(!own.chain.due(BlockTime(last + 59_999)));
    assert!(own.chain.due(BlockTime(last + 60_000)));
    own.wait([world.release(0, 0, 1)]).await;
    assert!(own.chain.due(BlockTime(last)));
    own.decide().await;
    assert!(
        own.chain.due(BlockTime(last)),
        "after a block with transactions"
    );
    let empty = own.decide().await;
    assert!(empty.transactions.is_empty());
    assert!(!own.chain.due(own.clock.now()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_has_no_more_transactions_than_are_executed_in_time() {
    let world = World::new();
    let own = open(&world, 1).await;
    let waiting = (0..60).map(|number| world.release(0, number, number));
    own.wait(waiting).await;
    let before = own.chain.budget.most();
    let first = own.chain.propose(own.clock.now()).await.unwrap();
    let part = before.institution;
    assert!(part < 60);
    assert_eq!(first.transactions.len(), part, "one institution's part");
    assert_ne!(own.chain.budget.most(), before, "the block has told");
    for _ in 0..20 {
        own.chain.budget.note(60, Duration::from_secs(600));
    }
    assert_eq!(own.chain.budget.most().block, 1);
    let few = own.decide().await;
    assert_eq!(few.transactions.len(), 1);
    assert_eq!(own.chain.mempool.len(), 59);
}

/// More than two thirds have signed another state: this node stops, and says which height and which roots.
#[tokio::test(flavor = "multi_thread")]
async fn a_certified_block_over_another_state_is_a_fault_of_this_node() {
    let world = World::new();
    let own = open(&world, 1).await;
    own.decide().await;
    let mut block = own.chain.tip().next_block(BlockTime(9_000), Vec::new());
    block.header.state = StateRoot::new([9; 32]);
    let proposed = own.verdict(&block).await;
    assert!(matches!(proposed, Verdict::Invalid(_)), "{proposed:?}");
    let certified = own.chain.validate(&block, Proposer::Certified).await;
    let decided = own.chain.decided(block.clone(), certificate(&block)).await;
    for fault in [certified.unwrap_err(), decided.unwrap_err()] {
        let said = fault.to_string();
        for part in [
            "block 2 ",
            &own.root().to_string(),
            &block.header.state.to_string(),
            "move `data` and `consensus` away",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    assert_eq!(own.chain.tip().height, Height(1));
}

/// Others' blocks make the key another one: what was signed with the old one would never go, and keep out what is not.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_under_an_old_key_leaves_the_pool_with_it() {
    let world = World::new();
    let (own, other) = (open(&world, 1).await, open(&world, 1).await);
    let next = SigningKey::from_seed(&[77; 32]);
    let change = Change::SetKey {
        alias: BANKS[0],
        key: next.public(),
        possession: next.possess(chain_id(&world.genesis), BANKS[0]),
    };
    let at = Height(6);
    let propose = Payload::Propose(Box::new(Propose { at, change }));
    let vote = Payload::Vote(CastVote {
        proposal: ProposalId(0),
        approve: true,
    });
    other.wait([world.sign(0, 0, propose)]).await;
    own.follow(&other.decide().await).await;
    other.wait([world.sign(1, 0, vote)]).await;
    own.follow(&other.decide().await).await;
    own.wait([world.release(0, 1, 7), world.release(1, 1, 8)])
        .await;
    while own.chain.tip().height < at {
        assert!(!own.chain.mempool.is_empty());
        own.follow(&other.decide().await).await;
    }
    let waiting = own
        .chain
        .mempool
        .peek(9, usize::MAX, usize::MAX, Costs::ANY);
    let signers: Vec<AliasId> = waiting
        .iter()
        .map(|one| one.transaction.body.signer)
        .collect();
    assert_eq!(signers, [BANKS[1]]);
    let key = Key::alias(&BANKS[0]);
    let alias: Option<Alias> = crate::view::value(&own.chain.store, at, &key).unwrap();
    assert_eq!(alias.unwrap().key, next.public(), "the vote was taken");
}

/// A transaction's id covers no signature: the one that was signed with the old key would keep the other out.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_validator_signed_with_its_old_key_is_signed_anew() {
    let (world, home) = (World::new(), TempDir::new().unwrap());
    let files = KeyFiles::of(home.path());
    let old = SigningKey::from_seed(&[31; 32]).public();
    files.begin(SigningKey::from_seed(&[31; 32])).unwrap();
    let keys = Arc::new(Keyring::new(files.clone(), files.signing().unwrap()));
    let shares = Shares::of_home(home.path(), files.opener());
    let answerer = Answerer::new(chain_id(&world.genesis), VALIDATOR, keys, shares);
    let own = open_as(Some(answerer), TempDir::new().unwrap(), &world, 1).await;
    let other = open(&world, 1).await;
    let signed_by = |key: &PublicKey| {
        let waiting = own
            .chain
            .mempool
            .peek(usize::MAX, usize::MAX, usize::MAX, Costs::ANY);
        assert_eq!(waiting.len(), 1, "its step of the first round");
        let Transaction { body, signature } = &*waiting[0].transaction;
        assert_eq!(body.signer, VALIDATOR);
        let message = body.to_bytes();
        verify(tags::SIGN_TRANSACTION, key, &message, signature)
    };
    own.follow(&other.decide().await).await;
    assert!(signed_by(&old));
    // its new key is the one that the chain names from the next height on
    let secret = ValidatorSecrets {
        signing: validator_key(),
    };
    let protection = Protection::KeyFile(KeyFile::read(&files.opener()).unwrap());
    let next = home.path().join("validator-next.age");
    save(&next, &secret, &protection, Existing::Refuse).unwrap();
    own.follow(&other.decide().await).await;
    assert!(signed_by(&secret.signing.public()));
}

/// The clock runs back; the headers' times do not.
#[tokio::test(flavor = "multi_thread")]
async fn time_grows_whatever_the_clock_does() {
    let world = World::new();
    let own = open(&world, 1).await;
    let mut last = own.decide().await.header.time;
    for now in [0, last.0 - 3_600_000_u64.min(last.0), last.0, 1] {
        let block = own.chain.propose(BlockTime(now)).await.unwrap();
        own.follow(&block).await;
        assert_eq!(block.header.time, BlockTime(last.0 + 1));
        last = block.header.time;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_block_left_is_opened_again_and_damage_is_refused() {
    let world = World::new();
    let folder = TempDir::new().unwrap();
    let id = chain_id(&world.genesis);
    let parts = |store| Parts {
        gossip: crate::gossip::Gossip::alone(),
        metrics: Arc::default(),
        store: Arc::new(store),
        genesis: Arc::new(world.genesis.clone()),
        bridge: Bridge::new(1).unwrap(),
        checking: Bridge::giving_way(1).unwrap(),
        proofs: Arc::new(Proofs::new()),
        answerer: None,
        points: Arc::new(()),
        clock: Arc::new(ManualClock::new(BlockTime(5_000))),
    };
    let mut tips = BTreeMap::new();
    for height in 1..=3_u64 {
        let store = Store::open(folder.path(), id).unwrap();
        let chain = Chain::open(parts(store)).await.unwrap();
        assert_eq!(
            tips.get(&(height - 1)),
            Some(&chain.tip()).filter(|_| height > 1)
        );
        let told = chain.metrics.height.get();
        assert_eq!(told, chain.tip().height.0 as i64, "also before a block");
        let own = Own {
            folder: TempDir::new().unwrap(),
            clock: Arc::new(ManualClock::new(BlockTime(5_000))),
            chain,
        };
        own.wait([world.release(0, height - 1, height)]).await;
        own.decide().await;
        tips.insert(height, own.chain.tip());
    }
    let store = Store::open(folder.path(), id).unwrap();
    let receipts = store.receipts(Height(3)).unwrap().unwrap();
    let receipt = Receipt::from_bytes(&receipts[0]).unwrap();
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::UnknownRecord));
    let id: TxId = receipt.transaction;
    assert_eq!(store.transaction(&id).unwrap().unwrap().height, Height(3));
    assert_eq!(receipt.signer, BANKS[0]);
}

/// As where a vote lowered a limit under a waiting transaction: it goes, others behind it do not wait for it, and no block
/// is due for it.
#[tokio::test(flavor = "multi_thread")]
async fn what_fits_no_block_leaves_the_pool_and_makes_no_blocks() {
    let world = World::new();
    let own = open(&world, 1).await;
    let large = world.release(0, 0, 0);
    let signer = large.body.signer;
    let mut large = waiting(large, signer);
    large.size = own.chain.most_bytes() + 1;
    let next = sealane_types::ids::Sequence(0);
    own.chain.mempool.admit(large, next, Lane::Open).unwrap();
    own.wait([world.release(1, 0, 0)]).await;
    let block = own.decide().await;
    assert_eq!(block.transactions.len(), 1, "the one that fits");
    assert!(own.chain.mempool.is_empty());
    let empty = own.decide().await;
    assert!(empty.transactions.is_empty(), "after a block with some");
    let (tip, waiting) = (own.chain.tip(), own.chain.mempool.len());
    assert!(!tip.is_due(waiting, own.clock.now()), "no further one");
}
