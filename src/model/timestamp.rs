//! Moments in time, stored as integers so that both engines sort them alike.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Seconds by which the clocks of two nodes may differ. What was made longer than that after the present was made by a
/// clock that was ahead, and isn't believed.
pub const SKEW: i64 = 300;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

impl Timestamp {
    /// This moment moved by `seconds`, which may be negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// Whole seconds from `earlier` to this moment.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1000
    }
}

/// A moment as a page shows it: short, and exact in the tooltip and the `datetime` attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// For people: `2 min ago`, `yesterday`, `12 Nov`.
    pub label: String,
    /// RFC 3339 in UTC.
    pub exact: String,
}
