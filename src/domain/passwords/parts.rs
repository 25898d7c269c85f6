//! Finds out whether one name or one common word, repeated or decorated, is all that a password consists of.
//!
//! Several different common words are a good password, so no more than one is looked for at a time.

use std::slice;

use super::{common, runs};

/// Digits and signs that may be left over: a year, or `1!`. Letters may not, for they can begin a word.
const SPARE: usize = 4;
/// Fewer in a number: many a number is short runs and a few other digits.
const SPARE_IN_NUMBERS: usize = 1;
/// Too many when one more is added, without overflow.
const TOO_MANY: usize = SPARE + 1;
/// Only a text that is made up to be slow has more listed words than this at its places,
const FOUND: usize = 256;
/// and more than this that are not runs.
const TRIES: usize = 64;

/// What a guessable password consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Hardly anything.
    Nothing,
    /// One character, again and again.
    Character,
    /// Runs on a keyboard or in an alphabet.
    Keys,
    /// Names of the person, the tenant or the product, and runs.
    Names,
    /// A listed password.
    Common,
    /// A listed word, again and again.
    Repeat,
    /// A listed word, and runs.
    Decorated,
}

/// What `text` consists of, if that can be guessed. It must be in lower case and without blanks.
pub fn made(text: &str, names: &[Vec<char>]) -> Option<Made> {
    let text = Text::new(text);
    if text.chars.len() < common::SHORTEST {
        Some(Made::Nothing)
    } else if text.chars.iter().all(|c| *c == text.chars[0]) {
        Some(Made::Character)
    } else if text.consists_of(&[]) {
        Some(Made::Keys)
    } else if text.has_one_of(names) && text.consists_of(names) {
        Some(Made::Names)
    } else if common::contains(text.text) {
        Some(Made::Common)
    } else {
        text.one_word()
    }
}

struct Text<'a> {
    text: &'a str,
    chars: Vec<char>,
    /// The lengths of the runs from each place, as [`runs::lengths`] has them.
    runs: Vec<u32>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        let chars: Vec<_> = text.chars().collect();
        Self { text, runs: runs::lengths(&chars), chars }
    }

    fn has_one_of(&self, words: &[Vec<char>]) -> bool {
        words.iter().any(|word| self.chars.windows(word.len()).any(|part| part == word))
    }

    /// Whether `words`, runs and a few spare characters make up the whole, in any order.
    fn consists_of(&self, words: &[Vec<char>]) -> bool {
        let length = self.chars.len();
        let mut spare = vec![TOO_MANY; length + 1];
        spare[length] = 0;
        for at in (0..length).rev() {
            let rest = &self.chars[at..];
            let matching = words.iter().filter(|word| rest.starts_with(word)).map(Vec::len);
            let behind = matching.chain(self.runs_from(at)).map(|piece| spare[at + piece]);
            let skipped = if rest[0].is_alphabetic() { TOO_MANY } else { TOO_MANY.min(spare[at + 1] + 1) };
            spare[at] = behind.min().unwrap_or(TOO_MANY).min(skipped);
        }
        spare[0] <= if self.chars.iter().any(|c| c.is_alphabetic()) { SPARE } else { SPARE_IN_NUMBERS }
    }

    /// Tries each listed word that only runs and spare characters precede.
    ///
    /// The last places come first: letters of a word are not spare, so most words begin there.
    fn one_word(&self) -> Option<Made> {
        let listed = |(at, byte)| common::beginnings(&self.text[byte..]).map(move |word| (at, word));
        let found = self.starts().into_iter().rev().flat_map(listed).take(FOUND);
        let words = found.map(|(at, word)| (at, word.chars().collect::<Vec<_>>()));
        let mut tried = words.filter(|(at, word)| !self.is_runs(*at, word.len())).take(TRIES);
        let (_, word) = tried.find(|(_, word)| self.consists_of(slice::from_ref(word)))?;
        let repeats = self.chars.chunks(word.len()).all(|chunk| chunk == word);
        Some(if repeats { Made::Repeat } else { Made::Decorated })
    }

    /// The places that runs and spare characters lead to from the beginning, each with its byte.
    fn starts(&self) -> Vec<(usize, usize)> {
        let mut spare = vec![TOO_MANY; self.chars.len() + 1];
        spare[0] = 0;
        for at in 0..self.chars.len() {
            for piece in self.runs_from(at) {
                spare[at + piece] = spare[at + piece].min(spare[at]);
            }
            if !self.chars[at].is_alphabetic() {
                spare[at + 1] = spare[at + 1].min(spare[at] + 1);
            }
        }
        let bytes = self.text.char_indices().map(|(byte, _)| byte).enumerate();
        bytes.filter(|(at, _)| spare[*at] < TOO_MANY).collect()
    }

    /// Whether runs alone make up `length` characters: such a word says nothing that the runs do not.
    fn is_runs(&self, start: usize, length: usize) -> bool {
        let mut reached = vec![false; length + 1];
        reached[0] = true;
        for at in 0..length {
            let pieces = self.runs_from(start + at).filter(|piece| at + piece <= length);
            if reached[at] {
                pieces.for_each(|piece| reached[at + piece] = true);
            }
        }
        reached[length]
    }

    fn runs_from(&self, at: usize) -> impl Iterator<Item = usize> + use<> {
        let lengths = self.runs[at];
        (0..u32::BITS).filter(move |length| lengths >> length & 1 == 1).map(|length| length as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::common::tests::COMPARED;
    use super::*;

    #[test]
    fn one_listed_word_at_most_may_make_up_the_whole() {
        for (text, expected) in [
            ("monkeymonkeymonkey", Some(Made::Repeat)),
            ("monkey123monkey456", Some(Made::Decorated)),
            ("monkey-monkey.1864", None),
            ("monkey-monkey.19", Some(Made::Decorated)),
            ("monkeydragon123", None),
            ("monkeydragonmonkey", None),
            ("monkeys1monkeya", None),
            ("ab1", Some(Made::Nothing)),
        ] {
            assert_eq!(made(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn a_text_made_up_to_be_slow_costs_no_more_than_a_bounded_number_of_lines() {
        let names = [vec!['1'; 100]];
        for text in [
            "1234567890",
            "1",
            "0",
            "a",
            "19",
            "12345678",
            "a1b2c3d4",
            "1q2w3e4r",
            "abcabc",
            "19851206",
            "qwertyuiop",
            "0192837465",
        ] {
            let text: String = text.chars().cycle().take(126).chain("é!".chars()).collect();
            let before = COMPARED.get();
            made(&text, &names);
            assert!(COMPARED.get() - before <= 12_000, "{text}: {}", COMPARED.get() - before);
        }
        let before = COMPARED.get();
        made("correcthorsebatterystaple", &names);
        assert!(COMPARED.get() - before <= 500, "{}", COMPARED.get() - before);
    }
}
