//! Pages of lists that are ordered by name: each begins after the last row of the one before, so that the
//! thousandth costs what the first does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::model::page::{Limited, Page};

/// Rows of one page.
pub const PAGE: i64 = 50;
/// Rows of a list that isn't paged, and options of a choice on a form.
pub const LIMIT: i64 = 500;

/// A place in a list: the name and the id of the last row that was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place<Id> {
    /// As the list sorts it.
    pub name: String,
    /// Decides among equal names.
    pub id: Id,
}

impl<Id: Serialize + DeserializeOwned> Place<Id> {
    /// Before everything: the empty name and the smallest id.
    #[must_use]
    pub const fn start(id: Id) -> Self {
        Self { name: String::new(), id }
    }

    /// As text for a URL.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(&self.name, &self.id)).unwrap_or_default())
    }

    /// A place that can't be read is the start.
    #[must_use]
    pub fn decode(text: &str, start: Id) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let read: Option<(String, Id)> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match read {
            Some((name, id)) if !name.contains('\0') => Self { name, id },
            _ => Self::start(start),
        }
    }
}

/// The first out of `LIMIT + 1` rows.
#[must_use]
pub fn limited<T>(mut rows: Vec<T>) -> Limited<T> {
    let more = rows.len() as i64 > LIMIT;
    rows.truncate(LIMIT as usize);
    Limited { rows, more }
}

/// A page out of `PAGE + 1` rows.
pub fn page<T, Id: Serialize + DeserializeOwned>(rows: Vec<T>, total: i64, place: impl Fn(&T) -> Place<Id>) -> Page<T> {
    page_of(PAGE, rows, total, place)
}

/// A page of another size out of `size + 1` rows.
pub fn page_of<T, Id: Serialize + DeserializeOwned>(
    size: i64,
    mut rows: Vec<T>,
    total: i64,
    place: impl Fn(&T) -> Place<Id>,
) -> Page<T> {
    let more = rows.len() as i64 > size;
    rows.truncate(size as usize);
    let after = rows.last().filter(|_| more).map(|row| place(row).encode());
    Page { rows, total, before: None, after }
}
