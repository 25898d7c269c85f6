//! The forms that programs of domains write names and numbers in (contract 004). Each text is walked once, however long.

/// Characters of a name.
pub const NAME_MAX: usize = 255;
/// Characters of an audience, and of scopes.
pub const WORDS_MAX: usize = 2000;

/// What people are called: Latin letters and digits, with blanks and some signs between them.
pub fn user_name(text: &str) -> Result<String, String> {
    let outer = |c: char| c.is_ascii_alphanumeric() || ('À'..='ÿ').contains(&c);
    bounded(text, outer, " _'.@-")
        .ok_or_else(|| "must have 1 to 255 letters and digits, with blanks and _ ' . @ - only between them".to_owned())
}

/// What roles are called: letters and digits, with blanks and some signs between them.
pub fn role_name(text: &str) -> Result<String, String> {
    bounded(text, |c| c.is_ascii_alphanumeric(), " _-")
        .ok_or_else(|| "must have 1 to 255 letters and digits, with blanks and _ - only between them".to_owned())
}

/// `text` without blanks around it, if it begins and ends with an outer character and has nothing else between but these
/// and the inner ones.
fn bounded(text: &str, outer: impl Fn(char) -> bool, inner: &str) -> Option<String> {
    let text = text.trim();
    let fits = text.chars().count() <= NAME_MAX
        && text.starts_with(&outer)
        && text.ends_with(&outer)
        && text.chars().all(|c| outer(c) || inner.contains(c));
    fits.then(|| text.to_owned())
}

/// A phone number as it was typed: `+` and 7 to 15 digits, with single blanks between them.
pub fn phone(text: &str) -> Result<String, String> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or_default();
    let count = digits.chars().filter(char::is_ascii_digit).count();
    let fits = (7..=15).contains(&count)
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == ' ')
        && !digits.contains("  ");
    match fits {
        true => Ok(text.to_owned()),
        false => Err("must be + and 7 to 15 digits, with single blanks between them, like +48 22 555 01 77".into()),
    }
}

/// What a token is for: words of small letters, digits and hyphens, with one blank between them.
pub fn audience(text: &str) -> Result<String, String> {
    let text = text.trim();
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    match (1..=WORDS_MAX).contains(&text.len()) && text.split(' ').all(word) {
        true => Ok(text.to_owned()),
        false => Err("must be words of small letters, digits and hyphens, with one blank between them".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_and_end_with_what_they_are_made_of() {
        for good in ["Lin", "L", "Lin Mo", "José O'Neill-Ruiz", "a_b.c@d-e", "  Lin ", "9", &"x".repeat(255)] {
            assert_eq!(user_name(good).as_deref(), Ok(good.trim()), "{good}");
        }
        for bad in ["", " ", "_Lin", "Lin.", "Lin!", "Li\nn", "Li\u{0}n", "Łucja", "-", &"x".repeat(256)] {
            assert!(user_name(bad).is_err(), "{bad}");
        }
        for (text, fits) in [("pilot", true), ("NO_PRIVILEGES", true), ("role!", false), ("é", false), ("a.b", false)]
        {
            assert_eq!(role_name(text).is_ok(), fits, "{text}");
        }
        assert!(user_name(&format!("{}!", "a ".repeat(127))).is_err());
    }

    #[test]
    fn phones_and_audiences_have_single_blanks() {
        for good in ["+48 22 555 01 77", "+1234567", "+123456789012345", "+1 2 3 4 5 6 7"] {
            assert_eq!(phone(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "600123456",
            "+1  555 0000",
            "+123456",
            "+1234567890123456",
            "+ 1234567",
            "+12345 6x",
            "+1234567\u{a0}8",
        ] {
            assert!(phone(bad).is_err(), "{bad}");
        }
        assert_eq!(audience("http apiv2-admin").as_deref(), Ok("http apiv2-admin"));
        for bad in ["", "HTTP", "a  b", "a,b", &"a".repeat(2001)] {
            assert!(audience(bad).is_err(), "{bad}");
        }
    }
}
