//! Where a call comes from, for limits alone: the peer, or what a trusted proxy says of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;
use ipnet::IpNet;

/// The header in which a proxy names the client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The network of the client: /24 for IPv4, /64 for IPv6, since one attacker has many addresses.
#[must_use]
pub fn network(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request
        .headers()
        .get_all(FORWARDED_FOR)
        .filter_map(|value| value.to_str().ok())
        .collect::<Vec<_>>()
        .join(",");
    group(behind_proxies(peer, &forwarded, trusted))
}

/// Walks the addresses from the nearest to the farthest, as long as each is a trusted proxy.
fn behind_proxies(peer: IpAddr, forwarded: &str, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer;
    for address in forwarded.rsplit(',') {
        if !is_trusted(client) {
            break;
        }
        match address.trim().parse() {
            Ok(address) => client = address,
            Err(_) => break,
        }
    }
    client
}

fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{behind_proxies, group};
    use std::net::IpAddr;

    #[test]
    fn only_a_trusted_proxy_speaks_for_its_client() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        for (peer, forwarded, client) in [
            ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
            ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.2", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.2", "6.6.6.6, 198.51.100.7, 10.0.0.3", "198.51.100.7"),
            ("10.0.0.2", "", "10.0.0.2"),
            ("10.0.0.2", "unknown", "10.0.0.2"),
        ] {
            assert_eq!(behind_proxies(ip(peer), forwarded, &trusted), ip(client));
        }
        assert_eq!(group(ip("198.51.100.7")), ip("198.51.100.0"));
        assert_eq!(group(ip("::ffff:198.51.100.7")), ip("198.51.100.0"));
        assert_eq!(group(ip("2001:db8:1:2:3::4")), ip("2001:db8:1:2::"));
    }
}
