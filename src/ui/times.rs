//! Moments as pages show them. Times are UTC; the tooltip has the exact one.

use jiff::{Timestamp as Instant, tz::TimeZone};
use leptos::prelude::*;

use crate::{
    domain::clock::exact,
    model::timestamp::{Moment, Timestamp},
};

/// A moment with the exact one in its tooltip.
#[component]
pub fn Time(at: Moment) -> impl IntoView {
    view! { <time datetime=at.exact.clone() title=at.exact>{at.label}</time> }
}

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
    Moment { label, exact: exact(at) }
}

/// A moment to come, to the minute: `14:00` of today, or `25 Nov 09:00`.
#[must_use]
pub fn coming(at: Timestamp, now: Timestamp) -> String {
    let date = Instant::from_millisecond(at.0).unwrap_or_default().to_zoned(TimeZone::UTC);
    let today = Instant::from_millisecond(now.0).unwrap_or_default().to_zoned(TimeZone::UTC);
    let format = match date.year() == today.year() {
        true if date.date() == today.date() => "%H:%M",
        true => "%-d %b %H:%M",
        false => "%-d %b %Y %H:%M",
    };
    date.strftime(format).to_string()
}

/// The time left until `at`: `ends in 5 days`, or that it has ended.
#[must_use]
pub fn until(at: Timestamp, now: Timestamp) -> String {
    let text = |n: i64, unit: &str| format!("ends in {n} {unit}{}", if n == 1 { "" } else { "s" });
    match at.seconds_since(now) {
        ..=0 => "has ended".into(),
        seconds @ 1..3540 => text((seconds + 59) / 60, "minute"),
        seconds @ 3540..172_800 => text((seconds + 1800) / 3600, "hour"),
        seconds => text((seconds + 43_200) / 86_400, "day"),
    }
}

/// The days left until `at`, of which the last one counts: `27 days left`.
#[must_use]
pub fn days_left(at: Timestamp, now: Timestamp) -> String {
    match (at.seconds_since(now).max(0) + 86_399) / 86_400 {
        1 => "1 day left".into(),
        days => format!("{days} days left"),
    }
}

/// The tone of a tag that says when something ends: what ends within two weeks asks for attention.
#[must_use]
pub fn until_tone(at: Timestamp, now: Timestamp) -> &'static str {
    match at.seconds_since(now) {
        ..=0 => "tag bad plain",
        1..1_209_600 => "tag warn plain",
        _ => "tag plain",
    }
}

/// For `<input type="datetime-local">`: the moment in UTC, to the minute.
#[must_use]
pub fn local(at: Timestamp) -> String {
    exact(at).chars().take("2026-01-01T00:00".len()).collect()
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

    #[test]
    fn what_is_to_come_has_a_time_and_a_date_unless_it_is_today() {
        let now = Timestamp(1_795_305_600_000);
        let said = |seconds| coming(now.plus_seconds(seconds), now);
        assert_eq!([said(3600), said(3 * 86_400 + 32_400)], ["01:00", "25 Nov 09:00"]);
        assert_eq!(said(50 * 86_400), "11 Jan 2027 00:00");
    }

    #[test]
    fn the_time_left_is_rounded_to_what_matters() {
        let now = Timestamp(1_795_305_600_000);
        let left = |seconds| until(now.plus_seconds(seconds), now);
        assert_eq!([left(0), left(30), left(3600)], ["has ended", "ends in 1 minute", "ends in 1 hour"]);
        assert_eq!([left(47 * 3600), left(5 * 86_400)], ["ends in 47 hours", "ends in 5 days"]);
        assert_eq!(local(now), "2026-11-22T00:00");
        let days = |seconds| days_left(now.plus_seconds(seconds), now);
        assert_eq!(
            [days(30 * 86_400), days(86_401), days(1), days(-1)],
            ["30 days left", "2 days left", "1 day left", "0 days left"]
        );
    }
}
