//! Moments on a page.

use leptos::prelude::*;

pub use crate::http::times::{coming, days_left, local, moment, until, until_tone, zone_at, zoned};
use crate::model::timestamp::Moment;

/// A moment with the exact one in its tooltip.
#[component]
pub fn Time(at: Moment) -> impl IntoView {
    view! { <time datetime=at.exact.clone() title=at.exact>{at.label}</time> }
}
