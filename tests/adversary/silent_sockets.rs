//! A stranger without a certificate who opens sockets and says nothing: whoever has one is answered.

use std::net::TcpStream;

use sealane_tests::command::DONE;
use sealane_tests::network::Network;

use super::*;

/// Above what a node of the first version had room for, connections and queue together; they stay open.
#[test]
fn a_stranger_with_two_thousand_silent_sockets_shuts_nobody_out() {
    let network = Network::start(2);
    let connect = |_| TcpStream::connect(("127.0.0.1", network.port()));
    let silent: Vec<TcpStream> = (0..2000).map(connect).map(Result::unwrap).collect();
    let (record, financed) = network
        .bank('a')
        .seal_and_finance(&Invoice::new("INV-FLOODED"));
    let _ = financed.expect(DONE);
    assert!(!record.is_empty() && silent.len() == 2000);
}
