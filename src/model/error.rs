//! What is wrong with something that was sent: a message for each field.

use serde::{Deserialize, Serialize};

/// Messages by field name, in the order of the form. Lower-case, no full stop, and they say what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct FieldErrors {
    messages: Vec<(String, String)>,
    is_taken: bool,
}

impl From<Vec<(String, String)>> for FieldErrors {
    fn from(messages: Vec<(String, String)>) -> Self {
        Self { messages, is_taken: false }
    }
}

impl From<FieldErrors> for Vec<(String, String)> {
    fn from(errors: FieldErrors) -> Self {
        errors.messages
    }
}

impl FieldErrors {
    /// One message for one field.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// A field whose value is fine, and somebody else's: a form says so beside it, programs are told of a conflict.
    pub fn taken(field: &str, message: impl Into<String>) -> Self {
        Self { is_taken: true, ..Self::one(field, message) }
    }

    /// Whether what was sent could be used, if it weren't somebody else's.
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        self.is_taken
    }

    /// The same messages under the names that somebody else has for the fields.
    #[must_use]
    pub fn renamed(mut self, names: &[(&str, &str)]) -> Self {
        for (field, _) in &mut self.messages {
            if let Some((_, name)) = names.iter().find(|(own, _)| *own == field.as_str()) {
                (*name).clone_into(field);
            }
        }
        self
    }

    /// Adds a message.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.messages.push((field.to_owned(), message.into()));
    }

    /// The first message for `field`.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.messages.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Every field and its message.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.messages.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }
}

/// A refused form, as the browser half receives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What happened and what to do, as a sentence.
    pub message: String,
    /// What to mend, by field.
    pub fields: FieldErrors,
}
