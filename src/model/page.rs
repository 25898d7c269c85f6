//! One page of a list.

use serde::{Deserialize, Serialize};

/// Rows with the cursors of their neighbours. A cursor is opaque text for the URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// In the list's order.
    pub rows: Vec<T>,
    /// How many there are in all, under the same filter.
    pub total: i64,
    /// Cursor of the page before, if there is one.
    pub before: Option<String>,
    /// Cursor of the page after, if there is one.
    pub after: Option<String>,
}
