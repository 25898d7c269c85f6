//! Where a page of the list begins, as text for a URL.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::list::Listed;
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

    /// The place of a row in a list of this order.
    pub fn of(row: &Listed, sort: UserSort) -> Self {
        let key = match sort {
            UserSort::Name => Key::Text(row.name_key.clone()),
            UserSort::Email => Key::Text(row.login.clone()),
            UserSort::Created => Key::Number(row.created_at.0),
            UserSort::LastSignIn => Key::Number(row.last_sign_in_at.map_or(0, |at| at.0)),
        };
        Self(key, row.id)
    }
}
