//! How often somebody may ask: counted in memory by each node, in windows of a minute that begin with the first call.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::model::{id::UserId, timestamp::Timestamp};

/// How many calls pass in one window.
pub const CALLS: u32 = 500;
/// How long a window is, in seconds.
const WINDOW: i64 = 60;
/// Windows that are kept at once, some 8 MiB. Beyond them whoever has none yet is told to wait: only administrators make
/// service accounts, so nobody gets here by accident.
const MOST: usize = 100_000;
/// So many windows are kept before the first look for those that are over.
const SWEPT_FROM: usize = 1_024;

/// Who asks, and for what.
pub type Key = (UserId, &'static str);

/// All windows that are open.
#[derive(Debug)]
pub struct Rates(Mutex<Windows>);

#[derive(Debug)]
struct Windows {
    by_key: HashMap<Key, Window>,
    /// At so many those that are over are removed, so that a sweep costs no call more than a constant.
    swept_from: usize,
    /// When that was last done; nothing more is over before the clock goes on.
    swept_at: Timestamp,
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    calls: u32,
}

/// How it stands with whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether this call passes.
    pub passes: bool,
    /// How many more do in this window.
    pub remaining: u32,
    /// Seconds until all are there again, from 1 to 60.
    pub reset: i64,
}

impl Default for Rates {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Rates {
    fn of(most: usize) -> Self {
        let (by_key, swept_at) = (HashMap::new(), Timestamp(i64::MIN));
        Self(Mutex::new(Windows { by_key, swept_from: SWEPT_FROM.min(most), swept_at, most }))
    }

    /// Counts a call. One that doesn't pass is not counted, so whoever keeps on calling doesn't wait the longer for it.
    pub fn count(&self, now: Timestamp, key: Key) -> Standing {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count(now, key)
    }
}

impl Windows {
    fn count(&mut self, now: Timestamp, key: Key) -> Standing {
        if let Some(window) = self.by_key.get_mut(&key).filter(|window| window.is_open(now)) {
            return window.count(now);
        }
        if !self.by_key.contains_key(&key) && !self.has_room(now) {
            return Standing { passes: false, remaining: 0, reset: WINDOW };
        }
        let mut window = Window { began: now, calls: 0 };
        let standing = window.count(now);
        self.by_key.insert(key, window);
        standing
    }

    fn has_room(&mut self, now: Timestamp) -> bool {
        if self.by_key.len() >= self.swept_from && self.swept_at.0 / 1000 != now.0 / 1000 {
            self.by_key.retain(|_, window| window.is_open(now));
            self.swept_at = now;
            self.swept_from = (2 * self.by_key.len()).max(SWEPT_FROM).min(self.most);
        }
        self.by_key.len() < self.most
    }
}

impl Window {
    /// One that began later than now is of a clock that was ahead.
    fn is_open(&self, now: Timestamp) -> bool {
        self.began <= now && now < self.began.plus_seconds(WINDOW)
    }

    fn count(&mut self, now: Timestamp) -> Standing {
        let passes = self.calls < CALLS;
        self.calls += u32::from(passes);
        let left = self.began.plus_seconds(WINDOW).0 - now.0;
        Standing { passes, remaining: CALLS - self.calls, reset: ((left + 999) / 1000).clamp(1, WINDOW) }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc, thread};

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn key(number: u128) -> Key {
        (UserId(uuid::Uuid::from_u128(number)), "row")
    }

    fn standing(passes: bool, remaining: u32, reset: i64) -> Standing {
        Standing { passes, remaining, reset }
    }

    #[test]
    fn a_window_lasts_a_minute_from_the_first_call_on() {
        let rates = Rates::default();
        assert_eq!(rates.count(NOW, key(1)), standing(true, 499, 60));
        let later = Timestamp(NOW.0 + 100);
        let last = (1..CALLS).map(|_| rates.count(later, key(1))).last();
        assert_eq!(last, Some(standing(true, 0, 60)));
        assert_eq!(rates.count(NOW.plus_seconds(59), key(1)), standing(false, 0, 1));
        assert_eq!(rates.count(Timestamp(NOW.0 + 59_999), key(1)), standing(false, 0, 1));
        assert_eq!(rates.count(later, key(2)), standing(true, 499, 60), "somebody else");
        assert_eq!(rates.count(later, (key(1).0, "other")), standing(true, 499, 60), "something else");
        assert_eq!(rates.count(NOW.plus_seconds(60), key(1)), standing(true, 499, 60));
        assert_eq!(rates.count(NOW.plus_seconds(-3600), key(1)), standing(true, 499, 60), "the clock was ahead");
    }

    #[test]
    fn of_calls_at_once_as_many_pass_as_of_calls_in_turn() {
        let rates = Arc::new(Rates::default());
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let rates = rates.clone();
                thread::spawn(move || (0..100).map(|_| rates.count(NOW, key(1))).collect::<Vec<_>>())
            })
            .collect();
        let all: Vec<Standing> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
        let passed: BTreeSet<u32> = all.iter().filter(|one| one.passes).map(|one| one.remaining).collect();
        assert_eq!(passed, (0..CALLS).collect(), "each number once");
        assert_eq!(all.iter().filter(|one| !one.passes).count(), 300);
    }

    #[test]
    fn windows_that_are_over_make_room_and_there_is_a_most() {
        let rates = Rates::of(3);
        assert!((0..3).all(|number| rates.count(NOW, key(number)).passes));
        assert_eq!(rates.count(NOW, key(3)), standing(false, 0, 60), "nobody's window is given to another");
        assert!(rates.count(NOW.plus_seconds(59), key(2)).passes);
        assert!(rates.count(NOW.plus_seconds(60), key(3)).passes);
        assert_eq!(rates.0.lock().unwrap().by_key.len(), 1);
    }

    #[test]
    fn those_that_are_over_are_removed_long_before_the_most() {
        let rates = Rates::default();
        let mut now = NOW;
        for minute in 0..20 {
            for number in 0..1_000 {
                rates.count(now, key(minute * 1_000 + number));
            }
            now = now.plus_seconds(WINDOW);
        }
        assert!(rates.0.lock().unwrap().by_key.len() <= 2 * SWEPT_FROM);
    }
}
