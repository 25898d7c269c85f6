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

impl<T> Page<T> {
    /// Whether there are rows, but none from here on: those that a link to this page meant are gone.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.rows.is_empty() && self.total > 0
    }
}

/// Which page of a list that is cut into pages of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// From 0 on.
    pub number: i64,
    /// Rows of a page, at least one.
    pub size: i64,
}

impl Numbered {
    /// Rows before it; behind every end where that is no number any more.
    #[must_use]
    pub const fn offset(self) -> i64 {
        self.number.saturating_mul(self.size)
    }

    /// Pages of so many rows.
    #[must_use]
    pub const fn pages(self, total: i64) -> i64 {
        (total + self.size - 1) / self.size
    }
}

/// The first of something that isn't paged: nobody has so many that a page for the others would be worth it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited<T> {
    /// As many as are shown.
    pub rows: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}
