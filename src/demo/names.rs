//! Ordinary names of many regions and scripts, and how an e-mail address spells them.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::domain::names::fold::folded;

/// Every region of `names.txt`; a test says that each has names of both kinds.
pub static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| parse(include_str!("names.txt")));

/// Names that go together.
#[derive(Debug)]
pub struct Region {
    /// How a full name reads.
    pub order: Order,
    /// Given names.
    pub given: Vec<Name>,
    /// Family names.
    pub family: Vec<Name>,
}

/// How a full name reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Given name first.
    Western,
    /// Family name first.
    Eastern,
    /// Family name first, without a space.
    Joined,
}

/// A name and its spelling in an e-mail address.
#[derive(Debug)]
pub struct Name {
    /// As people write it.
    pub text: String,
    /// Lower-case ASCII letters.
    pub ascii: String,
}

impl Order {
    /// The full name.
    #[must_use]
    pub fn full(self, given: &str, family: &str) -> String {
        match self {
            _ if family.is_empty() => given.to_owned(),
            Self::Western => format!("{given} {family}"),
            Self::Eastern => format!("{family} {given}"),
            Self::Joined => format!("{family}{given}"),
        }
    }
}

/// Reads the lists. A line that isn't understood is passed over: the file is part of the program, and tested.
fn parse(text: &str) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match (words.next(), regions.last_mut()) {
            (Some("region"), _) => regions.push(region(words.last())),
            (Some("given"), Some(region)) => region.given.extend(words.map(name)),
            (Some("family"), Some(region)) => region.family.extend(words.map(name)),
            _ => {}
        }
    }
    regions
}

fn region(order: Option<&str>) -> Region {
    let order = match order {
        Some("joined") => Order::Joined,
        Some("eastern") => Order::Eastern,
        _ => Order::Western,
    };
    Region { order, given: Vec::new(), family: Vec::new() }
}

/// Composed, because that is how the form that makes users stores names.
fn name(word: &str) -> Name {
    let (text, spelling) = word.split_once('=').unwrap_or((word, word));
    Name { text: text.replace('_', " ").nfc().collect(), ascii: ascii(spelling) }
}

/// Small letters of ASCII.
fn ascii(spelling: &str) -> String {
    folded(spelling).chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_many_names_of_both_kinds() {
        assert!(REGIONS.len() >= 20);
        for region in REGIONS.iter() {
            assert!(region.given.len() >= 20 && region.family.len() >= 20, "{:?}", region.given.first());
        }
        assert!(REGIONS.iter().filter(|r| r.given.len() >= 40 && r.family.len() >= 40).count() >= 17);
    }

    #[test]
    fn every_name_has_a_spelling_for_addresses() {
        for name in REGIONS.iter().flat_map(|region| region.given.iter().chain(&region.family)) {
            let unreadable = name.ascii.is_empty() || !name.ascii.chars().all(|c| c.is_ascii_lowercase());
            // A dropped letter would show as a shorter spelling than the name, but for what isn't a letter.
            let letters = folded(&name.text).chars().filter(|c| c.is_alphabetic() && c.is_lowercase()).count();
            let latin = name.text.chars().all(|c| (c as u32) < 0x300 || (0x1e00..0x1f00).contains(&(c as u32)));
            assert!(!unreadable && (!latin || name.ascii.len() >= letters), "{name:?}");
        }
    }

    #[test]
    fn letters_without_a_decomposition_are_spelt_out() {
        assert_eq!(ascii("Łucja_Groß-Sørensen"), "lucjagrosssorensen");
        assert_eq!(ascii("Þórðarson"), "thordarson");
        assert_eq!(ascii("Ilgın"), "ilgin");
    }
}
