//! Groups: the list, one group, making, editing, and who is in it.

mod cards;
pub mod detail;
pub mod edit;
pub mod list;
pub mod members;

use leptos::prelude::*;

use crate::model::id::GroupId;

/// The way back: `Groups / …`.
#[component]
fn Crumb(#[prop(optional)] group: Option<(GroupId, String)>, here: &'static str) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a href="/admin/groups">"Groups"</a>" / "
            {group.map(|(id, name)| view! { <a href=format!("/admin/groups/{id}")><bdi>{name}</bdi></a>" / " })}
            <span aria-current="page">{here}</span>
        </nav>
    }
}
