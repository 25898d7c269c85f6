//! Users: the list, one user, making, editing, and what is done to them.

pub mod actions;
pub mod bulk;
pub mod detail;
pub mod edit;
pub mod list;
mod may;

use leptos::prelude::*;

use crate::model::id::UserId;

/// The way back: `Users / …`.
#[component]
fn Crumb(#[prop(optional)] user: Option<(UserId, String)>, here: &'static str) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a href="/admin/users">"Users"</a>" / "
            {user.map(|(id, name)| view! { <a href=format!("/admin/users/{id}")><bdi>{name}</bdi></a>" / " })}
            <span aria-current="page">{here}</span>
        </nav>
    }
}
