//! Where a page of the list begins, as text for a URL.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::model::{id::UserId, user::UserSort};

/// A place in a list: the sort value of a row and its id.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cursor(pub Key, pub UserId);

/// What the list is sorted by.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    Number(i64),
    Text(String),
}

impl Cursor {
    /// As text for a URL.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// A cursor that can't be read, or is of another order, means the first page.
    pub fn decode(text: Option<&String>, sort: UserSort) -> Option<Self> {
        let cursor: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text?).ok()?).ok()?;
        let textual = matches!(sort, UserSort::Name | UserSort::Email);
        let storable = match &cursor.0 {
            Key::Text(text) => textual && !text.contains('\0'),
            Key::Number(_) => !textual,
        };
        storable.then_some(cursor)
    }
}
