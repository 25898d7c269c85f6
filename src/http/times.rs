//! Moments as readers see them: as the reader's clock has them, and as UTC without a script, which alone knows that clock.
//! The tooltip has the exact one.

use jiff::{Timestamp as Instant, Zoned, civil::DateTime, tz::TimeZone};
use leptos::prelude::use_context;

use super::visit::Visit;

use crate::{
    domain::clock::exact,
    model::timestamp::{Moment, Timestamp},
};

/// What the reader's clock is set to.
fn zone() -> TimeZone {
    use_context::<Visit>().map_or(TimeZone::UTC, |visit| visit.zone.clone())
}

/// A moment as the reader's clock has it.
#[must_use]
pub fn zoned(at: Timestamp) -> Zoned {
    Instant::from_millisecond(at.0).unwrap_or_default().to_zoned(zone())
}

/// What the reader's zone is called then: `UTC`, `CET`.
#[must_use]
pub fn zone_at(at: Timestamp) -> String {
    zoned(at).strftime("%Z").to_string()
}

/// `at` as seen from `now`: short, and exact beside it.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp) -> Moment {
    let date = zoned(at);
    let today = zoned(now);
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
    let date = zoned(at);
    let today = zoned(now);
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

/// For `<input type="datetime-local">`: the moment as the reader's clock has it, to the minute.
#[must_use]
pub fn local(at: Timestamp) -> String {
    zoned(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A moment that was typed by the reader's clock, as everybody else reads it: in UTC.
#[must_use]
pub fn typed_moment(text: &str) -> String {
    typed_moment_in(text, &zone())
}

/// The same by the clock of this zone. What is none stays as it is, for whoever says so.
#[must_use]
pub fn typed_moment_in(text: &str, zone: &TimeZone) -> String {
    let text = text.trim();
    // What names its own offset needs no zone, and a civil time would be read without it.
    let names_none =
        text.get(10..).is_some_and(|time| time.bytes().all(|b| b.is_ascii_digit() || b"T :.".contains(&b)));
    let typed = text.parse::<DateTime>().ok().filter(|_| names_none);
    let zoned = typed.and_then(|typed| typed.to_zoned(zone.clone()).ok());
    zoned.map_or_else(
        || text.to_owned(),
        |at| at.with_time_zone(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_by_the_reader_s_clock() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let read = |text| typed_moment_in(text, &berlin);
        assert_eq!(
            [read("2026-12-31T18:00"), read(" 2026-07-01 18:00 "), read("2026-12-31")],
            ["2026-12-31T17:00:00", "2026-07-01T16:00:00", "2026-12-30T23:00:00"],
            "a day alone begins when the reader's does"
        );
        for kept in ["2026-12-31T18:00Z", "2026-12-31 18:00+02:00", "soon", ""] {
            assert_eq!(read(kept), kept);
        }
    }

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
