//! Rounds whole, in one process: generation, handing on, and everybody who cheats.

use ark_bls12_381::Fr;
use ark_ed_on_bls12_381::EdwardsAffine;
use sealane_types::fingerprint::{Fingerprint, Mask};
use sealane_types::ids::{DleqProof, RecordId, ScalarBytes};
use sealane_types::receipt::DealingFault;
use sealane_types::sharing::{Complain, Confirm, Deal, RegisterShareKey, threshold};
use zeroize::Zeroizing;

use super::*;
use crate::curve::{Blinding, map_to_curve};
use crate::oprf::key::{KeySecret, KeyShare, scalar};
use crate::oprf::{Blinded, Parties, Question, SlotKeys};
use crate::tags;

const CHAIN: ChainId = ChainId::new([3; 32]);

fn alias(number: u16) -> AliasId {
    let mut bytes = [7; 32];
    bytes[..2].copy_from_slice(&number.to_le_bytes());
    AliasId::new(bytes)
}

fn indices(count: usize) -> impl Iterator<Item = ShareIndex> {
    (1..).map(ShareIndex).take(count)
}

/// A round before anybody dealt.
struct Round {
    sharing: Sharing,
    keys: Vec<ShareKey>,
}

impl Round {
    fn new(epoch: u32, holders: u16) -> Self {
        let keys = (0..holders).map(|_| ShareKey::generate(Epoch(epoch)).expect("this system"));
        let keys: Vec<ShareKey> = keys.collect();
        let public: Vec<_> = keys.iter().map(ShareKey::public).collect();
        let sharing = Sharing::new(CHAIN, Epoch(epoch), threshold(holders), &public);
        Self {
            sharing: sharing.expect("points"),
            keys,
        }
    }

    /// What all holders come to from these dealings, each dealer with its index.
    fn end(
        &self,
        origin: Origin,
        dealings: &[(ShareIndex, Dealing)],
    ) -> (KeyPublic, Vec<KeyShare>) {
        let key = self.sharing.combine(origin, dealings).expect("a key");
        let share = |(index, secret): (ShareIndex, &ShareKey)| {
            let open = |(dealer, dealing): &(ShareIndex, Dealing)| {
                let opened = self.sharing.open(secret, index, &alias(dealer.0), dealing);
                match opened.expect("its own key") {
                    Opened::Good(part) => (*dealer, part),
                    Opened::Bad => panic!("an honest dealing"),
                }
            };
            let parts: Vec<_> = dealings.iter().map(open).collect();
            let share = self.sharing.share(origin, index, &parts).expect("parts");
            assert_eq!(share.check(&key), Ok(()));
            share
        };
        let shares = indices(self.keys.len())
            .zip(&self.keys)
            .map(share)
            .collect();
        (key, shares)
    }
}

fn generate(epoch: u32, holders: u16) -> (KeyPublic, Vec<KeyShare>) {
    let round = Round::new(epoch, holders);
    let dealings: Vec<_> = indices(holders.into())
        .map(|index| {
            let dealer = alias(index.0);
            let deal = round.sharing.deal(&dealer, None).expect("this system");
            assert_eq!(round.sharing.check(&dealer, None, &deal), Ok(()));
            (index, deal.dealing)
        })
        .collect();
    round.end(Origin::Generation, &dealings)
}

/// Hands the key on to so many holders, dealt by the first `t` of these.
fn reshare(
    epoch: u32,
    holders: u16,
    old: &(KeyPublic, Vec<KeyShare>),
) -> (KeyPublic, Vec<KeyShare>) {
    let round = Round::new(epoch, holders);
    let dealers = old.1.iter().rev().take(old.0.threshold().into());
    let dealings: Vec<_> = dealers
        .map(|share| {
            let dealer = alias(share.index().0);
            let deal = round
                .sharing
                .deal(&dealer, Some(share))
                .expect("this system");
            let constant = old.0.holder(share.index());
            assert_eq!(round.sharing.check(&dealer, constant, &deal), Ok(()));
            (share.index(), deal.dealing)
        })
        .collect();
    round.end(Origin::Resharing, &dealings)
}

/// The fingerprint of one document by the holders at these positions.
fn fingerprint(
    (key, shares): &(KeyPublic, Vec<KeyShare>),
    who: &[usize],
    r: u8,
) -> Vec<Fingerprint> {
    let r = Blinding::from_bytes([r; 32]);
    let document = std::array::from_fn(|slot| map_to_curve(Fr::from(77 + slot as u64)));
    let document = document.map(|point| point.expect("a point"));
    let mask = Mask::new(Mask::ALWAYS).expect("slots");
    let blinded = Blinded::blind(mask, &document, &r).expect("this system");
    let question = Question::new(CHAIN, RecordId::new([4; 32]), alias(0), blinded);
    let answers: Vec<_> = who
        .iter()
        .map(|at| {
            let answer = shares[*at].answer(&question).expect("this system");
            question
                .check_answer(key, &answer)
                .expect("an honest answer")
        })
        .collect();
    let answered = question.combine(key, &answers).expect("enough answers");
    let parties = Parties {
        sealer: alias(0),
        bank: alias(0),
    };
    let keys = slot_keys(key, &shares[..key.threshold().into()]);
    let finished = answered.finish(&keys, &r, parties);
    finished.expect("the same s").fingerprints
}

/// What the confirmations of these holders give.
fn slot_keys(key: &KeyPublic, shares: &[KeyShare]) -> SlotKeys {
    let checked = shares.iter().map(|share| {
        let (holder, index) = (alias(share.index().0), share.index());
        let said = share.confirm(key, &CHAIN, &holder).expect("its own key");
        let checked = key.check_confirmation(&CHAIN, &holder, index, &said);
        checked.expect("honest")
    });
    SlotKeys::combine(key, &checked.collect::<Vec<_>>()).expect("enough")
}

/// Whichever `t` confirm, and whoever holds the shares: `k·H_i` is one, as the key is.
#[test]
fn slot_keys_stay_as_they_are_when_the_key_passes_on() {
    let first = generate(1, 4);
    let expected = slot_keys(&first.0, &first.1[..3]);
    assert_eq!(slot_keys(&first.0, &first.1[1..]), expected);
    let next = reshare(2, 7, &first);
    assert_eq!(slot_keys(&next.0, &next.1[2..]), expected);
    let other = generate(1, 4);
    assert_ne!(slot_keys(&other.0, &other.1[..3]), expected);
}

#[test]
fn a_key_that_nobody_dealt_alone_gives_one_fingerprint_whoever_answers() {
    for (holders, t) in [(1, 1), (4, 3), (7, 5), (10, 7)] {
        let generated = generate(1, holders);
        assert_eq!(generated.0.threshold(), t);
        let first: Vec<usize> = (0..usize::from(t)).collect();
        let last: Vec<usize> = (usize::from(holders - t)..usize::from(holders)).collect();
        let expected = fingerprint(&generated, &first, 1);
        assert_eq!(fingerprint(&generated, &last, 2), expected, "{holders}");
    }
    assert_ne!(generate(1, 4).0.key(), generate(1, 4).0.key());
}

#[test]
fn the_key_passes_to_more_and_to_fewer_holders_and_fingerprints_stay() {
    let four = generate(1, 4);
    let expected = fingerprint(&four, &[0, 1, 2], 1);
    let seven = reshare(2, 7, &four);
    assert_eq!(seven.0.key(), four.0.key());
    assert_eq!(fingerprint(&seven, &[6, 1, 4, 2, 3], 2), expected);
    let again = reshare(3, 4, &seven);
    assert_eq!(again.0.key(), four.0.key());
    assert_eq!(fingerprint(&again, &[3, 2, 0], 3), expected);
    assert_ne!(
        again.1[0].public(),
        four.1[0].public(),
        "the shares are others"
    );
    let one = reshare(4, 1, &again);
    assert_eq!(fingerprint(&one, &[0], 4), expected);
}

/// `t − 1` shares, and `t` of two epochs, come to other points than `t` of one.
#[test]
fn too_few_shares_and_shares_of_two_epochs_do_not_give_the_key() {
    let old = generate(1, 4);
    let new = reshare(2, 4, &old);
    let at_zero = |shares: &[&KeyShare]| {
        let indices: Vec<u16> = shares.iter().map(|share| share.index().0).collect();
        let points: Vec<Point> = shares.iter().map(|share| share.public()).collect();
        crate::oprf::key::interpolate(&indices, &points, 0)
    };
    assert_eq!(at_zero(&[&old.1[0], &old.1[1], &old.1[2]]), old.0.key());
    assert_ne!(at_zero(&[&old.1[0], &old.1[1]]), old.0.key());
    assert_ne!(at_zero(&[&old.1[0], &old.1[1], &new.1[2]]), old.0.key());
    assert!(new.1[2].check(&old.0).is_err());
}

#[test]
fn a_key_of_a_round_is_its_holders_own() {
    let key = ShareKey::generate(Epoch(5)).expect("this system");
    let said = key.register(&CHAIN, &alias(1)).expect("this system");
    assert!(is_share_key(&CHAIN, &alias(1), &said));
    assert!(!is_share_key(&CHAIN, &alias(2), &said), "another's");
    assert!(!is_share_key(&ChainId::new([9; 32]), &alias(1), &said));
    let mut other = said;
    other.epoch = Epoch(6);
    assert!(!is_share_key(&CHAIN, &alias(1), &other), "another round's");
    other = said;
    other.key = PointBytes::new(Point::identity().encode());
    assert!(!is_share_key(&CHAIN, &alias(1), &other));
    other = said;
    other.key = ShareKey::generate(Epoch(5)).expect("this system").public();
    assert!(!is_share_key(&CHAIN, &alias(1), &other), "another key");
    let bytes = key.to_secret_bytes();
    let again = ShareKey::from_secret_bytes(&bytes).expect("its own bytes");
    assert_eq!((again.epoch(), again.public()), (key.epoch(), key.public()));
    assert!(ShareKey::from_secret_bytes(&bytes[1..]).is_err());
    assert!(format!("{key:?}").ends_with("secret)"));
}

/// An honest dealing of the first of four, in a generation.
fn dealt() -> (Round, Deal) {
    let round = Round::new(1, 4);
    let deal = round.sharing.deal(&alias(1), None).expect("this system");
    (round, deal)
}

#[test]
fn a_dealing_of_another_degree_is_refused_though_every_share_fits() {
    let (round, _) = dealt();
    let polynomial = |count: u16| -> Vec<Zeroizing<Order>> {
        (0..count)
            .map(|at| scalar(b"test", &[&at.to_le_bytes()]))
            .collect()
    };
    let ephemeral = scalar(b"test", &[b"a"]);
    let deal = |count| {
        let polynomial = polynomial(count);
        let dealing = round.sharing.encrypt(&alias(1), &polynomial, &ephemeral);
        let dealing = dealing.expect("this system");
        let deal = round
            .sharing
            .prove(&alias(1), dealing, &polynomial, &ephemeral);
        deal.expect("this system")
    };
    assert_eq!(round.sharing.check(&alias(1), None, &deal(3)), Ok(()));
    for count in [2, 4] {
        let deal = deal(count);
        for (index, key) in indices(4).zip(&round.keys) {
            let opened = round.sharing.open(key, index, &alias(1), &deal.dealing);
            assert!(
                matches!(opened, Ok(Opened::Good(_))),
                "nobody could complain"
            );
        }
        let refused = round.sharing.check(&alias(1), None, &deal);
        assert_eq!(refused, Err(DealingFault::Degree));
        let combined = round
            .sharing
            .combine(Origin::Generation, &[(ShareIndex(1), deal.dealing)]);
        assert!(combined.is_err());
    }
}

#[test]
fn a_dealing_is_refused_once_anything_of_it_changes() {
    let (round, honest) = dealt();
    let check = |dealer: u16, deal: &Deal| round.sharing.check(&alias(dealer), None, deal);
    assert_eq!(check(1, &honest), Ok(()));
    assert_eq!(
        check(2, &honest),
        Err(DealingFault::Proof),
        "a copied dealing"
    );
    let with = |change: &dyn Fn(&mut Deal)| {
        let mut changed = honest.clone();
        change(&mut changed);
        check(1, &changed)
    };
    let other = PointBytes::new(Point::generator().encode());
    for at in 0..3 {
        let fault = with(&|deal| deal.dealing.commitments[at] = other);
        assert_eq!(fault, Err(DealingFault::Proof));
    }
    let fault = with(&|deal| deal.dealing.ephemeral = other);
    assert_eq!(fault, Err(DealingFault::Proof));
    for at in 0..4 {
        let one = ScalarBytes::new(Scalar::from(Order::ONE).encode());
        let fault = with(&|deal| deal.dealing.shares[at] = one);
        assert_eq!(fault, Err(DealingFault::Proof));
        let fault = with(&|deal| deal.dealing.shares[at] = ScalarBytes::new([0xff; 32]));
        assert_eq!(fault, Err(DealingFault::Number));
    }
    assert_eq!(
        with(&|deal| deal.dealing.shares.truncate(3)),
        Err(DealingFault::Shares)
    );
    let identity = PointBytes::new(Point::identity().encode());
    let mut small = Point::identity().encode();
    small[0] = 0; // v = 0: of order 4, or no point at all
    for bad in [
        identity,
        PointBytes::new(small),
        PointBytes::new([0xff; 32]),
    ] {
        assert_eq!(
            with(&|deal| deal.dealing.commitments[2] = bad),
            Err(DealingFault::Point)
        );
        assert_eq!(
            with(&|deal| deal.dealing.ephemeral = bad),
            Err(DealingFault::Point)
        );
    }
    let swapped = with(&|deal| std::mem::swap(&mut deal.constant, &mut deal.ephemeral));
    assert_eq!(swapped, Err(DealingFault::Proof));
    for at in [0, 63] {
        let flip = |proof: &mut DleqProof| {
            let mut bytes = *proof.as_bytes();
            bytes[at] ^= 1;
            *proof = DleqProof::new(bytes);
        };
        assert_eq!(
            with(&|deal| flip(&mut deal.constant)),
            Err(DealingFault::Proof)
        );
        assert_eq!(
            with(&|deal| flip(&mut deal.ephemeral)),
            Err(DealingFault::Proof)
        );
    }
    // the same dealing in another round, on another chain, to other holders
    let public: Vec<_> = round.keys.iter().map(ShareKey::public).collect();
    let mut swapped = public.clone();
    swapped.swap(0, 1);
    for (chain, epoch, keys) in [
        (ChainId::new([9; 32]), 1, &public),
        (CHAIN, 2, &public),
        (CHAIN, 1, &swapped),
    ] {
        let other = Sharing::new(chain, Epoch(epoch), 3, keys).expect("points");
        assert_eq!(
            other.check(&alias(1), None, &honest),
            Err(DealingFault::Proof)
        );
    }
}

/// A dealer that takes over another's ephemeral point could have its accomplice open the other's shares by a
/// rightful complaint.
#[test]
fn a_copied_ephemeral_point_is_refused() {
    let (round, honest) = dealt();
    let polynomial: Vec<_> = (0..3_u16)
        .map(|at| scalar(b"test", &[&at.to_le_bytes()]))
        .collect();
    let guessed = scalar(b"test", &[b"not its secret"]);
    let dealing = round.sharing.encrypt(&alias(2), &polynomial, &guessed);
    let mut dealing = dealing.expect("this system");
    dealing.ephemeral = honest.dealing.ephemeral;
    let copied = round
        .sharing
        .prove(&alias(2), dealing, &polynomial, &guessed)
        .expect("this system");
    assert_eq!(
        round.sharing.check(&alias(2), None, &copied),
        Err(DealingFault::Proof)
    );
    let with_its_proof = Deal {
        ephemeral: honest.ephemeral,
        ..copied
    };
    let refused = round.sharing.check(&alias(2), None, &with_its_proof);
    assert_eq!(refused, Err(DealingFault::Proof));
}

#[test]
fn who_deals_another_secret_than_its_share_is_refused() {
    let old = generate(1, 4);
    let round = Round::new(2, 4);
    let constant = old.0.holder(ShareIndex(1));
    let fresh = round.sharing.deal(&alias(1), None).expect("this system");
    let refused = round.sharing.check(&alias(1), constant, &fresh);
    assert_eq!(refused, Err(DealingFault::OtherShare));
    let of_another = round
        .sharing
        .deal(&alias(1), Some(&old.1[1]))
        .expect("this system");
    let refused = round.sharing.check(&alias(1), constant, &of_another);
    assert_eq!(refused, Err(DealingFault::OtherShare));
}

#[test]
fn a_bad_share_is_shown_and_a_good_one_cannot_be() {
    let (round, honest) = dealt();
    let Round { sharing, keys } = &round;
    let (dealer, accused, index) = (alias(1), ShareIndex(1), ShareIndex(3));
    // the share of the third is off by one, and the dealer proves all the same
    let polynomial: Vec<_> = (0..3_u16)
        .map(|at| scalar(b"test", &[&at.to_le_bytes()]))
        .collect();
    let ephemeral = scalar(b"test", &[b"a"]);
    let dealing = sharing.encrypt(&dealer, &polynomial, &ephemeral);
    let mut dealing = dealing.expect("this system");
    let number = Scalar::decode(dealing.shares[2].as_bytes())
        .expect("a number")
        .element();
    dealing.shares[2] = ScalarBytes::new(Scalar::from(number + Order::ONE).encode());
    let bad = sharing
        .prove(&dealer, dealing, &polynomial, &ephemeral)
        .expect("this system");
    assert_eq!(
        sharing.check(&dealer, None, &bad),
        Ok(()),
        "only the third can see it"
    );
    let open =
        |at: usize| sharing.open(&keys[at], ShareIndex(at as u16 + 1), &dealer, &bad.dealing);
    assert!(matches!(open(2), Ok(Opened::Bad)));
    for at in [0, 1, 3] {
        assert!(matches!(open(at), Ok(Opened::Good(_))));
    }
    let said = sharing
        .complain(&keys[2], index, (&dealer, accused), &bad.dealing)
        .expect("this system");
    let judge = |accuser, dealing: &Dealing, said: &Complain| {
        sharing.is_bad(accuser, &dealer, dealing, said)
    };
    assert_eq!((said.epoch, said.dealer), (Epoch(1), accused));
    assert_eq!(judge(index, &bad.dealing, &said), Ok(true));
    // the others' shares are good, and so is that of the honest dealing
    for (index, key) in indices(4).zip(keys) {
        let said = sharing.complain(key, index, (&dealer, accused), &honest.dealing);
        let said = said.expect("this system");
        assert_eq!(judge(index, &honest.dealing, &said), Ok(false), "a lie");
    }
    // a complaint holds for its accuser, dealer, dealing and round alone
    assert_eq!(
        judge(ShareIndex(2), &bad.dealing, &said),
        Err(OprfError::WrongProof)
    );
    assert_eq!(
        judge(index, &honest.dealing, &said),
        Err(OprfError::WrongProof)
    );
    let of_other = sharing.is_bad(index, &alias(2), &bad.dealing, &said);
    assert_eq!(of_other, Err(OprfError::WrongProof));
    let mut other = said;
    other.secret = PointBytes::new(Point::generator().encode());
    assert_eq!(
        judge(index, &bad.dealing, &other),
        Err(OprfError::WrongProof)
    );
    other.secret = PointBytes::new(Point::identity().encode());
    assert!(matches!(
        judge(index, &bad.dealing, &other),
        Err(OprfError::Point { .. })
    ));
    assert!(judge(ShareIndex(5), &bad.dealing, &said).is_err());
    let stranger = ShareKey::generate(Epoch(1)).expect("this system");
    assert!(
        sharing
            .open(&stranger, index, &dealer, &bad.dealing)
            .is_err()
    );
    assert!(
        sharing
            .complain(&stranger, index, (&dealer, accused), &bad.dealing)
            .is_err()
    );
}

#[test]
fn a_share_is_confirmed_by_who_has_it() {
    let (key, shares) = generate(1, 4);
    let said = shares[1]
        .confirm(&key, &CHAIN, &alias(2))
        .expect("this system");
    let index = ShareIndex(2);
    assert!(key.is_confirmed(&CHAIN, &alias(2), index, &said));
    assert!(!key.is_confirmed(&CHAIN, &alias(1), index, &said));
    assert!(!key.is_confirmed(&CHAIN, &alias(2), ShareIndex(1), &said));
    assert!(!key.is_confirmed(&ChainId::new([9; 32]), &alias(2), index, &said));
    let (other, _) = generate(2, 4);
    assert!(!other.is_confirmed(&CHAIN, &alias(2), index, &said));
}

#[test]
fn a_dealer_counts_once() {
    let (round, honest) = dealt();
    let twice = [
        (ShareIndex(1), honest.dealing.clone()),
        (ShareIndex(1), honest.dealing),
    ];
    for origin in [Origin::Generation, Origin::Resharing] {
        let combined = round.sharing.combine(origin, &twice);
        assert_eq!(combined, Err(OprfError::Repeated(ShareIndex(1))));
    }
}

/// A point of the curve that is not in the prime-order subgroup: another one, and the point of order 2.
fn outside_the_subgroup(point: &PointBytes) -> PointBytes {
    let two = EdwardsAffine::new_unchecked(Fr::ZERO, -Fr::ONE);
    let point = Point::decode(point.as_bytes()).expect("a point").affine();
    PointBytes::new(Point::of(point + two).encode())
}

#[test]
fn points_outside_the_subgroup_are_refused() {
    let (round, honest) = dealt();
    for at in 0..3 {
        let mut deal = honest.clone();
        let point = &mut deal.dealing.commitments[at];
        *point = outside_the_subgroup(point);
        let refused = round.sharing.check(&alias(1), None, &deal);
        assert_eq!(refused, Err(DealingFault::Point));
    }
    let mut deal = honest.clone();
    deal.dealing.ephemeral = outside_the_subgroup(&deal.dealing.ephemeral);
    let refused = round.sharing.check(&alias(1), None, &deal);
    assert_eq!(refused, Err(DealingFault::Point));
    let dealer = (&alias(1), ShareIndex(1));
    let said = round
        .sharing
        .complain(&round.keys[1], ShareIndex(2), dealer, &honest.dealing);
    let mut said = said.expect("this system");
    said.secret = outside_the_subgroup(&said.secret);
    let judged = round
        .sharing
        .is_bad(ShareIndex(2), dealer.0, &honest.dealing, &said);
    assert!(matches!(judged, Err(OprfError::Point { .. })));
}

/// With the point of order 2 added, the proof of the plain key holds for every second challenge.
#[test]
fn a_share_key_outside_the_subgroup_is_refused_whatever_its_proof() {
    let key = ShareKey::generate(Epoch(1)).expect("this system");
    let public = outside_the_subgroup(&key.public());
    let mut context = Sharing::transcript(&CHAIN, Epoch(1));
    alias(1).encode(&mut context);
    let image = Point::restore(public.as_bytes()).expect("on the curve");
    let statement = receiver::statement(tags::OPRF_SHARE_KEY, &context, image);
    let tries = (0..64).map(|_| statement.prove(key.secret()).expect("this system"));
    let proofs: Vec<_> = tries.filter(|proof| statement.holds(proof)).collect();
    assert!(!proofs.is_empty(), "the proof alone does not see it");
    for proof in proofs {
        let said = RegisterShareKey {
            epoch: Epoch(1),
            key: public,
            proof,
        };
        assert!(!is_share_key(&CHAIN, &alias(1), &said));
    }
}

/// Every number that a dealer draws is one that it draws once: the same coefficient twice, and a share tells the
/// secret.
#[test]
fn what_a_dealer_draws_is_another_number_each_time() {
    let round = Round::new(1, 4);
    let mut points = Vec::new();
    for _ in 0..2 {
        let deal = round.sharing.deal(&alias(1), None).expect("this system");
        points.extend(deal.dealing.commitments);
        points.push(deal.dealing.ephemeral);
    }
    points.sort();
    points.dedup();
    assert_eq!(points.len(), 8);
}

#[test]
fn what_hides_a_share_is_bound_to_its_round_dealer_and_holder() {
    let (round, deal) = dealt();
    let public: Vec<_> = round.keys.iter().map(ShareKey::public).collect();
    let of = |chain, epoch, keys: &[PointBytes]| {
        Sharing::new(chain, Epoch(epoch), 3, keys).expect("points")
    };
    let ephemeral = deal.dealing.ephemeral;
    let point = |bytes: &PointBytes| Point::decode(bytes.as_bytes()).expect("a point");
    let (agreed, index) = (point(&public[3]), ShareIndex(1));
    let pad = |sharing: &Sharing, agreed: &Point, dealer, index, ephemeral: &PointBytes| {
        *sharing
            .pad(agreed, &alias(dealer), index, ephemeral)
            .expect("a holder")
    };
    let other_keys = [public[1], public[0], public[2], public[3]];
    let twice = of(CHAIN, 1, &[public[0], public[0], public[2], public[3]]);
    let own = &round.sharing;
    let pads = [
        pad(own, &agreed, 1, index, &ephemeral),
        pad(own, &point(&public[2]), 1, index, &ephemeral),
        pad(own, &agreed, 2, index, &ephemeral),
        pad(&twice, &agreed, 1, ShareIndex(2), &ephemeral),
        pad(own, &agreed, 1, index, &public[2]),
        pad(&of(CHAIN, 2, &public), &agreed, 1, index, &ephemeral),
        pad(
            &of(ChainId::new([9; 32]), 1, &public),
            &agreed,
            1,
            index,
            &ephemeral,
        ),
        pad(&of(CHAIN, 1, &other_keys), &agreed, 1, index, &ephemeral),
    ];
    for (at, one) in pads.iter().enumerate() {
        assert!(!pads[..at].contains(one), "{at}");
    }
    assert!(
        own.pad(&agreed, &alias(1), ShareIndex(0), &ephemeral)
            .is_none()
    );
    assert!(
        own.pad(&agreed, &alias(1), ShareIndex(5), &ephemeral)
            .is_none()
    );
}

#[test]
fn a_complaint_is_of_its_chain_round_and_accuser() {
    let round = Round::new(1, 4);
    // two holders that registered the same key
    let mut public: Vec<_> = round.keys.iter().map(ShareKey::public).collect();
    public[1] = public[0];
    let of = |chain, epoch| Sharing::new(chain, Epoch(epoch), 3, &public).expect("points");
    let sharing = of(CHAIN, 1);
    let deal = sharing.deal(&alias(1), None).expect("this system");
    let dealer = (&alias(1), ShareIndex(1));
    let said = sharing.complain(&round.keys[0], ShareIndex(1), dealer, &deal.dealing);
    let said = said.expect("this system");
    let judge = |sharing: &Sharing, accuser| {
        sharing.is_bad(ShareIndex(accuser), &alias(1), &deal.dealing, &said)
    };
    assert_eq!(judge(&sharing, 1), Ok(false));
    let wrong = Err(OprfError::WrongProof);
    assert_eq!(judge(&sharing, 2), wrong);
    assert_eq!(judge(&of(CHAIN, 2), 1), wrong);
    assert_eq!(judge(&of(ChainId::new([9; 32]), 1), 1), wrong);
    assert!(judge(&sharing, 0).is_err());
}

/// Both proofs are of one dealing: neither can be taken over into another, nor take the other's place.
#[test]
fn the_proofs_of_a_dealing_cannot_be_mixed() {
    let (round, honest) = dealt();
    let polynomial: Vec<_> = (0..3_u16)
        .map(|at| scalar(b"test", &[&at.to_le_bytes()]))
        .collect();
    let check = |deal: &Deal| round.sharing.check(&alias(1), None, deal);
    let prove = |dealing: Dealing, ephemeral: &Order| {
        let deal = round
            .sharing
            .prove(&alias(1), dealing, &polynomial, ephemeral);
        deal.expect("this system")
    };
    // somebody else's polynomial, with an ephemeral of its own
    let own = scalar(b"test", &[b"its own"]);
    let mut dealing = honest.dealing.clone();
    let point = Point::generator().times(&Scalar::from(*own));
    dealing.ephemeral = PointBytes::new(point.encode());
    let taken_over = Deal {
        constant: honest.constant,
        ..prove(dealing, &own)
    };
    assert_eq!(check(&taken_over), Err(DealingFault::Proof));
    // the constant term as the ephemeral: the statements differ in their tags alone
    let encrypted = round
        .sharing
        .encrypt(&alias(1), &polynomial, &polynomial[0]);
    let deal = prove(encrypted.expect("this system"), &polynomial[0]);
    assert_eq!(check(&deal), Ok(()));
    let swapped = Deal {
        constant: deal.ephemeral,
        ephemeral: deal.constant,
        ..deal
    };
    assert_eq!(check(&swapped), Err(DealingFault::Proof));
}

/// Where two public shares are the same, the proof still says which one, and of which epoch.
#[test]
fn a_confirmation_is_of_its_index_and_epoch() {
    let key = KeySecret::from_seed(&[1; 32]);
    let dealt = |epoch| {
        // one of four: every share is the key itself
        let dealt = key.deal_from(&[2; 32], Epoch(epoch), 1, 4);
        dealt.expect("this system")
    };
    let (first, second) = (dealt(1), dealt(2));
    let said = first.1[0]
        .confirm(&first.0, &CHAIN, &alias(1))
        .expect("this system");
    let index = ShareIndex(1);
    assert!(first.0.is_confirmed(&CHAIN, &alias(1), index, &said));
    assert!(
        !first
            .0
            .is_confirmed(&CHAIN, &alias(1), ShareIndex(2), &said)
    );
    assert!(!second.0.is_confirmed(&CHAIN, &alias(1), index, &said));
    assert!(second.1[0].check(&second.0).is_ok());
    assert!(second.1[0].check(&first.0).is_err());
    let renamed = Confirm {
        epoch: Epoch(2),
        ..said.clone()
    };
    assert!(!second.0.is_confirmed(&CHAIN, &alias(1), index, &renamed));
}

#[test]
fn a_key_of_another_epoch_or_place_opens_and_accuses_nothing() {
    let (round, deal) = dealt();
    let dealer = (&alias(1), ShareIndex(1));
    let mut bytes = round.keys[0].to_secret_bytes();
    bytes[..4].copy_from_slice(&Epoch(2).to_bytes());
    let later = ShareKey::from_secret_bytes(&bytes).expect("a key");
    assert_eq!(later.public(), round.keys[0].public());
    for (key, index) in [(&later, 1), (&round.keys[0], 2), (&round.keys[0], 0)] {
        let index = ShareIndex(index);
        let refused = Err(OprfError::WrongShare(index));
        let opened = round.sharing.open(key, index, dealer.0, &deal.dealing);
        assert_eq!(opened.map(drop), refused);
        let said = round.sharing.complain(key, index, dealer, &deal.dealing);
        assert_eq!(said.map(drop), refused);
    }
}

#[test]
fn a_threshold_that_does_not_fit_begins_no_round() {
    let keys = [ShareKey::generate(Epoch(1)).expect("this system").public(); 4];
    for threshold in [0, 5] {
        let refused = Sharing::new(CHAIN, Epoch(1), threshold, &keys);
        assert!(matches!(refused, Err(OprfError::Threshold { .. })));
    }
}

#[test]
fn no_zero_and_no_more_bytes_are_read_as_a_share_key_and_a_part_does_not_show() {
    let (round, deal) = dealt();
    let bytes = round.keys[0].to_secret_bytes();
    let read = |bytes: &[u8]| ShareKey::from_secret_bytes(bytes).map(drop);
    assert!(read(&bytes).is_ok());
    assert!(read(&[&bytes[..], &[0]].concat()).is_err());
    assert!(read(&[&bytes[..4], &[0; 32]].concat()).is_err());
    let part = round
        .sharing
        .open(&round.keys[0], ShareIndex(1), &alias(1), &deal.dealing);
    let shown = format!("{part:?}");
    assert_eq!(shown, "Ok(Good(Part(secret)))");
    let shown = format!("{:?}", round.keys[0]);
    assert_eq!(shown, "ShareKey(of epoch 1, secret)");
}

#[test]
fn a_generated_key_is_the_sum_of_what_was_dealt() {
    let round = Round::new(1, 4);
    let dealings = [2, 4, 3].map(|dealer| {
        let deal = round.sharing.deal(&alias(dealer), None);
        let deal = deal.expect("this system");
        assert_eq!(deal.epoch, Epoch(1));
        (ShareIndex(dealer), deal.dealing)
    });
    let key = round.end(Origin::Generation, &dealings).0.key();
    let terms = dealings.map(|(_, dealing)| dealing.commitments[0]);
    let terms = terms.map(|bytes| Point::decode(bytes.as_bytes()).expect("a point"));
    assert_eq!(key, terms[0] + terms[1] + terms[2]);
}

/// Shares that fit all the same: those of the key 0, and those of a polynomial that is 0 for the first holder.
#[test]
fn a_key_and_a_share_that_are_zero_are_refused() {
    let times = |number: u64| Point::generator().times(&Scalar::from(Order::from(number)));
    let public = |key, holders: [u64; 3]| {
        let holders = holders.map(times).to_vec();
        KeyPublic::new(Epoch(1), 2, key, holders)
    };
    assert!(public(times(1), [2, 3, 4]).is_ok());
    assert_eq!(public(times(0), [1, 2, 3]), Err(OprfError::NotShares));
    let first = Err(OprfError::NoShare(ShareIndex(1)));
    assert_eq!(public(-times(1), [0, 1, 2]), first);
}
