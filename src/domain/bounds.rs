//! What bounds a key for programs beside its permissions: the networks that it is taken from, and its end.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{input::Problems, parse::moment};
use crate::model::{permission::is_pattern, timestamp::Timestamp};

/// More than anybody names for one key.
const NETWORKS_MAX: usize = 50;

/// The networks from which a key is taken; everywhere, where none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedFrom(Vec<IpNet>);

impl AllowedFrom {
    /// Reads addresses and networks, like `192.0.2.7` and `2001:db8::/32`.
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        if texts.len() > NETWORKS_MAX {
            return Err(format!("name at most {NETWORKS_MAX} addresses and networks"));
        }
        let network = |text: &String| network(text).ok_or_else(|| format!("{text} is no address or network"));
        texts.iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    /// What was stored. One that can't be read allows nothing more than the others: a typo must not open a key.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        text.split_ascii_whitespace().map(network).collect::<Option<_>>().map(Self)
    }

    /// As it is stored: apart by blanks.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Whether a key may be used from there. Where networks are named, nobody without an address is in one.
    #[must_use]
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        let address = address.map(|address| address.to_canonical());
        self.0.is_empty() || address.is_some_and(|address| self.0.iter().any(|network| network.contains(&address)))
    }
}

/// Whether a key whose networks are stored as `text` may be used from there.
#[must_use]
pub fn admits(text: &str, address: Option<IpAddr>) -> bool {
    AllowedFrom::stored(text).is_some_and(|allowed| allowed.admits(address))
}

/// An address or a network, read.
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    let one = |address: IpAddr| IpNet::from(address.to_canonical());
    text.parse::<IpNet>().map(|network| canonical(network).trunc()).ok().or_else(|| text.parse().ok().map(one))
}

/// A network of IPv4 addresses that is written as one of IPv6 is what it stands for.
fn canonical(network: IpNet) -> IpNet {
    let bits = network.prefix_len().checked_sub(96);
    let short = bits.and_then(|bits| IpNet::new(network.addr().to_canonical(), bits).ok());
    short.filter(|short| short.addr().is_ipv4() && network.addr().is_ipv6()).unwrap_or(network)
}

/// Patterns of permissions, each once and in order; `everything` where none is named.
pub fn permissions(texts: &[String], everything: &[&str]) -> Result<Vec<String>, String> {
    if let Some(text) = texts.iter().find(|text| !is_pattern(text)) {
        return Err(format!("{text} is no permission; they are like users.read, users.* or *.*"));
    }
    let mut patterns = texts.to_vec();
    if patterns.is_empty() {
        patterns = everything.iter().map(|&pattern| pattern.to_owned()).collect();
    }
    patterns.sort_unstable();
    patterns.dedup();
    Ok(patterns)
}

/// An end, or none. Whether it is still to come is looked at when the key is made.
pub fn end(problems: &mut Problems, text: &str) -> Option<Option<Timestamp>> {
    problems.check("expires", moment(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(texts: &[&str]) -> Result<AllowedFrom, String> {
        AllowedFrom::parse(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_key_is_taken_from_where_it_says() {
        let from = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let allowed = parsed(&["192.0.2.7", "2001:db8::1/32"]).unwrap();
        assert_eq!(allowed.text(), "192.0.2.7/32 2001:db8::/32");
        assert!(allowed.admits(from("192.0.2.7")) && allowed.admits(from("::ffff:192.0.2.7")));
        assert!(allowed.admits(from("2001:db8:1::9")));
        assert!(!allowed.admits(from("192.0.2.8")) && !allowed.admits(None));
        assert_eq!(parsed(&["::ffff:192.0.2.9/120"]).unwrap().text(), "192.0.2.0/24");
        assert!(AllowedFrom::default().admits(None) && admits("", from("192.0.2.8")));
        assert!(!admits("192.0.2.0/24 nonsense", from("192.0.2.8")), "what can't be read opens nothing");
        assert!(parsed(&["example.com"]).is_err() && parsed(&["192.0.2.7/40"]).is_err());
    }
}
