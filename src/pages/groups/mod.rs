//! Groups: the list, one group, making, editing, and who is in it.

mod cards;
pub mod detail;
pub mod edit;
pub mod list;
pub mod members;

use leptos::prelude::*;

use crate::{http::visit::to, model::id::GroupId, pages::parts::Trail};

/// The way back: `Groups / …`.
#[component]
fn Crumb(#[prop(optional)] group: Option<(GroupId, String)>, here: &'static str) -> impl IntoView {
    let page = group.map(|(id, name)| (to(format_args!("/groups/{id}")), name));
    view! { <Trail list=("/groups", "Groups") page here/> }
}
