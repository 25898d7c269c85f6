//! The key by which a name is found and sorted.

use any_ascii::any_ascii_char;
use icu_casemap::CaseMapper;
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup, Script},
};
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::same::is_ignorable;

/// A form of `text` for searching and sorting: without case, accents and what nobody sees, compatibility forms unified,
/// one blank between words. Latin letters and punctuation become ASCII by a published table; other scripts keep their
/// letters, and are composed again, so that a part of a word is a part of its key.
#[must_use]
pub fn folded(text: &str) -> String {
    // Punctuation comes first: some of it would fall apart into a blank and an accent.
    let bare = bare(&CaseMapper::new().fold_string(&bare(&spelt(text, punctuation))));
    let ascii = spelt(&bare, |c| punctuation(c).or_else(|| latin(c)));
    // Every apostrophe is one.
    let composed: String = ascii.to_ascii_lowercase().replace('`', "'").nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` with what stands for some of its characters.
fn spelt(text: &str, spelling: impl Fn(char) -> Option<&'static str>) -> String {
    let mut spelt = String::with_capacity(text.len());
    for c in text.chars() {
        match spelling(c) {
            Some(letters) => spelt.push_str(letters),
            None => spelt.push(c),
        }
    }
    spelt
}

/// Decomposed, without accents and ignorable characters.
fn bare(text: &str) -> String {
    text.nfkd().filter(|c| !is_accent(*c) && !is_ignorable(*c)).collect()
}

/// Whether a mark only colours the letter before it: accents, and the points of Hebrew and Arabic. Marks that make another
/// letter or vowel (of Indic scripts, Thai, kana) stay; the classes are those of the [Unicode standard].
///
/// [Unicode standard]: https://www.unicode.org/reports/tr44/#Canonical_Combining_Class_Values
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 200..=240)
}

/// Punctuation as keyboards have it, for what all scripts share. Of modifiers only those that stand alone like an
/// apostrophe: kana have others, which are part of a letter.
fn punctuation(c: char) -> Option<&'static str> {
    let marks = match c {
        '\u{a8}'..='\u{ff}' | '\u{2b0}'..='\u{2ff}' => GeneralCategoryGroup::Punctuation
            .union(GeneralCategoryGroup::ModifierLetter)
            .union(GeneralCategoryGroup::ModifierSymbol),
        _ => GeneralCategoryGroup::Punctuation,
    };
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    in_ascii(c, Script::Common).filter(|_| c == '−' || marks.contains(category))
}

/// What stands for a Latin letter beyond ASCII.
fn latin(c: char) -> Option<&'static str> {
    in_ascii(c, Script::Latin)
}

/// What the table has for a character of this script.
fn in_ascii(c: char, script: Script) -> Option<&'static str> {
    let ours = !c.is_ascii() && CodePointMapData::<Script>::new().get(c) == script;
    Some(any_ascii_char(c)).filter(|ascii| ours && !ascii.is_empty())
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn latin_names_become_what_everybody_can_type() {
        for (name, key) in [
            ("Björn ÅKESSON", "bjorn akesson"),
            ("Linßen", "linssen"),
            ("LINSSEN", "linssen"),
            ("Łazienbny", "lazienbny"),
            ("Søren", "soren"),
            ("Đorđe", "dorde"),
            ("Æsir", "aesir"),
            ("Zqışık", "zqisik"),
            ("ZQIŞIK", "zqisik"),
            ("İstanbul", "istanbul"),
            ("Əliyev", "eliyev"),
            ("ﬁne", "fine"),
            ("Nguyễn", "nguyen"),
        ] {
            assert_eq!(folded(name), key, "{name}");
        }
    }

    #[test]
    fn punctuation_is_what_keyboards_have() {
        for apostrophe in ["'", "’", "‘", "ʼ", "ʻ", "´", "`", "′", "＇"] {
            assert_eq!(folded(&format!("O{apostrophe}Brien")), "o'brien", "{apostrophe}");
        }
        for hyphen in ["-", "‐", "‑", "–", "−"] {
            assert_eq!(folded(&format!("Jean{hyphen}Luc")), "jean-luc", "{hyphen}");
        }
        assert_eq!(folded("  Ada\u{a0}\u{3000} Lovelace "), "ada lovelace");
    }

    #[test]
    fn other_scripts_keep_their_letters_and_vowels() {
        for name in ["철수 홍길", "佐藤 花子", "佐々木", "ガルシア", "サトー", "हिन्दी", "สมชาย", "мария"]
        {
            assert_eq!(folded(name), name, "{name}");
        }
        assert_eq!(folded("ｶﾞﾙｼｱ"), "ガルシア", "half and full width");
        assert_eq!(folded("Παπαδής"), "παπαδησ");
        assert_eq!(folded("مُحَمَّد"), "محمد");
        assert_eq!(folded("Ко\u{301}роль"), "король");
    }

    #[test]
    fn what_nobody_sees_is_not_in_a_key() {
        assert_eq!(folded("ad\u{200b}min\u{feff}\u{ad}"), "admin");
        assert_eq!(folded("می\u{200c}خواهم"), folded("میخواهم"));
    }

    #[test]
    fn a_key_is_its_own_key() {
        for c in '\u{21}'..='\u{323af}' {
            let key = folded(&c.to_string());
            assert_eq!(folded(&key), key, "{c:?} U+{:04X}", c as u32);
        }
    }
}
