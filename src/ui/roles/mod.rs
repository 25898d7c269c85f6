//! Roles: the list, the editor with its matrix, versions, and comparing.

pub mod compare;
pub mod delete;
pub mod edit;
pub mod list;
mod matrix;
pub mod new;
pub mod versions;

use leptos::prelude::*;

use crate::{
    domain::roles::{PatternDiff, Role},
    model::id::RoleId,
};

/// The way back: `Roles / …`.
#[component]
fn Crumb(#[prop(optional)] role: Option<(RoleId, String)>, here: &'static str) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a href="/admin/roles">"Roles"</a>" / "
            {role.map(|(id, name)| view! { <a href=format!("/admin/roles/{id}")><bdi>{name}</bdi></a>" / " })}
            <span aria-current="page">{here}</span>
        </nav>
    }
}

fn of(role: &Role) -> (RoleId, String) {
    (role.id.clone(), role.name.clone())
}

/// What one state has more and less than another.
#[component]
fn Diff(diff: PatternDiff) -> impl IntoView {
    let nothing = diff.is_empty().then(|| view! { <p class="hint">"They allow the same."</p> });
    view! {
        <div class="diff">
            {nothing}
            {diff.added.into_iter().map(|pattern| view! { <p><ins>"+ "{pattern}</ins></p> }).collect_view()}
            {diff.removed.into_iter().map(|pattern| view! { <p><del>"− "{pattern}</del></p> }).collect_view()}
        </div>
    }
}
