//! In which languages a reader wants to read, the best first: as the address of a mailed link says, as they chose, as it is
//! said of them, and as their browser asks.

use axum::http::{HeaderMap, header};

use super::{
    cookies::{self, Name},
    state::Site,
};
use crate::{mail::texts::Texts, model::fields::Fields};

/// More languages of one browser are not looked at.
const ASKED_MAX: usize = 20;

/// Codes of languages as they came, known or not.
#[derive(Clone, Debug, Default)]
pub struct Languages(Vec<String>);

impl Languages {
    /// Reads what a request says. `linked` is what its address names, and `locale` that of whoever is signed in; either may be
    /// empty.
    #[must_use]
    pub fn of((site, headers): (&Site, &HeaderMap), linked: &str, locale: &str) -> Self {
        let chosen = cookies::read(site, headers, Name::Language, code).unwrap_or_default();
        let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let header = lines.collect::<Vec<_>>().join(",");
        let said = [linked, chosen, locale].into_iter().filter(|code| !code.is_empty());
        Self(said.chain(asked(&header)).map(str::to_owned).collect())
    }

    /// The texts of the first that there are texts of.
    #[must_use]
    pub fn best(&self) -> Option<&'static Texts> {
        self.0.iter().find_map(|code| Texts::known(code))
    }
}

/// The code of a language that there are texts of.
#[must_use]
pub fn code(typed: &str) -> Option<&'static str> {
    Texts::known(typed).map(|texts| texts.code.as_str())
}

/// A page's own address without the language that it names. What was sent to a function has no page to go back to.
#[must_use]
pub fn without(here: &str) -> String {
    if here.starts_with("/fn/") {
        return "/".into();
    }
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let rest = Fields::decode(query).without(&["lang"]).encode();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") }
}

/// The languages of an `Accept-Language` header, the most wanted first (RFC 9110, 12.5.4). What isn't wanted at all (`q=0`),
/// `*` and what can't be read is left out.
fn asked(header: &str) -> Vec<&str> {
    let mut wanted: Vec<(&str, u16)> = header.split(',').take(ASKED_MAX).filter_map(weighed).collect();
    // Stable: of two that are wanted alike, the first counts.
    wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    wanted.into_iter().map(|(language, _)| language).collect()
}

/// A language and how much it is wanted, in thousandths.
fn weighed(entry: &str) -> Option<(&str, u16)> {
    let mut parts = entry.split(';').map(str::trim);
    let language = parts.next().filter(|language| !language.is_empty() && *language != "*")?;
    let weight = match parts.next() {
        None => 1000,
        Some(parameter) => thousandths(parameter.strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim())?,
    };
    (weight > 0).then_some((language, weight))
}

/// `1`, `0.8` or `0.875`.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let part: u16 = format!("{rest:0<3}").parse().ok().filter(|_| digits)?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_language_comes_first() {
        for (header, wanted) in [
            ("", vec![]),
            ("de", vec!["de"]),
            ("de-AT, de;q=0.9, en;q=0.8", vec!["de-AT", "de", "en"]),
            ("en;q=0.2, fr ; q=0.8 , ar;q=0.80", vec!["fr", "ar", "en"]),
            ("es;q=0, *;q=0.5, fr;Q=1.000", vec!["fr"]),
            ("de;q=2, fr;q=x, es;q=0.1234, en;q=-1, ar;level=1,, ;q=1", vec![]),
        ] {
            assert_eq!(asked(header), wanted, "{header}");
        }
        assert_eq!(asked(&"xx,".repeat(10_000)).len(), ASKED_MAX);
    }

    #[test]
    fn an_address_forgets_its_language_and_nothing_else() {
        for (here, rest) in [("/signin", "/signin"), ("/signin?lang=de", "/signin"), ("/fn/x?a=b", "/")] {
            assert_eq!(without(here), rest);
        }
        assert_eq!(without("/signin?next=%2Fadmin%3Fq%3Da&lang=de"), "/signin?next=%2Fadmin%3Fq%3Da");
    }

    #[test]
    fn a_language_without_texts_is_passed_over() {
        let best = |codes: &[&str]| {
            let languages = Languages(codes.iter().map(|code| (*code).to_owned()).collect());
            languages.best().map(|texts| texts.code.as_str())
        };
        assert_eq!(best(&["xx", "ja_JP", "DE-at", "fr"]), Some("de"));
        assert_eq!((best(&["ja"]), best(&[])), (None, None), "as nothing was said: English");
        assert_eq!((code("ar_EG"), code("../de"), code("")), (Some("ar"), None, None));
    }
}
