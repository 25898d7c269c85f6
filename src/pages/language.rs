//! The language of a page. The console speaks English; pages that mailed links lead to speak that of the mail.

use super::form::FormState;
use crate::{
    mail::texts::Texts,
    model::{error::FieldErrors, fields::Fields},
};

/// What a page says, in one language.
#[derive(Clone, Copy, Default)]
pub struct Language(Option<&'static Texts>);

impl Language {
    /// The one that an address names; English without one.
    #[must_use]
    pub fn of(fields: &Fields) -> Self {
        match fields.text("lang") {
            "" => Self::default(),
            code => Self(Texts::of(code)),
        }
    }

    /// A message.
    #[must_use]
    pub fn say(self, id: &str) -> String {
        self.say_of(id, &[])
    }

    /// A message about something.
    #[must_use]
    pub fn say_of(self, id: &str, values: &[(&'static str, &str)]) -> String {
        self.0.or_else(|| Texts::of("en")).map(|texts| texts.say(id, values)).unwrap_or_default()
    }

    /// A form's messages, said in this language.
    #[must_use]
    pub fn translated(self, mut form: FormState) -> FormState {
        if let (Some(texts), Some(refusal)) = (self.0, &mut form.refusal) {
            let mut fields = FieldErrors::default();
            for (name, message) in refusal.fields.iter() {
                fields.add(name, texts.translated(message));
            }
            refusal.fields = fields;
            refusal.message = texts.translated(&refusal.message);
        }
        form
    }

    /// As `lang` of HTML names it.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.map_or("en", |texts| texts.code.as_str())
    }

    /// Whether it is written from right to left, as `dir` of HTML says it.
    #[must_use]
    pub fn direction(self) -> String {
        self.0.map_or_else(|| "ltr".into(), Texts::direction)
    }

    /// An address of a page, in this language.
    #[must_use]
    pub fn link(self, path: &str) -> String {
        self.0.map_or_else(|| path.to_owned(), |texts| crate::mail::links::in_language(path, &texts.code))
    }
}
