//! Reading what was sent: every field is looked at, so that whoever sent it mends everything at once.

use crate::model::error::FieldErrors;

/// What is wrong with what was sent, by field.
#[derive(Debug, Default)]
pub struct Problems(FieldErrors);

impl Problems {
    /// What a field holds, unless that can't be used; the message is kept, and reading goes on with the next.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|message| self.0.add(field, message)).ok()
    }

    /// The version that somebody looked at, which nobody types.
    pub fn version(&mut self, field: &str, text: &str) -> Option<i64> {
        self.check(field, text.parse().map_err(|_| "open the form again".to_owned()))
    }

    /// Adds a message that concerns a field in the light of another.
    pub fn refuse(&mut self, field: &str, message: &str) {
        self.0.add(field, message);
    }

    /// `value` if nothing at all was wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, FieldErrors> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}
