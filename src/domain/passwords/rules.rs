//! The password rules of NIST 800-63B-4 as `product.md` sets them.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::{
    minimum::{MAX, Minimum},
    names,
    parts::{self, Made},
};

/// The least number of characters where the password is the only factor.
pub const ALONE: usize = 15;
/// The same beside a second one, and the least that anybody can ask for.
pub const BESIDE: usize = 8;
/// A shorter login inside a password is a coincidence.
const LOGIN_MIN: usize = 4;

/// Whose password it is to be, for what must not be in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The e-mail address or other name to log in with. No part of a password may be it.
    pub login: &'a str,
    /// The person's and the tenant's names. They may not be all that a password consists of.
    pub names: &'a [&'a str],
}

/// A password that keeps the rules. `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// Parses a new password that has at least this. Spaces count and stay.
    pub fn parse(text: &str, about: &About<'_>, least: Minimum) -> Result<Self, String> {
        let password: String = text.nfc().collect();
        check(&password, about, least).map(|()| Self(password))
    }

    /// Checks it once more, when more is known of whose it is.
    pub fn recheck(&self, about: &About<'_>, least: Minimum) -> Result<(), String> {
        check(&self.0, about, least)
    }

    /// A typed password to compare with a stored one: normalised, and cut where no stored one is longer.
    #[must_use]
    pub fn attempt(text: &str) -> Self {
        Self(text.nfc().take(MAX + 1).collect())
    }

    /// Whether it has at least this.
    #[must_use]
    pub fn has(&self, least: Minimum) -> bool {
        least.lacking(&self.0).is_none()
    }

    /// The text, for hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Checks a normalised password against the rules.
fn check(password: &str, about: &About<'_>, least: Minimum) -> Result<(), String> {
    if password.is_empty() {
        Err("enter a password".into())
    } else if let Some(lacking) = least.lacking(password) {
        Err(lacking)
    } else if password.chars().count() > MAX {
        Err(format!("use at most {MAX} characters"))
    } else if let Some(made) = parts::made(&names::plain(password), &names::own(about.names)) {
        Err(reason(made).into())
    } else if contains_login(&password.to_lowercase(), &about.login.to_lowercase()) {
        Err("leave the e-mail address out of the password".into())
    } else {
        Ok(())
    }
}

fn reason(made: Made) -> &'static str {
    match made {
        Made::Nothing => "this is little but blanks; write a few words",
        Made::Character => "this repeats one character; write a few words",
        Made::Keys => "this is a row of keys; write a few words",
        Made::Names => "this is your own name or the name of this place; choose words that do not lead to you",
        Made::Common => "this is a password that everybody tries; choose another",
        Made::Repeat => "this repeats one word; add other words",
        Made::Decorated => "this is one common word with digits or a row of keys; add other words",
    }
}

fn contains_login(password: &str, login: &str) -> bool {
    let local = login.split('@').next().unwrap_or_default();
    (local.chars().count() >= LOGIN_MIN && password.contains(local)) || (!login.is_empty() && password.contains(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: About<'_> = About {
        login: "lovelace@example.com",
        names: &["Ada", "Lovelace", "Ada Lovelace", "Analytical Engines Ltd", "engines"],
    };

    fn refusal(text: &str) -> String {
        Password::parse(text, &ADA, Minimum::of(ALONE)).expect_err(text)
    }

    #[test]
    fn long_phrases_pass_and_short_or_known_ones_do_not() {
        for good in GOOD.iter().flat_map(|line| line.split('|')) {
            assert_eq!(Password::parse(good, &ADA, Minimum::of(ALONE)).err(), None, "{good:?}");
        }
        for bad in ["", "short", "fourteen chars", "my lovelace phrase 22", "my LOVELACE phrase 22", &"x".repeat(129)] {
            assert!(Password::parse(bad, &ADA, Minimum::of(ALONE)).is_err(), "{bad:?}");
        }
    }

    const GOOD: [&str; 7] = [
        "correct horse battery staple|correcthorsebatterystaple|Correct-Horse-Battery-Staple|monkey dragon sunshine",
        "the cat sat on my lap|purple donkeys wash dishes|summer holidays 1987 in Brighton|my dog eats blue socks",
        "password castellan rhubarb|administrator of nothing|qwerty keyboards are old|letmein through the window 12345",
        "der Hund schläft auf dem Sofa|Donau Dampf Schiff Fahrt|sieben grüne Äpfel im Korb|Morgens trinke ich Tee 4711",
        "le chat dort sur le canapé|trois petits cochons roses|j'adore les crêpes au sucre|la pluie tombe à Paris",
        "xK7#mQ2$vL9@pR4!|vTq9wZr4bNc7xLd2|k3v-x9f-m2q-p7d|f47ac10b-58cc-4372-a567-0e02b2c3d479|hjqkwvzpxmrtbnd",
        "830174629518306|Tr0ub4dor&3Tr1buna|ひらがなとカタカナと漢字のことば|кот спит на моём диване|🦀 crabs & 🐙 squids dance",
    ];

    #[test]
    fn what_everybody_tries_is_refused_with_its_reason() {
        for (text, reason) in [
            ("passwordpassword", "everybody tries"),
            ("123456789012345", "row of keys"),
            ("aaaaaaaaaaaaaaa", "repeats one character"),
            ("qwertyuiopasdfg", "row of keys"),
            ("administrator123", "everybody tries"),
            ("1q2w3e4r5t6y7u8i9o0p", "row of keys"),
            ("castellan castellan", "name of this place"),
            ("password1234567", "everybody tries"),
            ("umbrella umbrella", "repeats one word"),
            ("Sunshine-98765432", "one common word"),
            ("dragondragondragon!", "one common word"),
            ("1234 administrator 2024", "one common word"),
            ("1234567890manchester", "one common word"),
            ("manchesterunited", "everybody tries"),
            ("               ", "little but blanks"),
        ] {
            assert!(refusal(text).contains(reason), "{text:?}: {}", refusal(text));
        }
    }

    #[test]
    fn case_and_blanks_do_not_help() {
        assert!(refusal("Pass Word PASS word").contains("everybody tries"));
        assert!(refusal("Q w E r T y U i O p").contains("row of keys"));
        assert!(refusal("AdMinistrator\u{a0} 3 2 1 !").contains("one common word"));
        assert!(refusal("a  A  a  A  a  A").contains("repeats one character"));
    }

    #[test]
    fn own_names_do_repeated_joined_or_decorated() {
        let about = About { login: "a.l@example.com", ..ADA };
        for text in [
            "Lovelace LOVELACE",
            "ada lovelace ada",
            "lovelaceadalovelaceada",
            "Ada Lovelace 12345",
            "analytical engines ltd",
            "AnalyticalEngines2024",
            "enginesenginesengines",
            "castellan1234567",
            "castellan lovelace",
        ] {
            let refusal = Password::parse(text, &about, Minimum::of(ALONE)).expect_err(text);
            assert!(refusal.contains("own name"), "{text:?}: {refusal}");
        }
        assert!(Password::parse("engines of difference", &about, Minimum::of(ALONE)).is_ok());
        assert!(Password::parse("lovelace wrote a program", &about, Minimum::of(ALONE)).is_ok());
    }

    #[test]
    fn the_minimum_can_be_lower() {
        for (text, good) in
            [("love1234", false), ("lovelove", false), ("qwertyui", false), ("fuzzkilt", true), ("x7Kq9vT2", true)]
        {
            assert_eq!(check(text, &About::default(), Minimum::of(BESIDE)).is_ok(), good, "{text:?}");
        }
        assert!(
            check("fuzzkil", &About::default(), Minimum::of(BESIDE)).is_err_and(|reason| reason.contains("at least 8"))
        );
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        let composed = Password::parse("caf\u{e9} au lait s'il vous plait", &ADA, Minimum::of(ALONE)).unwrap();
        assert_eq!(composed, Password::attempt("cafe\u{301} au lait s'il vous plait"));
        assert_eq!(format!("{composed:?}"), "Password(…)");
    }
}
