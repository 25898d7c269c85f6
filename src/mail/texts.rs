//! Texts by language: a file of Fluent messages each in `texts/`. Another language is another file, and nothing else.

use std::{collections::BTreeMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use rust_embed::RustEmbed;

/// The language of whoever has another one that there is no file for.
const FALLBACK: &str = "en";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/texts"]
struct Files;

/// All that is said in one language.
pub struct Texts {
    /// Its code, as in `lang` of HTML.
    pub code: String,
    bundle: FluentBundle<FluentResource>,
}

/// Read when the first of them is needed.
static ALL: LazyLock<BTreeMap<String, Texts>> = LazyLock::new(|| {
    let code = |name: &str| name.trim_end_matches(".ftl").to_owned();
    Files::iter().filter_map(|name| Texts::read(&code(&name), &name)).map(|texts| (texts.code.clone(), texts)).collect()
});

/// What the names of messages begin with that the domain, or a page of the console, says in English besides.
const SAID: [&str; 5] = ["wrong-", "failed-", "done-", "may-", "time-"];

/// What is said in English, without its number, by which message that is: the domain speaks English, and pages for strangers
/// say it in the language of their reader.
static SAID_IN_ENGLISH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let file = Files::get("en.ftl").map(|file| file.data.into_owned()).unwrap_or_default();
    let text = String::from_utf8(file).unwrap_or_default();
    let is_said = |line: &&str| SAID.iter().any(|kind| line.starts_with(kind));
    let lines = text.lines().filter(is_said).filter_map(|line| line.split_once(" = "));
    lines.map(|(id, said)| (said.replace("{ $count }", ""), id.to_owned())).collect()
});

impl Texts {
    /// The texts for somebody with this locale (`de_AT`); English where there is no file for their language.
    #[must_use]
    pub fn of(locale: &str) -> Option<&'static Self> {
        Self::known(locale).or_else(|| ALL.get(FALLBACK))
    }

    /// The texts of this language (`de`, `de_AT`, `de-at`), if there is a file for it.
    #[must_use]
    pub fn known(locale: &str) -> Option<&'static Self> {
        let language = locale.split(['_', '-']).next().unwrap_or_default();
        ALL.get(&language.to_ascii_lowercase())
    }

    /// Those of every language.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        ALL.values()
    }

    /// `None` for a file that isn't one; a test says that all are.
    fn read(code: &str, name: &str) -> Option<Self> {
        let text = String::from_utf8(Files::get(name)?.data.into_owned()).ok()?;
        let resource = FluentResource::try_new(text).ok()?;
        let mut bundle = FluentBundle::new_concurrent(vec![code.parse().ok()?]);
        bundle.add_resource(resource).ok()?;
        Some(Self { code: code.to_owned(), bundle })
    }

    /// A message with its values filled in; in English where the language lacks it.
    #[must_use]
    pub fn say(&self, id: &str, values: &[(&'static str, &str)]) -> String {
        let said = self.own(id, values).or_else(|| ALL.get(FALLBACK).and_then(|english| english.own(id, values)));
        said.unwrap_or_else(|| id.to_owned())
    }

    fn own(&self, id: &str, values: &[(&'static str, &str)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut arguments = FluentArgs::new();
        values.iter().for_each(|(name, value)| arguments.set(*name, *value));
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
    }

    /// What is said in English, said in this language; as it is where no message is that.
    #[must_use]
    pub fn translated(&self, english: &str) -> String {
        if self.code == FALLBACK {
            return english.to_owned();
        }
        let plain: String = english.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        let count: String = english.chars().filter(char::is_ascii_digit).collect();
        match SAID_IN_ENGLISH.get(&plain) {
            Some(id) => self.say(id, &[("count", &count)]),
            None => english.to_owned(),
        }
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn direction(&self) -> String {
        self.say("direction", &[])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::permission::Permission;

    /// The messages of a file, each with the values that it names.
    fn messages(code: &str) -> BTreeMap<String, BTreeSet<String>> {
        let text = String::from_utf8(Files::get(&format!("{code}.ftl")).unwrap().data.into_owned()).unwrap();
        assert!(FluentResource::try_new(text.clone()).is_ok(), "{code}");
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                current = id.to_owned();
            }
            let values = line.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned());
            messages.entry(current.clone()).or_default().extend(values);
        }
        messages.remove("");
        messages
    }

    #[test]
    fn every_language_says_everything_with_the_same_values() {
        let english = messages(FALLBACK);
        assert!(english.len() > 15);
        for code in ["en", "de", "fr", "es", "ar"] {
            assert!(ALL.contains_key(code), "{code} is read");
        }
        for code in ALL.keys() {
            assert_eq!(messages(code), english, "{code}");
        }
    }

    #[test]
    fn a_locale_gets_its_language_or_english() {
        for (locale, code) in [("de_AT", "de"), ("fr", "fr"), ("ar-EG", "ar"), ("ja_JP", "en"), ("", "en")] {
            assert_eq!(Texts::of(locale).unwrap().code, code, "{locale}");
        }
        assert_eq!(Texts::of("ar").unwrap().direction(), "rtl");
        let said = Texts::of("de").unwrap().say("mail-greeting", &[("name", "Ada")]);
        assert!(said.contains("Ada") && !said.contains("mail-greeting"), "{said}");
        assert_eq!(Texts::of("de").unwrap().say("no-such-message", &[]), "no-such-message");
    }

    #[test]
    fn what_somebody_may_is_said_in_every_language() {
        for permission in Permission::ALL {
            for code in ["de", "fr", "es", "ar"] {
                let said = Texts::of(code).unwrap().translated(permission.sentence());
                assert_ne!(said, permission.sentence(), "{code}");
            }
        }
    }
}
