//! The names that nobody may use as a password: the person's, the tenant's, the product's.

use std::iter;

use unicode_normalization::UnicodeNormalization;

/// The product's own name.
const PRODUCT: &str = "castellan";
/// A shorter name is in too many words.
const SHORTEST: usize = 4;
/// More names than anybody has are not looked at: each costs time.
const MOST: usize = 16;

/// The form in which passwords, names and listed words are compared: lower case, without blanks.
pub fn plain(text: &str) -> String {
    let lower: String = text.split_whitespace().collect::<String>().to_lowercase();
    lower.nfc().collect()
}

/// Each name, each word of one, and every two of these, in the form that passwords are compared in.
///
/// Two, because a first name of three letters is none by itself, but is one before the last name.
pub fn own(names: &[&str]) -> Vec<Vec<char>> {
    let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let mut single: Vec<String> = Vec::new();
    for name in iter::once(PRODUCT).chain(names.iter().copied()).chain(words).map(plain) {
        if !name.is_empty() && !single.contains(&name) {
            single.push(name);
        }
        if single.len() == MOST {
            break;
        }
    }
    let pairs = single.iter().flat_map(|a| single.iter().filter(move |b| a != *b).map(move |b| format!("{a}{b}")));
    let all = single.iter().cloned().chain(pairs).map(|name| name.chars().collect::<Vec<_>>());
    all.filter(|name| name.len() >= SHORTEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(names: &[&str], name: &str) -> bool {
        own(names).iter().any(|own| own.iter().collect::<String>() == name)
    }

    #[test]
    fn names_are_compared_without_case_and_blanks() {
        assert_eq!(plain(" Ada\u{a0}LOVELACE\t"), "adalovelace");
        assert_eq!(plain("Jose\u{301}"), "jos\u{e9}");
    }

    #[test]
    fn the_product_is_a_name_and_short_names_are_none() {
        assert!(has(&[], "castellan"));
        assert!(!has(&["Ada", "Bo", "", " "], "ada"));
    }

    #[test]
    fn first_and_last_name_are_one_in_either_order() {
        for name in ["lovelace", "adalovelace", "lovelaceada"] {
            assert!(has(&["Ada", "Lovelace"], name), "{name}");
            assert!(has(&["Ada Lovelace"], name), "{name}");
        }
        assert!(has(&["Anne-Marie"], "anne-marie") && has(&["Anne-Marie"], "annemarie"));
    }

    #[test]
    fn no_more_names_than_the_bound_are_looked_at() {
        let many: Vec<_> = (0..1000).map(|n| format!("name{n}")).collect();
        assert!(own(&many.iter().map(String::as_str).collect::<Vec<_>>()).len() <= MOST * MOST);
    }
}
