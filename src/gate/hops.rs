//! Where a request comes from: the last of the addresses it came through whose word nobody vouches for.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::warn;

/// The client's address; `None` where there is none to count by: inside this process, or on this machine itself.
pub fn client(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpNet]) -> Option<IpAddr> {
    // A proxy on this machine that nobody has told of speaks for everybody: to count it would be to shut the door on all.
    origin(headers, extensions, trusted).filter(|client| !client.is_loopback())
}

/// As [`client`], this machine itself included; `None` inside this process alone.
pub fn origin(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpNet]) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(last_unknown(peer.ip().to_canonical(), headers, trusted))
}

fn last_unknown(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        tell_of_an_unknown_proxy(headers);
        return peer;
    }
    let mut client = peer;
    // Each proxy adds on the right whom it was asked by; what stands further left may be anybody's invention.
    for hop in hops(headers).iter().rev() {
        let Some(address) = address(hop) else { return client };
        client = address;
        if !is_trusted(&address) {
            return client;
        }
    }
    client
}

// Once: whoever runs the service may have forgotten it, and anybody may send such a header.
fn tell_of_an_unknown_proxy(headers: &HeaderMap) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    if forwarded && !TOLD.swap(true, Ordering::Relaxed) {
        warn!(
            "a request came through a proxy that is not in SNAK_TRUSTED_PROXY: all who come through it count as one address"
        );
    }
}

// `X-Forwarded-For`, as nearly every proxy sets it; else `Forwarded` (RFC 7239). Never both: a client can send the one that its
// proxy does not know.
fn hops(headers: &HeaderMap) -> Vec<String> {
    let lines = |name: &str| -> Vec<String> {
        let values = headers.get_all(name).iter().map(|v| v.to_str().unwrap_or("?"));
        values.flat_map(|line| line.split(',')).map(|part| part.trim().to_owned()).collect()
    };
    match headers.contains_key("x-forwarded-for") {
        true => lines("x-forwarded-for"),
        false => lines("forwarded").iter().map(|element| forwarded_for(element)).collect(),
    }
}

fn forwarded_for(element: &str) -> String {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    named.next().map(|(_, value)| value.trim_matches('"').to_owned()).unwrap_or_default()
}

// With or without a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_behind(trusted: &[&str], peer: &str, headers: &[(&'static str, &str)]) -> Option<String> {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        client(&map, &extensions, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let xff = [("x-forwarded-for", "203.0.113.9, 192.0.2.7")];
        let of = |trusted: &[&str], peer| client_behind(trusted, peer, &xff);
        assert_eq!(of(&[], "198.51.100.1").as_deref(), Some("198.51.100.1"));
        assert_eq!(of(&["198.51.100.1/32"], "198.51.100.1").as_deref(), Some("192.0.2.7"));
        // Two proxies of our own: what the citizen wrote in front of them is not read.
        assert_eq!(of(&["198.51.100.0/24", "192.0.2.7/32"], "198.51.100.1").as_deref(), Some("203.0.113.9"));
        assert_eq!(of(&["::1/128"], "::ffff:198.51.100.1").as_deref(), Some("198.51.100.1"));
    }

    #[test]
    fn every_way_of_writing_it_is_read_and_nothing_odd_is_believed() {
        let one = |name, value: &str| client_behind(&["10.0.0.0/8"], "10.0.0.1", &[(name, value)]);
        for value in ["192.0.2.7", "192.0.2.7:80", "::ffff:192.0.2.7", "x, 192.0.2.7", "192.0.2.7 , 10.0.0.2"]
        {
            assert_eq!(one("x-forwarded-for", value).as_deref(), Some("192.0.2.7"), "{value}");
        }
        for value in ["for=\"[2001:db8::7]:80\";proto=https", "by=10.0.0.1;For=\"[2001:db8::7]\""] {
            assert_eq!(one("forwarded", value).as_deref(), Some("2001:db8::7"), "{value}");
        }
        for value in ["", "unknown", "192.0.2.7, unknown", "192.0.2.300"] {
            assert_eq!(one("x-forwarded-for", value).as_deref(), Some("10.0.0.1"), "{value}");
        }
        let both = [("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(client_behind(&["10.0.0.1/32"], "10.0.0.1", &both).as_deref(), Some("192.0.2.7"));
    }

    #[test]
    fn nobody_is_counted_on_this_machine_itself() {
        assert_eq!(client_behind(&[], "127.0.0.1", &[]), None);
        assert_eq!(client_behind(&[], "::1", &[("x-forwarded-for", "192.0.2.7")]), None);
        let local = ["127.0.0.1/32"];
        let forwarded = [("x-forwarded-for", "192.0.2.7")];
        assert_eq!(client_behind(&local, "127.0.0.1", &forwarded).as_deref(), Some("192.0.2.7"));
    }
}
