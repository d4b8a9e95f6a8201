//! A node's figures, as Prometheus asks for them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// What the node's web server at this port says to a question.
///
/// # Panics
/// When it does not answer.
#[must_use]
pub fn ask(port: u16, question: &str) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port));
    let mut stream = stream.expect("the node's figures are served");
    let request = format!("{question} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
    let sent = stream.write_all(request.as_bytes());
    sent.expect("the node takes the question");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    read.expect("the node answers in text");
    answer
}

/// A figure without labels.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn figure(text: &str, name: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("no {name} in\n{text}"));
    line.parse().expect("a figure is a number")
}
