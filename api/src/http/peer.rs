//! From which address somebody calls: what is limited by address asks for it, and nothing else does.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use fengqiao_domain::kernel::mutant::{self, Mutant};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use serde::Deserialize;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that somebody calls from. It is personal: nothing prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl fmt::Debug for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Peer(..)")
    }
}

/// A network of reverse proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

/// Why a setting is not a network.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a network: write 10.0.0.0/8, fd00::/8, or one address such as 10.0.0.7")]
pub struct NotANetwork(String);

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse().or_else(|_| one()).map(Self).map_err(|_| NotANetwork(text.to_owned()))
    }
}

impl Peer {
    /// Whoever is connected; where that is a proxy that is trusted, whoever it says is connected to it, and so on. What
    /// stands further left in the header was written by somebody who is not trusted.
    pub(crate) fn of(parts: &Parts, trusted: &[Network]) -> Self {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let Some(connected) = connected else { return Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) };
        let mut peer = connected.to_canonical();
        if !is_trusted(peer, trusted) {
            return Self(peer);
        }
        let mut named = names(&parts.headers);
        while is_trusted(peer, trusted) {
            // A proxy that names nobody, or nobody that can be read, is taken for the caller.
            let Some(Some(next)) = named.pop() else { break };
            peer = next;
        }
        Self(peer)
    }
}

fn is_trusted(peer: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.0.contains(&peer)) || mutant::active(Mutant::AnyProxy)
}

/// The addresses of the header as they stand there, over all its lines; nothing for what is none.
fn names(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(X_FORWARDED_FOR).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',').map(address)).collect()
}

/// An address, which some proxies write with a port. What is written beside it, however it is written, does not make it unreadable.
fn address(name: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(name).ok()?.trim();
    let plain = text.parse::<IpAddr>().ok();
    let plain = plain.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    plain.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;

    fn peer(connected: &str, lines: &[&str], trusted: &[&str]) -> String {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        peer_of_bytes(connected, &lines, trusted)
    }

    fn peer_of_bytes(connected: &str, lines: &[&[u8]], trusted: &[&str]) -> String {
        let mut request = Request::new(());
        let connected: IpAddr = connected.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(connected, 4_711)));
        for line in lines {
            request.headers_mut().append(X_FORWARDED_FOR, HeaderValue::from_bytes(line).expect("a value"));
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        Peer::of(&request.into_parts().0, &trusted).0.to_string()
    }

    #[test]
    fn whoever_is_connected_counts_whatever_they_say() {
        assert_eq!(peer("203.0.113.7", &[], &[]), "203.0.113.7");
        assert_eq!(peer("203.0.113.7", &["198.51.100.1"], &[]), "203.0.113.7");
        assert_eq!(peer("203.0.113.7", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(peer("::ffff:203.0.113.7", &[], &[]), "203.0.113.7");
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_further_left() {
        let trusted = ["10.0.0.0/8", "fd00::1"];
        assert_eq!(peer("10.0.0.7", &["198.51.100.1"], &trusted), "198.51.100.1");
        assert_eq!(peer("10.0.0.7", &["192.0.2.9, 198.51.100.1"], &trusted), "198.51.100.1");
        assert_eq!(peer("10.0.0.7", &["192.0.2.9", "198.51.100.1"], &trusted), "198.51.100.1");
        assert_eq!(peer("fd00::1", &["198.51.100.1, 10.1.2.3"], &trusted), "198.51.100.1", "two of them");
        assert_eq!(peer("::ffff:10.0.0.7", &["[2001:db8::5]:443"], &trusted), "2001:db8::5");
        assert_eq!(peer("10.0.0.7", &["198.51.100.1:443"], &trusted), "198.51.100.1");
    }

    #[test]
    fn what_a_caller_writes_does_not_hide_what_the_proxy_wrote() {
        let trusted = ["10.0.0.0/8"];
        for written in
            [b"\xff, 198.51.100.1".as_slice(), b"192.0.2.9\x80,198.51.100.1", "枫, 198.51.100.1".as_bytes()]
        {
            assert_eq!(peer_of_bytes("10.0.0.7", &[written], &trusted), "198.51.100.1", "{written:?}");
        }
        assert_eq!(
            peer_of_bytes("10.0.0.7", &[b"192.0.2.9, \xff"], &trusted),
            "10.0.0.7",
            "nobody that can be read"
        );
    }

    #[test]
    fn a_proxy_that_names_nobody_is_the_caller() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(peer("10.0.0.7", &[], &trusted), "10.0.0.7");
        assert_eq!(peer("10.0.0.7", &["198.51.100.1, unknown"], &trusted), "10.0.0.7");
        assert_eq!(peer("10.0.0.7", &["10.0.0.8"], &trusted), "10.0.0.8", "a proxy is whoever calls");
        assert_eq!(Peer::of(&Request::new(()).into_parts().0, &[]).0.to_string(), "0.0.0.0");
    }

    #[test]
    fn what_is_no_network_is_refused_and_nothing_prints_an_address() {
        for bad in ["", "10.0.0.0/33", "proxy.example", "10.0.0.0/"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        assert_eq!(format!("{:?}", Peer(IpAddr::V4(Ipv4Addr::LOCALHOST))), "Peer(..)");
    }
}
