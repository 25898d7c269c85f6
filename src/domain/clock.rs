//! The only place that asks the machine for the time or for randomness. Everything else is handed a
//! [`Clock`], so that tests move time and expiry is tested without waiting.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use rand::Rng;
use uuid::Uuid;

use crate::model::timestamp::Timestamp;

/// Tells the time and makes ids.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// A test's: stands still until it is moved.
    Fixed(Arc<AtomicI64>),
    /// The machine's, moved by the seconds that a file holds: for trying out what time does to a whole server.
    Moved(PathBuf),
}

/// Names the file of [`Clock::Moved`].
pub const MOVED_BY: &str = "CASTELLAN_DEV_CLOCK";

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    /// The machine's clock, unless the environment names a file of seconds to move it by.
    pub fn from_environment() -> Result<Self, String> {
        let Some(file) = std::env::var_os(MOVED_BY).filter(|file| !file.is_empty()).map(PathBuf::from) else {
            return Ok(Self::System);
        };
        seconds(&file).ok_or_else(|| format!("{MOVED_BY} must name a file that holds a number of seconds"))?;
        Ok(Self::Moved(file))
    }

    /// Moves a fixed clock; the machine's own can't be moved.
    pub fn advance(&self, seconds: i64) {
        if let Self::Fixed(at) = self {
            at.fetch_add(seconds * 1000, Ordering::SeqCst);
        }
    }

    /// The present moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
            Self::Moved(file) => Self::System.now().plus_seconds(seconds(file).unwrap_or_default()),
        }
    }

    /// A new UUIDv7: rises with time, and within one process also within one millisecond.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

fn seconds(file: &Path) -> Option<i64> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// A moment as RFC 3339 in UTC, to the second.
#[must_use]
pub fn exact(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A moment in UTC to the millisecond, as contract 004 writes it: `2026-04-18T07:15:00.000+0000`.
#[must_use]
pub fn to_the_millisecond(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// Fresh random bytes for secrets.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
