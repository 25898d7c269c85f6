//! Roles: the list, the editor with its matrix, versions, and comparing.

mod beside;
pub mod compare;
mod conflict;
pub mod delete;
pub mod edit;
pub mod holders;
pub mod list;
mod matrix;
pub mod new;
pub mod rollback;
pub mod versions;

use leptos::prelude::*;

use super::parts::Trail;
use crate::{
    domain::roles::{diff::RoleDiff, store::Role},
    http::visit::{to, visit},
    model::id::RoleId,
};

/// The way back: `Roles / …`.
#[component]
fn Crumb(#[prop(optional)] role: Option<(RoleId, String)>, #[prop(into)] here: String) -> impl IntoView {
    let page = role.map(|(id, name)| (to(format_args!("/roles/{id}")), name));
    view! { <Trail list=("/roles", "Roles") page here/> }
}

fn of(role: &Role) -> (RoleId, String) {
    (role.id.clone(), role.name.clone())
}

/// Whether the role can be changed where the reader works: a built-in one nowhere, one of the whole installation
/// outside of tenants only.
fn can_change(role: &Role) -> bool {
    let here = visit().ctx.tenant();
    !role.builtin && (here.is_none() || here == role.tenant_id)
}

/// What one state says and another doesn't.
#[component]
fn Diff(diff: RoleDiff) -> impl IntoView {
    let nothing = diff.is_empty().then(|| view! { <p class="hint">"They are the same."</p> });
    view! {
        <div class="diff">
            {nothing}
            <Text field="name" change=diff.name/>
            <Text field="description" change=diff.description/>
            {diff.added.into_iter().map(|pattern| view! { <p><ins>"+ "{pattern}</ins></p> }).collect_view()}
            {diff.removed.into_iter().map(|pattern| view! { <p><del>"− "{pattern}</del></p> }).collect_view()}
        </div>
    }
}

#[component]
fn Text(field: &'static str, change: Option<(String, String)>) -> impl IntoView {
    let shown = |text: String| if text.is_empty() { "(empty)".to_owned() } else { text };
    change.map(|(before, after)| {
        view! {
            <p>
                <span class="diff-field">{field}</span>" "
                <del><bdi>{shown(before)}</bdi></del>" → "<ins><bdi>{shown(after)}</bdi></ins>
            </p>
        }
    })
}
