//! Parts in any order come together; what lies or is too much does not.
#![allow(clippy::unwrap_used)]

use malachitebft_app_channel::app::types::Keypair;
use sealane_types::ids::AliasId;

use super::*;

fn head(size: usize) -> Head {
    Head {
        height: At(7),
        round: Round::new(1),
        pol_round: Round::Nil,
        member: Member(AliasId::new([3; 32])),
        block: BlockId::new([4; 32]),
        size: u32::try_from(size).unwrap(),
    }
}

fn peer() -> PeerId {
    let key = Keypair::generate_ed25519();
    PeerId::from_bytes(&key.public().to_peer_id().to_bytes()).unwrap()
}

fn signature() -> Signature {
    Signature::new([5; 64])
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

fn messages(length: usize) -> Vec<StreamMessage<Part>> {
    split(head(length), signature(), &bytes(length))
}

fn all(streams: &mut Streams, from: PeerId, messages: Vec<StreamMessage<Part>>) -> Option<Whole> {
    let mut found = None;
    for message in messages {
        let whole = streams.insert(from, message);
        assert!(
            found.is_none() || whole.is_none(),
            "one proposal comes once"
        );
        found = found.or(whole);
    }
    found
}

#[test]
fn parts_come_together_in_any_order_and_twice() {
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 17] {
        let whole = Whole {
            head: head(length),
            signature: signature(),
            block: bytes(length),
        };
        let peer = self::peer();
        let in_order = all(&mut Streams::default(), peer, messages(length));
        assert_eq!(in_order.as_ref(), Some(&whole));
        let backwards = messages(length).into_iter().rev().collect();
        assert_eq!(
            all(&mut Streams::default(), peer, backwards).as_ref(),
            Some(&whole)
        );
        let mut doubled: Vec<_> = messages(length)
            .iter()
            .flat_map(|m| [m.clone(), m.clone()])
            .collect();
        doubled.pop();
        assert_eq!(
            all(&mut Streams::default(), peer, doubled).as_ref(),
            Some(&whole)
        );
    }
}

#[test]
fn a_stream_that_lacks_a_part_waits_and_one_that_contradicts_itself_is_dropped() {
    let peer = self::peer();
    let length = 3 * CHUNK;
    for lacking in 0..messages(length).len() {
        let mut streams = Streams::default();
        let mut some = messages(length);
        let last = some.remove(lacking);
        assert_eq!(
            all(&mut streams, peer, some),
            None,
            "without part {lacking}"
        );
        assert!(streams.insert(peer, last).is_some(), "with part {lacking}");
    }
    let mut streams = Streams::default();
    let some = messages(length);
    assert_eq!(streams.insert(peer, some[1].clone()), None);
    let mut other = some[1].clone();
    other.content = StreamContent::Data(Part::Chunk(Bytes::from_static(b"other")));
    assert_eq!(streams.insert(peer, other), None);
    assert!(streams.under_way.is_empty(), "two contents of one part");
    let mut end = some.last().unwrap().clone();
    assert_eq!(streams.insert(peer, end.clone()), None);
    end.sequence += 1;
    assert_eq!(streams.insert(peer, end), None);
    assert!(streams.under_way.is_empty(), "two ends");
}

#[test]
fn what_does_not_begin_with_a_head_or_has_another_size_is_nothing() {
    let peer = self::peer();
    let wrong_size = split(head(9), signature(), &bytes(10));
    assert_eq!(all(&mut Streams::default(), peer, wrong_size), None);
    let mut headless = messages(CHUNK);
    headless[0].content = headless[1].content.clone();
    assert_eq!(all(&mut Streams::default(), peer, headless), None);
    let mut two_heads = messages(CHUNK);
    two_heads[1].content = two_heads[0].content.clone();
    assert_eq!(all(&mut Streams::default(), peer, two_heads), None);
}

#[test]
fn one_publisher_neither_spoils_nor_crowds_out_anothers_stream() {
    let (honest, liar) = (peer(), peer());
    let length = 2 * CHUNK;
    let mut streams = Streams::default();
    let mut some = messages(length);
    let last = some.pop().unwrap();
    assert_eq!(all(&mut streams, honest, some), None);
    let mut forged = messages(length)[1].clone();
    forged.content = StreamContent::Data(Part::Chunk(Bytes::from_static(b"forged")));
    assert_eq!(streams.insert(liar, forged), None);
    for number in 0..50_u64 {
        let stream = StreamId::new(Bytes::copy_from_slice(&number.to_le_bytes()));
        let part = StreamContent::Data(Part::Chunk(Bytes::from_static(b"more")));
        assert_eq!(
            streams.insert(liar, StreamMessage::new(stream, 1, part)),
            None
        );
    }
    let of_liar = streams.under_way.keys().filter(|(peer, _)| *peer == liar);
    assert_eq!(of_liar.count(), PER_PEER);
    assert!(streams.insert(honest, last).is_some());
}

#[test]
fn a_stream_has_bounds() {
    let peer = self::peer();
    let mut streams = Streams::default();
    let far = StreamMessage::new(
        StreamId::new(Bytes::new()),
        MAX_MESSAGES,
        StreamContent::Fin,
    );
    assert_eq!(streams.insert(peer, far), None);
    let long = StreamId::new(vec![0; 257].into());
    assert_eq!(
        streams.insert(peer, StreamMessage::new(long, 0, StreamContent::Fin)),
        None
    );
    assert!(streams.under_way.is_empty());
}
