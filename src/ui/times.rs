//! Moments as pages show them. Times are UTC; the tooltip has the exact one.

use jiff::{Timestamp as Instant, tz::TimeZone};

use crate::model::timestamp::{Moment, Timestamp};

/// `at` as seen from `now`: short, and exact beside it.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp) -> Moment {
    let date = Instant::from_millisecond(at.0).unwrap_or_default().to_zoned(TimeZone::UTC);
    let today = Instant::from_millisecond(now.0).unwrap_or_default().to_zoned(TimeZone::UTC);
    let label = match now.seconds_since(at) {
        ..0 => date.strftime("%-d %b %Y").to_string(),
        0..60 => "just now".into(),
        seconds @ 60..3600 => format!("{} min ago", seconds / 60),
        seconds @ 3600..43_200 => format!("{} h ago", seconds / 3600),
        _ if date.date() == today.date() => date.strftime("%H:%M").to_string(),
        _ if today.yesterday().is_ok_and(|day| day.date() == date.date()) => "yesterday".into(),
        _ if date.year() == today.year() => date.strftime("%-d %b").to_string(),
        _ => date.strftime("%-d %b %Y").to_string(),
    };
    Moment { label, exact: date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_moments_are_relative_and_far_ones_are_dates() {
        let now = Timestamp(1_795_305_600_000); // 2026-11-22T00:00:00Z
        let label = |seconds: i64| moment(now.plus_seconds(-seconds), now).label;
        assert_eq!([label(5), label(120), label(3 * 3600)], ["just now", "2 min ago", "3 h ago"]);
        assert_eq!([label(80_000), label(10 * 86_400), label(400 * 86_400)], ["yesterday", "12 Nov", "18 Oct 2025"]);
        assert_eq!(moment(now, now).exact, "2026-11-22T00:00:00Z");
    }
}
