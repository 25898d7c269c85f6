//! The list of common passwords. `LICENSE.txt` says where it comes from and how it was made.
//!
//! It is searched in the embedded bytes: pages of the program that nobody reads cost no memory,
//! where a set would hold every line for as long as the program runs.

use std::iter;

/// Sorted bytewise, each line once: NFC, lower case, without blanks, at least [`SHORTEST`] characters.
const LIST: &str = include_str!("common.txt");

/// No line is shorter.
pub const SHORTEST: usize = 4;

/// Whether `word` is a common password. It must be in the form of the list's lines.
pub fn contains(word: &str) -> bool {
    last_up_to(word.as_bytes()) == Some(word)
}

/// The listed words that `text` begins with, longest first.
///
/// Only the line just before `text` can be the longest one. Where it is not, no listed beginning is
/// longer than what the two have in common, so each search shortens the text.
pub fn beginnings(text: &str) -> impl Iterator<Item = &'static str> + '_ {
    let mut rest = text.as_bytes();
    iter::from_fn(move || {
        while rest.len() >= SHORTEST {
            let line = last_up_to(rest)?;
            let shared = iter::zip(line.bytes(), rest).take_while(|(a, b)| a == *b).count();
            if shared == line.len() {
                rest = &rest[..shared - 1];
                return Some(line);
            }
            rest = &rest[..shared];
        }
        None
    })
}

/// The last line that does not sort after `word`.
fn last_up_to(word: &[u8]) -> Option<&'static str> {
    let bytes = LIST.as_bytes();
    let (mut low, mut high, mut best) = (0, bytes.len(), None);
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes[..middle].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let end = bytes[middle..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| middle + at);
        #[cfg(test)]
        tests::COMPARED.with(|count| count.set(count.get() + 1));
        if &bytes[start..end] <= word {
            best = Some(start..end);
            low = end + 1;
        } else {
            high = start;
        }
    }
    best.and_then(|line| LIST.get(line))
}

#[cfg(test)]
pub mod tests {
    use std::cell::Cell;

    use unicode_normalization::is_nfc;

    use super::*;

    thread_local! {
        /// How many lines this thread has compared.
        pub static COMPARED: Cell<usize> = const { Cell::new(0) };
    }

    fn lines_of(least: usize) -> usize {
        LIST.lines().filter(|line| line.chars().count() >= least).count()
    }

    #[test]
    fn the_list_is_sorted_and_names_nothing_twice() {
        assert!(LIST.lines().is_sorted_by(|a, b| a.as_bytes() < b.as_bytes()));
        assert!(LIST.ends_with('\n'));
    }

    #[test]
    fn the_list_is_long_enough_for_the_policy() {
        assert!(lines_of(8) >= 100_000, "{}", lines_of(8));
        assert!(lines_of(15) >= 3_000, "{}", lines_of(15));
        assert_eq!(lines_of(SHORTEST), LIST.lines().count());
    }

    #[test]
    fn every_line_has_the_form_that_passwords_are_compared_in() {
        for line in LIST.lines() {
            assert!(is_nfc(line) && line == line.to_lowercase() && !line.contains(char::is_whitespace), "{line:?}");
        }
    }

    #[test]
    fn every_line_is_found_from_the_first_to_the_last() {
        assert!(LIST.lines().all(contains));
    }

    #[test]
    fn what_is_between_the_lines_before_or_after_them_is_not_found() {
        for word in ["", "!", "password\n", "passwor\u{e9}", "correcthorsebatterystaple", "\u{10ffff}"] {
            assert!(!contains(word), "{word:?}");
        }
    }

    #[test]
    fn a_text_begins_with_the_listed_words_that_begin_it() {
        let text = "passwordpasswordx\u{e9}\u{e9}";
        let slow = |text: &str| {
            let cuts = text.char_indices().map(|(at, _)| &text[..at]).chain([text]);
            cuts.filter(|cut| contains(cut)).map(str::to_owned).collect::<Vec<_>>()
        };
        for text in
            [text, "chocolatecake", "zzzzzzzzzzzzzzzzz", "xq", "", "qwertyuiop1234567890", "1q2w3e4r5t6y7u8i9o0p"]
        {
            let mut found: Vec<_> = beginnings(text).map(str::to_owned).collect();
            found.reverse();
            assert_eq!(found, slow(text), "{text:?}");
        }
        assert!(beginnings(text).any(|word| word == "password"));
    }

    #[test]
    fn a_search_compares_few_lines() {
        let before = COMPARED.get();
        assert!(!contains("this is nowhere in the list"));
        assert!(COMPARED.get() - before <= 32);
    }
}
