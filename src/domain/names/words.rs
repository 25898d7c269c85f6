//! A search: words in any order, each of which must be a part of what is looked through.

use super::{address::login, fold::folded};

/// More than this of a search is not looked for: no name or address is longer.
const SEARCH_MAX: usize = 200;
/// More words than these are not looked for. Statements that hold their SQL as a constant have a place for each.
pub const WORDS: usize = 8;

/// What is looked for, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    words: Vec<String>,
    patterns: [String; WORDS],
}

impl Words {
    /// Reads what was typed. Commas only part words, as in *Lovelace, Ada*; where there is nothing else they are looked
    /// for themselves.
    #[must_use]
    pub fn of(search: &str) -> Self {
        let search: String = search.trim().chars().take(SEARCH_MAX).collect();
        let typed = folded(&search.split_whitespace().map(address).collect::<Vec<_>>().join(" "));
        let mut words: Vec<String> = Vec::new();
        for word in typed.split(' ').map(|word| word.trim_matches([',', ';'])).filter(|word| !word.is_empty()) {
            if words.len() < WORDS && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        if words.is_empty() && !typed.is_empty() {
            words.push(typed);
        }
        let patterns = std::array::from_fn(|place| words.get(place).map_or_else(|| "%".to_owned(), |word| like(word)));
        Self { words, patterns }
    }

    /// Whether anything is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Each word, once.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// A `like` pattern for each word, and one that everything fits for each that wasn't typed.
    #[must_use]
    pub const fn patterns(&self) -> &[String; WORDS] {
        &self.patterns
    }
}

/// An address is looked for in the form in which it is stored.
fn address(word: &str) -> String {
    if word.contains(['@', '＠']) { login(word) } else { word.to_owned() }
}

/// A pattern for texts that contain `word`.
pub(super) fn like(word: &str) -> String {
    format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// SQL that is true where a key holds every word of a search. The numbers are those of the places in the statement, which
/// [`bind_words`] fills.
macro_rules! has_words {
    ($key:literal: $($place:literal)+) => {
        concat!("1 = 1", $(" and ", $key, " like $", $place, " escape '\\'"),+)
    };
}
pub(crate) use has_words;

/// Binds the patterns of a search to the next places of a statement.
macro_rules! bind_words {
    ($query:expr, $words:expr) => {
        $words.patterns().iter().fold($query, |query, pattern| query.bind(pattern))
    };
}
pub(crate) use bind_words;

#[cfg(test)]
mod tests {
    use super::{SEARCH_MAX, WORDS, Words};

    fn words(search: &str) -> Vec<String> {
        Words::of(search).iter().map(str::to_owned).collect()
    }

    #[test]
    fn words_are_folded_and_parted_by_blanks_and_commas() {
        for same in
            ["Quarrington Timotheus", "Quarrington, Timotheus", " quarrington   timotheus ", "Quarrington、 TIMOTHEUS"]
        {
            assert_eq!(words(same), ["quarrington", "timotheus"], "{same}");
        }
        assert_eq!(words("an an AN"), ["an"]);
        assert_eq!(words(" , "), [","]);
        assert_eq!(words(" "), Vec::<String>::new());
        assert_eq!(words("Otto@xn--bcher-kva.example"), ["otto@bucher.example"]);
    }

    #[test]
    fn a_search_is_bounded_and_its_patterns_are_plain_text() {
        assert_eq!(Words::of(" 50%_Off\\ ").patterns()[0], "%50\\%\\_off\\\\%");
        assert_eq!(Words::of(&"_".repeat(30_000)).patterns()[0].len(), 2 * SEARCH_MAX + 2);
        let many: String = (0..100).map(|n| format!("{n} ")).collect();
        assert_eq!(words(&many).len(), WORDS);
        assert_eq!(Words::of("ada").patterns()[1..], ["%"; WORDS - 1]);
    }
}
