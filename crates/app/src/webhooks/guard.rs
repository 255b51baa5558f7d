//! Where messages may go: to the Internet, and to networks of his own that an operator names.

use ipnet::IpNet;
use std::net::IpAddr;
use url::{Host, Url};

/// What is not reached from everywhere, or stands for something that is not (IANA's registries of special addresses), and
/// an address of a cloud at which machines ask about themselves.
const SPECIAL: [&str; 23] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
];
/// The only IPv6 addresses that are reached from everywhere.
const GLOBAL_V6: &str = "2000::/3";
const URL_BYTES_MAX: usize = 2_048;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("this is no URL with a host")]
    NoUrl,
    #[error("at most {URL_BYTES_MAX} bytes")]
    TooLong,
    #[error("https is wanted")]
    Scheme,
    #[error("a name or password does not belong into the URL")]
    Credentials,
    #[error("the address is not one of the Internet, and the operator has not allowed it")]
    Address,
}

/// Which addresses may be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    special: Vec<IpNet>,
    global_v6: Vec<IpNet>,
    /// Of the operator's own; without TLS too.
    allowed: Vec<IpNet>,
}

impl Default for Guard {
    /// The Internet alone.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Guard {
    pub fn new(allowed: Vec<IpNet>) -> Self {
        let read = |texts: &[&str]| texts.iter().filter_map(|text| text.parse().ok()).collect();
        Self {
            special: read(&SPECIAL),
            global_v6: read(&[GLOBAL_V6]),
            allowed,
        }
    }

    /// Whether the operator has named it.
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed
            .iter()
            .any(|network| network.contains(&address))
    }

    pub fn may_connect(&self, address: IpAddr) -> bool {
        self.is_allowed(address) || self.is_public(address.to_canonical())
    }

    fn is_public(&self, address: IpAddr) -> bool {
        let within = |networks: &[IpNet]| networks.iter().any(|net| net.contains(&address));
        (address.is_ipv4() || within(&self.global_v6)) && !within(&self.special)
    }

    /// What can be said of a URL before its name is looked up: `http` is for networks of the operator's own only.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn read(&self, text: &str) -> Result<Url, Refused> {
        if text.len() > URL_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let mut url: Url = text.parse().map_err(|_| Refused::NoUrl)?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" if !self.allowed.is_empty() => true,
            _ => return Err(Refused::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        if let Some(address) = literal(&url)
            && !self.may(address, is_plain)
        {
            return Err(Refused::Address);
        }
        url.set_fragment(None);
        url.host().is_some().then_some(url).ok_or(Refused::NoUrl)
    }

    /// Whether an address may be connected to, with TLS or without.
    pub fn may(&self, address: IpAddr, is_plain: bool) -> bool {
        match is_plain {
            true => self.is_allowed(address),
            false => self.may_connect(address),
        }
    }
}

/// The address that a URL names without a name.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn every_network_is_one() {
        let guard = Guard::new(Vec::new());
        assert_eq!(
            (guard.special.len(), guard.global_v6.len()),
            (SPECIAL.len(), 1)
        );
    }

    #[rstest]
    #[case::internet("93.184.215.14", true)]
    #[case::internet_v6("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    #[case::loopback("127.0.0.1", false)]
    #[case::loopback_elsewhere("127.8.9.10", false)]
    #[case::this_host("0.0.0.0", false)]
    #[case::private_10("10.1.2.3", false)]
    #[case::private_172("172.31.255.255", false)]
    #[case::beside_172("172.32.0.1", true)]
    #[case::private_192("192.168.1.1", false)]
    #[case::shared("100.64.0.1", false)]
    #[case::metadata("169.254.169.254", false)]
    #[case::metadata_shared("100.100.100.200", false)]
    #[case::metadata_wire("168.63.129.16", false)]
    #[case::documentation("203.0.113.9", false)]
    #[case::benchmark("198.19.0.1", false)]
    #[case::relay("192.88.99.1", false)]
    #[case::multicast("224.0.0.1", false)]
    #[case::reserved("240.0.0.1", false)]
    #[case::broadcast("255.255.255.255", false)]
    #[case::loopback_v6("::1", false)]
    #[case::nothing_v6("::", false)]
    #[case::mapped_loopback("::ffff:127.0.0.1", false)]
    #[case::mapped_private("::ffff:10.0.0.1", false)]
    #[case::mapped_internet("::ffff:93.184.215.14", true)]
    #[case::compatible("::7f00:1", false)]
    #[case::translated("64:ff9b::a9fe:a9fe", false)]
    #[case::translated_local("64:ff9b:1::1", false)]
    #[case::unique_local("fd00:ec2::254", false)]
    #[case::link_local("fe80::1", false)]
    #[case::site_local("fec0::1", false)]
    #[case::multicast_v6("ff02::1", false)]
    #[case::discard("100::1", false)]
    #[case::teredo("2001::1", false)]
    #[case::six_to_four("2002:7f00:1::", false)]
    #[case::documentation_v6("2001:db8::1", false)]
    #[case::documentation_v6_new("3fff::1", false)]
    #[case::segment_routing("5f00::1", false)]
    fn where_messages_may_go(#[case] address: IpAddr, #[case] may: bool) {
        assert_eq!(Guard::new(Vec::new()).may_connect(address), may);
        let all = ["0.0.0.0/0", "::/0"].map(|net| net.parse().expect("a network"));
        assert!(Guard::new(all.to_vec()).may_connect(address));
    }

    #[rstest]
    #[case("https://hooks.example.com/a?b=c", None)]
    #[case("https://hooks.example.com:8443/", None)]
    #[case("https://93.184.215.14/", None)]
    #[case("http://hooks.example.com/", Some(Refused::Scheme))]
    #[case("ftp://hooks.example.com/", Some(Refused::Scheme))]
    #[case("file:///etc/passwd", Some(Refused::Scheme))]
    #[case("https://user@hooks.example.com/", Some(Refused::Credentials))]
    #[case("https://:pass@hooks.example.com/", Some(Refused::Credentials))]
    #[case("https://127.0.0.1/", Some(Refused::Address))]
    #[case("https://2130706433/", Some(Refused::Address))]
    #[case("https://0x7f.1/", Some(Refused::Address))]
    #[case("https://[::ffff:7f00:1]/", Some(Refused::Address))]
    #[case("https://[fe80::1]/", Some(Refused::Address))]
    #[case("/relative", Some(Refused::NoUrl))]
    #[case("https://", Some(Refused::NoUrl))]
    fn what_a_url_may_be(#[case] url: &str, #[case] refused: Option<Refused>) {
        assert_eq!(Guard::new(Vec::new()).read(url).err(), refused);
    }

    #[test]
    fn networks_of_the_operator_are_reached_without_tls_and_nothing_else_is() {
        let guard = Guard::new(vec!["10.7.0.0/16".parse().expect("a network")]);
        assert!(guard.read("http://10.7.0.1:9000/hook").is_ok());
        assert!(guard.read("https://10.7.0.1/hook").is_ok());
        assert!(guard.read("http://hooks.internal/").is_ok());
        for url in ["http://10.8.0.1/", "http://93.184.215.14/"] {
            assert_eq!(guard.read(url).err(), Some(Refused::Address), "{url}");
        }
        assert!(!guard.may("93.184.215.14".parse().expect("an address"), true));
    }
}
