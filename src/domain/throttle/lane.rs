//! The arithmetic of one lane: how tries add up, are forgotten, and are waited for.

use super::kind::Limit;
use crate::model::timestamp::{SKEW, Timestamp};

/// Tries that were counted and are not forgotten yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Lane {
    /// How many.
    pub tries: i64,
    /// From when on the next is forgotten.
    pub counted_at: Timestamp,
    /// Nobody may try before.
    pub blocked_until: Timestamp,
}

impl Lane {
    const fn empty(now: Timestamp) -> Self {
        Self { tries: 0, counted_at: now, blocked_until: Timestamp(0) }
    }

    /// The lane as it is at `now`. What a clock wrote that was ahead, and came back, isn't believed: it would count, or
    /// make wait, for years.
    pub const fn at(self, limit: Limit, now: Timestamp) -> Self {
        let from_the_future = self.counted_at.0 > now.plus_seconds(SKEW).0
            || self.blocked_until.0 > now.plus_seconds(limit.longest_wait + SKEW).0;
        let elapsed = now.seconds_since(self.counted_at);
        let forgotten = if elapsed > 0 { elapsed / limit.forgotten_in } else { 0 };
        if from_the_future || forgotten >= self.tries {
            return Self {
                blocked_until: if from_the_future { Timestamp(0) } else { self.blocked_until },
                ..Self::empty(now)
            };
        }
        let counted_at = self.counted_at.plus_seconds(forgotten * limit.forgotten_in);
        Self { tries: self.tries - forgotten, counted_at, ..self }
    }

    /// Seconds until somebody may try; 0 for now.
    pub const fn wait(self, now: Timestamp) -> i64 {
        let left = self.blocked_until.0 - now.0;
        if left > 0 { (left + 999) / 1000 } else { 0 }
    }

    /// The lane with one try more.
    pub fn counting(self, limit: Limit, now: Timestamp) -> Self {
        let tries = self.tries + 1;
        let over = (tries - limit.free + 1).clamp(0, limit.longest_wait);
        let blocked_until = match over {
            0 => self.blocked_until,
            over => now.plus_seconds((limit.first_wait * over * over).min(limit.longest_wait)),
        };
        Self { tries, blocked_until, ..self }
    }

    /// The lane without a try, after which it was `counted`. A wait that another try caused stays.
    pub const fn without(self, counted: Self) -> Self {
        let same = self.blocked_until.0 == counted.blocked_until.0;
        Self {
            tries: if self.tries > 0 { self.tries - 1 } else { 0 },
            blocked_until: if same { Timestamp(0) } else { self.blocked_until },
            ..self
        }
    }

    /// When nothing of it is left.
    pub const fn forgotten_at(self, limit: Limit) -> Timestamp {
        let forgotten = self.counted_at.plus_seconds(self.tries * limit.forgotten_in);
        if forgotten.0 > self.blocked_until.0 { forgotten } else { self.blocked_until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { free: 3, first_wait: 60, longest_wait: 600, forgotten_in: 900 };
    const NOW: Timestamp = Timestamp(1_000_000_000);

    /// Fails `n` times, each as soon as it may; the waits after each.
    fn fail(n: usize) -> (Vec<i64>, Lane) {
        let (mut lane, mut now, mut waits) = (Lane::empty(NOW), NOW, Vec::new());
        for _ in 0..n {
            now = now.plus_seconds(lane.wait(now));
            lane = lane.at(LIMIT, now).counting(LIMIT, now);
            waits.push(lane.wait(now));
        }
        (waits, lane)
    }

    #[test]
    fn waits_grow_to_a_longest() {
        assert_eq!(fail(7).0, [0, 0, 60, 240, 540, 600, 600]);
    }

    #[test]
    fn failures_are_forgotten_one_by_one() {
        let (_, lane) = fail(3);
        assert_eq!(lane.at(LIMIT, NOW.plus_seconds(899)).tries, 3);
        assert_eq!(lane.at(LIMIT, NOW.plus_seconds(1799)).tries, 2);
        assert_eq!(lane.at(LIMIT, NOW.plus_seconds(2700)).tries, 0);
        assert_eq!(lane.forgotten_at(LIMIT), NOW.plus_seconds(2700));
    }

    #[test]
    fn a_try_that_is_given_back_never_was() {
        let lane = fail(2).1;
        let last = lane.counting(LIMIT, NOW);
        assert_eq!(last.wait(NOW), 60);
        assert_eq!((last.without(last).tries, last.without(last).wait(NOW)), (2, 0));
        let other = last.counting(LIMIT, NOW);
        assert_eq!(other.without(last).wait(NOW), 240, "what another's failure made wait stays");
    }

    #[test]
    fn what_a_clock_wrote_that_was_ahead_is_not_believed() {
        let ahead = NOW.plus_seconds(10 * 365 * 86_400);
        let lane = Lane { tries: 3, counted_at: ahead, blocked_until: ahead.plus_seconds(60) };
        assert_eq!(lane.at(LIMIT, NOW), Lane::empty(NOW));
        let lane = Lane { tries: 3, counted_at: NOW, blocked_until: ahead };
        assert_eq!(lane.at(LIMIT, NOW).wait(NOW), 0);
        let other_node = Lane { tries: 3, counted_at: NOW.plus_seconds(2), blocked_until: NOW.plus_seconds(62) };
        assert_eq!(other_node.at(LIMIT, NOW), other_node, "two nodes' clocks may differ a little");
    }
}
