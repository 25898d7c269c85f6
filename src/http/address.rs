//! Who a client is: the peer, or what trusted proxies say of it.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use super::state::Site;
use crate::config::Forwarded;

/// The address of a request's client; `None` where it came by no connection.
pub fn of(site: &Site, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    Some(client(&site.trusted_proxies, site.forwarded, peer, &parts.headers))
}

/// Walks the header from the right: each trusted proxy says whom it was called by. What stands left of the first that
/// isn't trusted was written by a stranger, whatever it is; and a hop that can't be read ends the walk, too.
fn client(trusted: &[IpNet], header: Forwarded, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut address = peer;
    for hop in hops(header, headers) {
        if !trusted.iter().any(|network| network.contains(&address)) {
            break;
        }
        match hop {
            Some(hop) => address = hop,
            None => break,
        }
    }
    address
}

/// The addresses that the header lists, the last first; `None` for one that is none (`unknown`, a hidden name).
fn hops(header: Forwarded, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let (name, read): (_, fn(&str) -> Option<IpAddr>) = match header {
        Forwarded::XForwardedFor => ("x-forwarded-for", node),
        Forwarded::Forwarded => ("forwarded", element),
    };
    let lines: Vec<_> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    lines.into_iter().rev().flat_map(|line| parts_from_the_right(line, ',')).map(read).collect()
}

/// The parts of a text between separators that stand in no quoted string, the last first. Read from the right, so that a
/// quotation mark that a stranger wrote and never closed hides nothing of what a proxy wrote after it.
fn parts_from_the_right(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut end, mut quoted) = (Vec::new(), text.len(), false);
    for (at, c) in text.char_indices().rev() {
        let escapes = || text[..at].len() - text[..at].trim_end_matches('\\').len();
        match c {
            '"' if escapes() % 2 == 0 => quoted = !quoted,
            c if c == separator && !quoted => {
                parts.push(&text[at + c.len_utf8()..end]);
                end = at;
            }
            _ => {}
        }
    }
    parts.push(&text[..end]);
    parts
}

/// The `for=` of one element of `Forwarded` ([RFC 7239], section 4).
///
/// [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239
fn element(text: &str) -> Option<IpAddr> {
    parts_from_the_right(text, ';').into_iter().rev().find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| node(value.trim().trim_matches('"')))?
    })
}

/// An address as proxies write it: alone, with a port, in brackets, or in brackets with a port.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = || text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text).parse::<IpAddr>();
    let address = text.parse::<SocketAddr>().map(|socket| socket.ip()).or_else(|_| bare());
    address.ok().map(|address| address.to_canonical())
}

/// Whether a host is an address rather than a name.
pub fn is_address(host: &str) -> bool {
    node(host).is_some()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    /// The client as two trusted networks see it, with the headers in the order in which they came.
    fn seen(header: Forwarded, lines: &[&str]) -> String {
        let trusted = ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let name = match header {
            Forwarded::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Forwarded::Forwarded => HeaderName::from_static("forwarded"),
        };
        let headers = lines.iter().map(|line| (name.clone(), line.parse().unwrap())).collect();
        client(&trusted, header, "127.0.0.1".parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_client_is_what_the_last_trusted_proxy_says() {
        let xff = |line| seen(Forwarded::XForwardedFor, &[line]);
        for line in [
            "198.51.100.7",
            "198.51.100.7:49152",
            "garbage, 198.51.100.7",
            ", 198.51.100.7",
            "unknown, 198.51.100.7",
            "6.6.6.6, 198.51.100.7",
            "198.51.100.7,10.1.1.1:99",
        ] {
            assert_eq!(xff(line), "198.51.100.7", "{line}");
        }
        assert_eq!(xff("203.0.113.9:1234, 10.0.0.2"), "203.0.113.9");
        assert_eq!(xff("[2001:db8::7]:443"), "2001:db8::7");
        assert_eq!(xff("[2001:db8::7]"), "2001:db8::7");
        assert_eq!(xff("::ffff:198.51.100.7"), "198.51.100.7");
        assert_eq!(
            seen(Forwarded::XForwardedFor, &["203.0.113.9", "10.0.0.2"]),
            "203.0.113.9",
            "two lines are one list"
        );
    }

    #[test]
    fn where_trust_ends_nothing_more_is_believed() {
        let xff = |line| seen(Forwarded::XForwardedFor, &[line]);
        assert_eq!(xff("198.51.100.7, unknown"), "127.0.0.1", "the proxy doesn't know");
        assert_eq!(xff("198.51.100.7, unknown, 10.0.0.2"), "10.0.0.2");
        assert_eq!(xff("10.0.0.2, 203.0.113.9"), "203.0.113.9");
        assert_eq!(xff("10.0.0.3, 10.0.0.2"), "10.0.0.3", "everybody is a proxy, so the first is the client");
    }

    #[test]
    fn forwarded_is_read_where_it_is_the_header_that_is_believed() {
        let forwarded = |line| seen(Forwarded::Forwarded, &[line]);
        assert_eq!(forwarded("for=198.51.100.7;proto=https;by=10.0.0.1"), "198.51.100.7");
        assert_eq!(forwarded("proto=https; For=\"[2001:db8::7]:443\""), "2001:db8::7");
        assert_eq!(forwarded("for=6.6.6.6, for=\"203.0.113.9:80\", for=10.0.0.2"), "203.0.113.9");
        assert_eq!(forwarded("for=_hidden, for=198.51.100.7"), "198.51.100.7");
        assert_eq!(forwarded("for=198.51.100.7, for=_hidden"), "127.0.0.1");
        assert_eq!(forwarded("198.51.100.7"), "127.0.0.1", "no element of the header says so");
        for quoted in [r#"for=198.51.100.7;host="x, for=6.6.6.6""#, r#"host="a\", for=6.6.6.6;";for=198.51.100.7"#] {
            assert_eq!(forwarded(quoted), "198.51.100.7", "a quoted string is one value: {quoted}");
        }
        assert_eq!(
            forwarded(r#"host="x, for=198.51.100.7"#),
            "198.51.100.7",
            "what was left open hides nothing after it"
        );
        let other = HeaderMap::from_iter([(HeaderName::from_static("forwarded"), "for=6.6.6.6".parse().unwrap())]);
        let peer: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(client(&["127.0.0.1/32".parse().unwrap()], Forwarded::XForwardedFor, peer, &other), peer);
    }

    #[test]
    fn strangers_are_not_believed() {
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), "6.6.6.6".parse().unwrap())]);
        let peer: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(client(&["10.0.0.0/8".parse().unwrap()], Forwarded::XForwardedFor, peer, &headers), peer);
    }
}
