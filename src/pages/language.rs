//! The language of a page. The console speaks English; pages for strangers, and those of one's own account, speak the reader's.

use super::form::FormState;
use crate::{domain::passwords::minimum::Minimum, http::visit::visit, mail::texts::Texts, model::error::FieldErrors};

/// What a page says, in one language.
#[derive(Clone, Copy, Default)]
pub struct Language(Option<&'static Texts>);

impl Language {
    /// The reader's, for this visit; English where they want none that there is.
    #[must_use]
    pub fn here() -> Self {
        Self(visit().languages.best())
    }

    /// That of the page as a whole: the console speaks English, pages for strangers and of one's own account the reader's.
    #[must_use]
    pub fn of_page() -> Self {
        if visit().is_gate || visit().is_own { Self::here() } else { Self::default() }
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

    /// What the domain says in English; as it is where no message is that.
    #[must_use]
    pub fn said(self, english: &str) -> String {
        self.0.map_or_else(|| english.to_owned(), |texts| texts.translated(english))
    }

    /// What a new password has at least.
    #[must_use]
    pub fn password_hint(self, least: Minimum) -> String {
        let said = |id, count: usize| self.say_of(id, &[("count", &count.to_string())]);
        let length = said("page-password-length", least.length);
        match least.kinds {
            0..=1 => length,
            kinds => format!("{length} {}", said("page-password-kinds", kinds)),
        }
    }

    /// A form's messages, said in this language.
    #[must_use]
    pub fn translated(self, mut form: FormState) -> FormState {
        if let Some(refusal) = &mut form.refusal {
            let mut fields = FieldErrors::default();
            for (name, message) in refusal.fields.iter() {
                fields.add(name, self.said(message));
            }
            refusal.fields = fields;
            refusal.message = self.said(&refusal.message);
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
}
