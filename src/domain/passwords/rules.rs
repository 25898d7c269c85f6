//! The password rules of NIST 800-63B-4 as `product.md` sets them.

use std::{collections::HashSet, fmt, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

/// Ranked common passwords of at least eight characters (from zxcvbn's lists, MIT).
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Where the password is the only factor.
const MIN: usize = 15;
const MAX: usize = 128;
/// A shorter login inside a password is a coincidence.
const LOGIN_MIN: usize = 4;

/// A password that keeps the rules. `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// Parses a new password for `login`. Spaces count and stay; there are no composition rules.
    pub fn parse(text: &str, login: &str) -> Result<Self, String> {
        let password: String = text.nfc().collect();
        let length = password.chars().count();
        let lower = password.to_lowercase();
        if length == 0 {
            Err("enter a password".into())
        } else if length < MIN {
            Err(format!("use at least {MIN} characters; a few words in a row are easy to remember"))
        } else if length > MAX {
            Err(format!("use at most {MAX} characters"))
        } else if COMMON.contains(lower.as_str()) {
            Err("this is a password that everybody tries; choose another".into())
        } else if contains_login(&lower, login) {
            Err("leave the e-mail address out of the password".into())
        } else {
            Ok(Self(password))
        }
    }

    /// A typed password to compare with a stored one: normalised, and cut where no stored one is longer.
    #[must_use]
    pub fn attempt(text: &str) -> Self {
        Self(text.nfc().take(MAX + 1).collect())
    }

    /// The text, for hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn contains_login(password: &str, login: &str) -> bool {
    let local = login.split('@').next().unwrap_or_default();
    (local.chars().count() >= LOGIN_MIN && password.contains(local)) || (!login.is_empty() && password.contains(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_phrases_pass_and_short_or_known_ones_do_not() {
        assert!(Password::parse("correct horse battery staple", "ada@example.com").is_ok());
        for bad in ["", "short", "fourteen chars", "my lovelace phrase 22", &"x".repeat(129)] {
            assert!(Password::parse(bad, "lovelace@example.com").is_err(), "{bad:?}");
        }
        let known = COMMON.iter().find(|p| p.chars().count() >= MIN).unwrap();
        assert!(Password::parse(known, "ada@example.com").is_err());
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        let composed = Password::parse("caf\u{e9} au lait s'il vous plait", "a@b.c").unwrap();
        assert_eq!(composed, Password::attempt("cafe\u{301} au lait s'il vous plait"));
    }
}
