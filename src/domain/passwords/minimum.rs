//! What a new password has at least: characters, and kinds of them.

/// How many kinds of characters there are.
pub const KINDS: usize = 4;
/// No password is longer.
pub const MAX: usize = 128;

/// What a new password has at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// So many characters.
    pub length: usize,
    /// Characters of so many of the four kinds: small letters, capitals, digits, others. Nobody is helped by this (NIST
    /// 800-63B-4 advises against it), but some have to ask it.
    pub kinds: usize,
}

impl Minimum {
    /// The most that can be asked.
    pub const MOST: Self = Self { length: MAX, kinds: KINDS };

    /// So many characters, of whatever kind.
    #[must_use]
    pub const fn of(length: usize) -> Self {
        Self { length, kinds: 1 }
    }

    /// What a password lacks, as its reader is told; `None` where it lacks nothing.
    #[must_use]
    pub fn lacking(self, password: &str) -> Option<String> {
        let Self { length, kinds } = self;
        if password.chars().count() < length {
            Some(format!("use at least {length} characters; a few words in a row are easy to remember"))
        } else if kinds_of(password) < kinds {
            Some(format!("use at least {kinds} of these: small letters, capitals, digits, other characters"))
        } else {
            None
        }
    }
}

/// How many kinds of characters a text has. A letter of a script without capitals is a small one.
fn kinds_of(text: &str) -> usize {
    let is_small = |c: char| c.is_alphabetic() && !c.is_uppercase();
    let is_other = |c: char| !c.is_alphabetic() && !c.is_numeric();
    let kinds: [&dyn Fn(char) -> bool; KINDS] = [&is_small, &char::is_uppercase, &char::is_numeric, &is_other];
    kinds.iter().filter(|is_one| text.chars().any(is_one)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_in_every_script() {
        for (text, kinds) in [
            ("", 0),
            ("abc", 1),
            ("abC", 2),
            ("abC4", 3),
            ("a C4", 4),
            ("été Été", 3),
            ("кот 7", 3),
            ("مرور", 1),
            ("ひらがな٣", 2),
            ("1234", 1),
        ] {
            assert_eq!(kinds_of(text), kinds, "{text:?}");
        }
    }

    #[test]
    fn what_is_lacking_is_said_one_by_one() {
        let minimum = Minimum { length: 8, kinds: 3 };
        assert!(minimum.lacking("abC4").unwrap().contains("at least 8"));
        assert!(minimum.lacking("abcdefgh1").unwrap().contains("at least 3 of these"));
        assert_eq!(minimum.lacking("abcdefG1"), None);
    }
}
