//! Users: the list, one user, making, editing, and what is done to them.

pub mod actions;
pub mod bulk;
pub mod detail;
pub mod edit;
pub mod list;
mod may;

use leptos::prelude::*;

use crate::{model::id::UserId, ui::parts::Trail};

/// The way back: `Users / …`.
#[component]
fn Crumb(#[prop(optional)] user: Option<(UserId, String)>, here: &'static str) -> impl IntoView {
    let page = user.map(|(id, name)| (format!("/admin/users/{id}"), name));
    view! { <Trail list=("/admin/users", "Users") page here/> }
}
