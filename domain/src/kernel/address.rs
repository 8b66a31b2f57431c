//! Which addresses may be called: public ones, and those of networks that an operator opens. Pure.
//!
//! Whoever may register a webhook or an identity provider could else have the server call what only it can reach: its own ports, the database, the
//! metadata service of a cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

pub use ipnet::IpNet;
use url::{Host, Url};

use crate::kernel::mutant::{self, Mutant};

/// Most characters of an address.
pub const URL_LIMIT: usize = 2_000;

/// Not public, by the registries of IANA for special purposes (RFC 6890 and its successors). What lies in the range of carriers
/// (100.64.0.0/10) holds metadata services of clouds too.
const CLOSED_V4: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
];
/// Public addresses of version 6 all lie here; NAT64, unique-local, link-local and multicast addresses do not.
const GLOBAL_V6: &str = "2000::/3";
/// But for these: protocols (Teredo among them), documentation, 6to4, and documentation again.
const CLOSED_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

static CLOSED: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| CLOSED_V4.iter().chain(&CLOSED_V6).filter_map(|text| text.parse().ok()).collect());
static GLOBAL: LazyLock<Option<IpNet>> = LazyLock::new(|| GLOBAL_V6.parse().ok());

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAddress {
    /// It is none, is longer than is kept, or names a user.
    Unreadable,
    /// Its scheme is not taken.
    Scheme,
    /// It lies in a network that is not called.
    Closed,
}

/// Which addresses are called.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// Whether `http` is taken beside `https`.
    pub plain: bool,
    /// Networks that are called although they are not public.
    pub open: Vec<IpNet>,
}

impl Addresses {
    /// An address that may be called, as far as can be said without asking for its name.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn checked(&self, text: &str) -> Result<Url, BadAddress> {
        if text.chars().count() > URL_LIMIT {
            return Err(BadAddress::Unreadable);
        }
        // Whatever way a number is written in, an address comes out of it here.
        let url = Url::parse(text).map_err(|_| BadAddress::Unreadable)?;
        match url.scheme() {
            "https" => {}
            "http" if self.plain => {}
            _ => return Err(BadAddress::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(BadAddress::Unreadable);
        }
        let literal = match url.host() {
            None => return Err(BadAddress::Unreadable),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        };
        if literal.is_some_and(|ip| !self.admit(ip)) { Err(BadAddress::Closed) } else { Ok(url) }
    }

    /// Whether an address is called.
    #[must_use]
    pub fn admit(&self, ip: IpAddr) -> bool {
        let ip = plain_form(ip);
        is_public(ip)
            || self.open.iter().any(|net| net.contains(&ip))
            || mutant::active(Mutant::NoAddressCheck)
    }
}

/// An address of version 4 in the clothes of version 6 is what it stands for.
fn plain_form(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

fn is_public(ip: IpAddr) -> bool {
    let global = match ip {
        IpAddr::V4(Ipv4Addr { .. }) => true,
        IpAddr::V6(Ipv6Addr { .. }) => GLOBAL.is_some_and(|net| net.contains(&ip)),
    };
    global && !CLOSED.iter().any(|net| net.contains(&ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_of_the_lists_is_read() {
        assert_eq!(CLOSED.len(), CLOSED_V4.len() + CLOSED_V6.len());
        assert!(GLOBAL.is_some());
    }

    #[test]
    fn only_public_addresses_are_called() {
        let addresses = Addresses::default();
        for closed in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!addresses.admit(closed.parse().unwrap()), "{closed}");
        }
        for public in
            ["1.1.1.1", "100.63.255.255", "172.32.0.1", "223.5.5.5", "::ffff:1.1.1.1", "2400:3200::1"]
        {
            assert!(addresses.admit(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_operator_opens_networks() {
        let addresses = Addresses { plain: false, open: vec!["10.20.0.0/16".parse().unwrap()] };
        assert!(addresses.admit("10.20.3.4".parse().unwrap()));
        assert!(addresses.admit("::ffff:10.20.3.4".parse().unwrap()));
        assert!(!addresses.admit("10.21.0.1".parse().unwrap()));
    }

    #[test]
    fn an_address_is_read_before_it_is_judged() {
        let addresses = Addresses::default();
        for odd in [
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::1]/",
            "https://0/",
            "https://169.254.169.254/latest",
            "https://１２７.0.0.1/",
            "https://0x7f.1/",
        ] {
            assert_eq!(addresses.checked(odd), Err(BadAddress::Closed), "{odd}");
        }
        for bad in [
            "",
            "example.org",
            "https://",
            "https://a:b@example.org/",
            "https://a@example.org/",
            "https://e.org/#a",
        ] {
            assert_eq!(addresses.checked(bad), Err(BadAddress::Unreadable), "{bad}");
        }
        for scheme in
            ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/"]
        {
            assert_eq!(addresses.checked(scheme), Err(BadAddress::Scheme), "{scheme}");
        }
        let long = format!("https://example.org/{}", "a".repeat(URL_LIMIT));
        assert_eq!(addresses.checked(&long), Err(BadAddress::Unreadable));
        assert!(addresses.checked("https://example.org/hook?key=1").is_ok());
        let plain = Addresses { plain: true, ..Addresses::default() };
        assert!(plain.checked("http://example.org/").is_ok());
    }
}
