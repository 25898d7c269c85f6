//! Addresses in one stored form: what looks the same, and every spelling of a domain, is the same login.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

use super::same::is_ignorable;

/// What is typed as a login, as it is stored: small letters, compatibility forms unified, without invisible characters,
/// the domain as readers know it. What is no address at all comes back nearly as it was.
#[must_use]
pub fn login(text: &str) -> String {
    let text: String = text.nfkc().collect();
    match text.trim().rsplit_once('@') {
        Some((name, domain)) => {
            format!("{}@{}", local(name), canonical(domain).unwrap_or_else(|| domain.to_lowercase()))
        }
        None => local(text.trim()),
    }
}

/// What is typed as a login, as it was stored before there was one form: for those who have such a login still.
#[must_use]
pub fn as_typed(text: &str) -> String {
    text.trim().nfc().collect::<String>().to_lowercase()
}

fn local(name: &str) -> String {
    let seen: String = name.chars().filter(|c| !is_ignorable(*c)).collect();
    seen.to_lowercase().nfkc().collect()
}

/// The one form of a domain, by [UTS 46], in the letters of its readers; browsers send it in ASCII. `None` if there can't
/// be such a domain.
///
/// [UTS 46]: https://www.unicode.org/reports/tr46/
#[must_use]
pub fn canonical(domain: &str) -> Option<String> {
    let rules = (AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    let ascii = Uts46::new().to_ascii(domain.as_bytes(), rules.0, rules.1, DnsLength::Verify).ok()?;
    let (unicode, right) = Uts46::new().to_unicode(ascii.as_bytes(), rules.0, rules.1);
    right.ok().map(|()| unicode.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{canonical, login};

    #[test]
    fn every_spelling_of_a_domain_is_one() {
        for spelling in [
            "bücher.example",
            "xn--bcher-kva.example",
            "BÜCHER.Example",
            "bu\u{308}cher．example",
            "bü\u{ad}cher.example",
        ] {
            assert_eq!(canonical(spelling).as_deref(), Some("bücher.example"), "{spelling}");
            assert_eq!(login(&format!("Otto@{spelling}")), "otto@bücher.example", "{spelling}");
        }
        assert_ne!(canonical("faß.example"), canonical("fass.example"), "these are two domains");
        for none in ["", "-x.example", "a..example", "a_b.example", "xn--a.example", "ex ample.example"] {
            assert_eq!(canonical(none), None, "{none}");
        }
    }

    #[test]
    fn a_login_has_no_case_no_compatibility_forms_and_nothing_invisible() {
        assert_eq!(login(" A\u{308}da@Example.com "), "\u{e4}da@example.com");
        for twin in
            ["gil@example.com", "gil\u{200b}@example.com", "ＧＩＬ＠example.com", "g\u{ad}il@EXAMPLE.com\u{feff}"]
        {
            assert_eq!(login(twin), "gil@example.com", "{twin:?}");
        }
        assert_eq!(login("jürgen@x_y"), "jürgen@x_y", "not an address");
        assert_eq!(login(" No Address "), "no address");
    }
}
