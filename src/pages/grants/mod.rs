//! Access: what was given to a person or a group, giving more, and changing how long it lasts.

mod about;
mod card;
pub mod change;
pub mod give;
pub mod replace;
pub mod take;

pub use card::{AroundCard, GrantsCard, Place, Window};

use leptos::prelude::*;

use super::{
    form::{Field, FormState, Message},
    parts::Trail,
    times::zone_at,
};
use crate::{
    domain::change::Target,
    http::visit::{ctx, to},
};

/// The page of whoever holds a grant.
fn page_of(target: &Target) -> String {
    match target.kind {
        "group" => to(format_args!("/groups/{}", target.id)),
        _ => to(format_args!("/users/{}", target.id)),
    }
}

/// The way back: `Users / Grace / …`.
#[component]
fn Crumb(target: Target, here: &'static str) -> impl IntoView {
    let list = if target.kind == "group" { ("/groups", "Groups") } else { ("/users", "Users") };
    let page = Some((page_of(&target), target.name));
    view! { <Trail list page here/> }
}

/// How long access can last, in seconds and in words.
const LENGTHS: [(&str, &str); 7] = [
    ("", "without an end"),
    ("3600", "1 hour"),
    ("28800", "8 hours"),
    ("86400", "1 day"),
    ("604800", "1 week"),
    ("2592000", "30 days"),
    ("until", "until…"),
];

/// The words of a length; nothing, where it is none of the choice.
fn length(value: &str) -> &'static str {
    LENGTHS.into_iter().find(|(listed, _)| *listed == value).map_or("", |(_, label)| label)
}

/// How long access lasts: a choice of lengths, or a moment. The style shows only what concerns the choice.
#[component]
fn Lasts() -> impl IntoView {
    let state = use_context::<FormState>().unwrap_or_default();
    let chosen = state.typed.text("lasts").to_owned();
    let wrong = state.error("lasts").map(|_| "true");
    view! {
        <div class="fieldset lasts">
            <div class="control">
                <label for="lasts">"Lasts"</label>
                <select class="field" id="lasts" name="lasts" aria-describedby="lasts-error" aria-invalid=wrong>
                    {LENGTHS.map(|(value, label)| view! {
                        <option value=value selected=value == chosen>{label}</option>
                    }).collect_view()}
                </select>
                <Message field="lasts"/>
            </div>
            <Field name="until" label=format!("Until ({})", zone_at(ctx().now())) kind="datetime-local"/>
        </div>
    }
}
