//! Where a request came from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;

/// Proxies whose `X-Forwarded-For` is believed. Nobody's by default: anyone can write that header.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client: the peer, or, when that is a trusted proxy, the nearest
    /// forwarded address that is not one.
    pub(crate) fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
        let peer = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
                peer.ip().to_canonical()
            });
        self.behind(peer, headers)
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer;
        let forwarded = headers.get_all("x-forwarded-for").iter().rev();
        for entry in forwarded.flat_map(|value| value.to_str().unwrap_or_default().rsplit(',')) {
            if !self.trusts(nearest) {
                break;
            }
            match entry.trim().parse::<IpAddr>() {
                Ok(address) => nearest = address.to_canonical(),
                Err(_) => break,
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nobody_is_trusted(&[], "10.0.0.1", &["192.0.2.1"], "10.0.0.1")]
    #[case::one_proxy(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.1"], "192.0.2.1")]
    #[case::what_the_client_wrote_itself_is_not_believed(&["10.0.0.0/8"], "10.0.0.1", &["198.51.100.9, 192.0.2.1"], "192.0.2.1")]
    #[case::two_proxies(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.1, 10.0.0.2"], "192.0.2.1")]
    #[case::several_headers(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.1", "10.0.0.2"], "192.0.2.1")]
    #[case::all_are_proxies(&["10.0.0.0/8"], "10.0.0.1", &["10.0.0.3"], "10.0.0.3")]
    #[case::nonsense(&["10.0.0.0/8"], "10.0.0.1", &["who knows"], "10.0.0.1")]
    #[case::the_peer_is_no_proxy(&["10.0.0.0/8"], "203.0.113.5", &["192.0.2.1"], "203.0.113.5")]
    fn the_client_is(
        #[case] trusted: &[&str],
        #[case] peer: IpAddr,
        #[case] forwarded: &[&str],
        #[case] expected: IpAddr,
    ) {
        let proxies = TrustedProxies::new(
            trusted
                .iter()
                .map(|network| network.parse().unwrap())
                .collect(),
        );
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        assert_eq!(proxies.behind(peer, &headers), expected);
    }
}
