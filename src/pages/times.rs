//! Moments on a page.

use leptos::prelude::*;

use super::language::Language;
pub use crate::http::times::{coming, days_left, local, moment, until, until_tone, zone_at, zoned};
use crate::model::timestamp::{Moment, Timestamp};

/// A moment in the language of a page: in words while it is near, and then in digits, which all of them share.
#[must_use]
pub fn moment_in(language: Language, at: Timestamp, now: Timestamp) -> Moment {
    let Moment { label, exact } = moment(at, now);
    let said = language.said(&label);
    let names_month = said == label && language.code() != "en" && label.contains(char::is_alphabetic);
    Moment { label: if names_month { zoned(at).strftime("%Y-%m-%d").to_string() } else { said }, exact }
}

/// A moment with the exact one in its tooltip.
#[component]
pub fn Time(at: Moment) -> impl IntoView {
    view! { <time datetime=at.exact.clone() title=at.exact>{at.label}</time> }
}
