//! Parsing what people type into types that can't be wrong.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::names;
use crate::model::{error::FieldErrors, timestamp::Timestamp};

/// One line of text: trimmed, NFC, at most `max` characters, no control characters, nothing invisible that has no use.
/// May be empty, and is where nothing in it can be seen.
pub fn line(text: &str, max: usize) -> Result<String, String> {
    let text: String = text.trim().nfc().collect();
    if text.chars().any(is_unprintable) {
        return Err("remove the invisible control characters".into());
    }
    let text = names::same::cleaned(&text);
    if text.chars().count() > max {
        return Err(format!("use at most {max} characters"));
    }
    Ok(text)
}

/// Like [`line`], and not empty.
pub fn filled(text: &str, max: usize, missing: &str) -> Result<String, String> {
    line(text, max).and_then(|text| if text.is_empty() { Err(missing.into()) } else { Ok(text) })
}

/// A text that is kept as it was sent, but for blanks around it: at most `max` characters, and none that can't be printed.
pub fn verbatim(text: &str, max: usize) -> Result<String, String> {
    let text = text.trim();
    match (text.chars().any(is_unprintable), text.chars().count() <= max) {
        (true, _) => Err("remove the invisible control characters".into()),
        (false, false) => Err(format!("use at most {max} characters")),
        (false, true) => Ok(text.to_owned()),
    }
}

/// Controls, and the marks that turn the direction of a line: one name must not reorder a page.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}')
}

/// An e-mail address, which is also the login: lower-cased, one `@`, a domain that there can be in the one form that is
/// stored. The mail server has the last word, so this refuses only what can't be an address (RFC 5321 lengths).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(#[serde(deserialize_with = "in_one_form")] String);

/// What was kept of people before addresses had one form is read in that form, as the people themselves were brought to it.
fn in_one_form<'de, D: serde::Deserializer<'de>>(kept: D) -> Result<String, D::Error> {
    String::deserialize(kept).map(|text| names::address::login(&text))
}

impl Email {
    /// Parses an address as people type it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = names::address::login(&filled(text, 254, "enter an e-mail address")?);
        let well_formed = text.rsplit_once('@').is_some_and(|(local, domain)| {
            let unfit = |c: char| c.is_whitespace() || c.is_control() || "@\",;<>".contains(c);
            let local_ok = !local.is_empty() && local.len() <= 64 && !local.contains(unfit);
            local_ok && names::address::canonical(domain).is_some()
        });
        if well_formed { Ok(Self(text)) } else { Err("enter an e-mail address like name@example.com".into()) }
    }

    /// An address that was parsed before it was stored.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A phone number in international form, or nothing.
pub fn phone(text: &str) -> Result<Option<String>, String> {
    let text = line(text, 32)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plausible = text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c)) && (4..=15).contains(&digits);
    match text.is_empty() {
        true => Ok(None),
        false if plausible => Ok(Some(text)),
        false => Err("enter a phone number like +1 202 555 0143, or leave it empty".into()),
    }
}

/// A moment as `<input type="datetime-local">` sends it, in UTC, or with an offset from UTC; or nothing.
pub fn moment(text: &str) -> Result<Option<Timestamp>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| "enter a date and a time like 2026-12-31 18:00".to_owned();
    if let Ok(exact) = text.parse::<jiff::Timestamp>() {
        return Ok(Some(Timestamp(exact.as_millisecond())));
    }
    // The parser passes over a zone that it can't use here, and the moment would be another one.
    let time = text.split(['T', 't', ' ']).nth(1).unwrap_or_default();
    if !time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.')) {
        return Err("leave the zone out, like 2026-12-31 18:00, or give its offset, like 18:00+02:00".into());
    }
    let local: jiff::civil::DateTime = text.parse().map_err(wrong)?;
    let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).map_err(wrong)?;
    Ok(Some(Timestamp(zoned.timestamp().as_millisecond())))
}

/// The version that a question was asked about.
pub fn seen(version: &str) -> Result<i64, FieldErrors> {
    version.parse().map_err(|_| FieldErrors::one("version", "open the page again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_cased_and_nonsense_is_refused() {
        assert_eq!(Email::parse(" Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
        for bad in ["", "ada", "@example.com", "ada@", "a@b@c.d", "ada@-x.com", "a b@c.d", "ada@ex..com", "a\u{0}@b.c"]
        {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_keep_their_script_and_lose_control_characters() {
        assert_eq!(line("  محمد الفاتح ", 100).unwrap(), "محمد الفاتح");
        assert!(line("a\u{202e}b", 100).is_err() && line("a\nb", 100).is_err());
        assert!(line(&"x".repeat(101), 100).is_err());
    }

    #[test]
    fn addresses_have_one_form_and_nothing_in_them_that_nobody_sees() {
        let parsed = |text: &str| Email::parse(text).map(|email| email.as_str().to_owned());
        assert_eq!(parsed("gil\u{200b}@example.com").as_deref(), Ok("gil@example.com"));
        assert_eq!(parsed("Otto@xn--bcher-kva.example").as_deref(), Ok("otto@bücher.example"));
        assert_eq!(parsed("Jürgen@example.com").as_deref(), Ok("jürgen@example.com"));
        let kept: Email = serde_json::from_str("\"otto@xn--bcher-kva.example\"").unwrap();
        assert_eq!(kept.as_str(), "otto@bücher.example", "kept by an older version");
        for odd in ["g il@example.com", "g\u{a0}il@example.com", "g\u{3000}il@example.com", "\u{200b}@example.com"] {
            assert!(parsed(odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn a_name_has_something_to_see() {
        for nothing in ["\u{200b}", "\u{3164}", " \u{2800}"] {
            assert!(filled(nothing, 100, "enter a name").is_err(), "{nothing:?}");
        }
        assert_eq!(line("a\u{200b}b", 100).as_deref(), Ok("ab"));
    }

    #[test]
    fn moments_are_read_as_browsers_send_them() {
        assert_eq!(moment(""), Ok(None));
        assert_eq!(moment("2026-11-22T00:00"), Ok(Some(Timestamp(1_795_305_600_000))));
        assert_eq!(moment("2026-11-22 00:00:01"), Ok(Some(Timestamp(1_795_305_601_000))));
        for zoned in
            ["2026-11-22T02:00+02:00", "2026-11-21T19:00:00-05:00", "2026-11-22T00:00Z", "2026-11-22 00:00:00Z"]
        {
            assert_eq!(moment(zoned), Ok(Some(Timestamp(1_795_305_600_000))), "{zoned}");
        }
        assert!(moment("2026-11-22T00:00[Europe/Berlin]").is_err() && moment("2026-11-22T00:00 CET").is_err());
        assert!(moment("tomorrow").is_err() && moment("99999-01-01T00:00").is_err());
    }

    #[test]
    fn phones_are_plausible_or_absent() {
        assert_eq!(phone(" ").unwrap(), None);
        assert_eq!(phone("+1 202 555 0143").unwrap().as_deref(), Some("+1 202 555 0143"));
        assert!(phone("call me").is_err() && phone("12").is_err());
    }
}
