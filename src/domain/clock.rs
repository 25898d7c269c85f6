//! The only place that asks the machine for the time or for randomness. Everything else is handed a
//! [`Clock`], so that tests move time and expiry is tested without waiting.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
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
}

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
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
        }
    }

    /// A new UUIDv7: rises with time, and within one process also within one millisecond.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Fresh random bytes for secrets.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
