//! That a node's own addresses are not in one another's way.

use std::net::SocketAddr;

use super::Config;

/// Whether who listens at one takes the connections of the other; port 0 is a free one.
fn meet(one: SocketAddr, other: SocketAddr) -> bool {
    let (ip, others) = (one.ip().to_canonical(), other.ip().to_canonical());
    let all = ip.is_unspecified() || others.is_unspecified();
    one.port() == other.port() && one.port() != 0 && (all || ip == others)
}

/// That the API, consensus and the figures each listen at an address of their own.
pub(super) fn check(config: &Config) -> Result<(), String> {
    let consensus = config.consensus.as_ref().map(|one| one.listen);
    let all = [
        ("`listen`", Some(config.listen)),
        ("`[consensus] listen`", consensus),
        ("`metrics`", config.metrics),
    ];
    let all: Vec<_> = all
        .into_iter()
        .filter_map(|(key, address)| Some((key, address?)))
        .collect();
    for (at, (key, address)) in all.iter().enumerate() {
        let other = all[..at].iter().find(|(_, one)| meet(*one, *address));
        if let Some((other, one)) = other {
            let every = match one.ip().is_unspecified() || address.ip().is_unspecified() {
                true => " (0.0.0.0 and [::] are all addresses of this machine)",
                false => "",
            };
            return Err(format!(
                "{other} is {one} and {key} is {address}{every}: give each a port of its own"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Consensus;

    fn checked(listen: &str, consensus: &str, metrics: Option<&str>) -> Result<(), String> {
        let address = |text: &str| text.parse().expect("an address");
        let consensus = Consensus {
            listen: address(consensus),
            peers: Vec::new(),
        };
        let mut config = Config::of_several(address(listen), consensus);
        config.metrics = metrics.map(address);
        check(&config)
    }

    #[test]
    fn two_listeners_at_one_address_are_refused_with_both_names() {
        let (api, other) = ("10.0.0.7:7411", "10.0.0.7:7412");
        assert_eq!(checked(api, other, Some("127.0.0.1:9464")), Ok(()));
        assert_eq!(
            checked(api, "127.0.0.1:7411", None),
            Ok(()),
            "another address"
        );
        assert_eq!(
            checked("127.0.0.1:0", "127.0.0.1:0", None),
            Ok(()),
            "free ones"
        );
        for (listen, consensus, metrics, named) in [
            (api, api, None, ["`listen`", "`[consensus] listen`"]),
            (
                api,
                "0.0.0.0:7411",
                None,
                ["`[consensus] listen`", "all addresses"],
            ),
            ("[::]:7411", api, None, ["`listen`", "all addresses"]),
            (
                api,
                "[::ffff:10.0.0.7]:7411",
                None,
                ["`listen`", "`[consensus] listen`"],
            ),
            (
                api,
                other,
                Some(other),
                ["`[consensus] listen`", "`metrics`"],
            ),
            (api, other, Some("0.0.0.0:7411"), ["`listen`", "`metrics`"]),
        ] {
            let told = checked(listen, consensus, metrics).expect_err(listen);
            assert!(named.iter().all(|name| told.contains(name)), "{told}");
        }
    }
}
