//! When two names are the same, and what of a name is stored.

use icu_casemap::CaseMapper;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup},
};
use unicode_normalization::UnicodeNormalization;

/// The key that two names share which nobody can tell apart: Unicode's [NFKC_Casefold], and one blank between words.
/// Accents stay: they make another name.
///
/// [NFKC_Casefold]: https://www.unicode.org/reports/tr31/#NFKC_Modifications
#[must_use]
pub fn same(text: &str) -> String {
    let mapper = CaseMapper::new();
    let fold = |text: &str| mapper.fold_string(&text.nfkd().collect::<String>()).into_owned();
    let twice = fold(&fold(text));
    let seen: String = twice.chars().filter(|c| !is_ignorable(*c)).nfkc().collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` as it is stored: without what nobody sees. What joins or parts letters in Persian, Indic and emoji names, and
/// what chooses among forms of a letter, stays where a letter stands before it. Nothing, where nothing can be seen.
#[must_use]
pub fn cleaned(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.trim().chars() {
        let fits = !kept.is_empty() && !kept.ends_with(char::is_whitespace);
        if !is_ignorable(c) || fits && shapes_letters(c) {
            kept.push(c);
        }
    }
    let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || joins(c));
    match kept.chars().any(is_visible) {
        true => kept.to_owned(),
        false => String::new(),
    }
}

/// Characters without a glyph of their own, and marks for typesetters.
pub(super) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || matches!(c, '\u{fff9}'..='\u{fffb}')
}

fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Joiners; selectors of variants, which names of Mongolian and Han letters and emoji have; the tags of flags.
fn shapes_letters(c: char) -> bool {
    joins(c)
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character leaves ink. The two exceptions are symbols that are blank.
fn is_visible(c: char) -> bool {
    let ink = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Number)
        .union(GeneralCategoryGroup::Punctuation)
        .union(GeneralCategoryGroup::Symbol);
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    ink.contains(category) && !is_ignorable(c) && !matches!(c, '\u{2800}' | '\u{1d159}')
}

#[cfg(test)]
mod tests {
    use super::{cleaned, same};

    #[test]
    fn names_that_look_alike_are_the_same_and_accents_make_another() {
        for twin in ["admin", "ADMIN", "admin\u{200b}", "ａｄｍｉｎ", " a\u{ad}dmin\u{2060} ", "ad\u{feff}min"] {
            assert_eq!(same(twin), "admin", "{twin:?}");
        }
        assert_eq!(same("Help\u{a0} desk"), same("help desk"));
        assert_eq!(same("STRASSE"), same("straße"));
        assert_ne!(same("Müller"), same("Muller"));
        assert_eq!(same("Mu\u{308}ller"), same("MÜLLER"));
    }

    #[test]
    fn joiners_stay_inside_names_and_other_invisible_characters_go() {
        let (persian, family) = ("می\u{200c}خواهم", "👩\u{200d}👧");
        assert_eq!((cleaned(persian).as_str(), cleaned(family).as_str()), (persian, family));
        assert_eq!(cleaned("葛\u{e0100}城"), "葛\u{e0100}城");
        assert_eq!(cleaned("\u{200b}ad\u{200b}min\u{200d} "), "admin");
        assert_eq!(same(persian), same("میخواهم"));
    }

    #[test]
    fn a_name_can_be_seen() {
        for nothing in ["", " ", "\u{200b}", "\u{2800}", "\u{3164}", "\u{301}", "\u{200d}\u{fe0f}", "\u{ad}\u{a0}"] {
            assert_eq!(cleaned(nothing), "", "{nothing:?}");
        }
        assert_eq!(cleaned("'"), "'");
    }
}
