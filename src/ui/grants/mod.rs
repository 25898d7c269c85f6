//! Access: what was given to a person or a group, giving more, and changing how long it lasts.

mod card;
pub mod change;
pub mod give;

pub use card::{AroundCard, GrantsCard, Place, Window};

use leptos::prelude::*;

use super::{
    form::{Field, FormState},
    parts::Trail,
    visit::Visit,
};
use crate::{
    domain::{change::Target, error::Result, groups, users},
    model::{fields::Fields, principal::Principal},
};

/// The page of whoever holds a grant.
fn page_of(target: &Target) -> String {
    match target.kind {
        "group" => format!("/admin/groups/{}", target.id),
        _ => format!("/admin/users/{}", target.id),
    }
}

/// Whoever a form is about, by its `user` or `group`.
async fn target(visit: &Visit, holder: Principal) -> Result<Target> {
    let mut conn = visit.ctx.read().await?;
    Ok(match holder {
        Principal::User(user) => users::queries::require(&visit.ctx, &mut conn, user).await?.target(),
        Principal::Group(group) => groups::queries::require(&visit.ctx, &mut conn, group).await?.target(),
    })
}

/// The holder that a query or a form names.
fn holder(fields: &Fields) -> Option<Principal> {
    let user = fields.text("user").parse().ok().map(Principal::User);
    user.or(fields.text("group").parse().ok().map(Principal::Group))
}

/// The way back: `Users / Grace / …`.
#[component]
fn Crumb(target: Target, here: &'static str) -> impl IntoView {
    let list = if target.kind == "group" { ("/admin/groups", "Groups") } else { ("/admin/users", "Users") };
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
fn Lasts(form: FormState) -> impl IntoView {
    let chosen = form.typed.text("lasts").to_owned();
    let error = form.error("lasts");
    let fine = error.is_none();
    view! {
        <div class="fieldset lasts">
            <div class="control">
                <label for="lasts">"Lasts"</label>
                <select class="field" id="lasts" name="lasts" aria-describedby="lasts-error">
                    {LENGTHS.map(|(value, label)| view! {
                        <option value=value selected=value == chosen>{label}</option>
                    }).collect_view()}
                </select>
                <p class="err" id="lasts-error" data-error="lasts" hidden=fine>{error}</p>
            </div>
            <Field form name="until" label="Until (UTC)" kind="datetime-local"/>
        </div>
    }
}
