//! Users: the list, one user, making, editing, and what is done to them.

pub mod actions;
pub mod bulk;
pub mod detail;
pub mod edit;
pub mod invitations;
pub mod list;
mod may;
pub mod recovery;

use leptos::prelude::*;

use crate::{http::visit::to, model::id::UserId, pages::parts::Trail};

/// The way back: `Users / …`.
#[component]
fn Crumb(#[prop(optional)] user: Option<(UserId, String)>, here: &'static str) -> impl IntoView {
    let page = user.map(|(id, name)| (to(format_args!("/users/{id}")), name));
    view! { <Trail list=("/users", "Users") page here/> }
}
