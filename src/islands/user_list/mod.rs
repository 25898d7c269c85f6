//! The list of users: search as you type, and choosing people for a bulk action.

mod rows;
mod search;

use std::collections::HashSet;

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use self::{
    rows::{PATH, Rows},
    search::SearchBar,
};
use super::browser;
use crate::model::{
    id::UserId,
    user::{BulkAction, UserPage, UserQuery, grouped},
};

/// Which bulk actions the reader may take.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BulkButtons(pub Vec<BulkAction>);

/// The search bar, the table and the pager.
#[island]
pub fn UserList(page: UserPage, query: UserQuery, bulk: BulkButtons) -> impl IntoView {
    let page = RwSignal::new(page);
    let query = RwSignal::new(query);
    let chosen = RwSignal::new(HashSet::<UserId>::new());
    let refresh = move || {
        let asked = query.get_untracked();
        spawn_local(async move {
            let found = browser::ask(&asked.href("/admin/users/rows"), None).await.ok();
            let found = found.and_then(|answer| answer.accepted::<UserPage>());
            // An answer to an older question is dropped; a failed one goes the plain way.
            match found {
                _ if asked != query.get_untracked() => {}
                Some(rows) => {
                    chosen.update(|ids| ids.retain(|id| rows.rows.iter().any(|row| row.id == *id)));
                    page.set(rows);
                    browser::show_url(&asked.href(PATH));
                }
                None => browser::go(&asked.href(PATH)),
            }
        });
    };
    view! {
        <SearchBar query refresh/>
        <form class="card list" method="get" action="/admin/users/bulk">
            {(!bulk.0.is_empty()).then(|| view! { <Selection chosen bulk/> })}
            <Rows page query chosen/>
            <Pager page query/>
        </form>
    }
}

#[component]
fn Selection(chosen: RwSignal<HashSet<UserId>>, bulk: BulkButtons) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let text = move || match chosen.read().len() {
        0 => "Select people to enable, disable or delete them".to_owned(),
        n => format!("{n} selected"),
    };
    let idle = move || awake.get() && chosen.read().is_empty();
    let button = move |action: BulkAction| {
        let (class, label) = match action {
            BulkAction::Enable => ("btn", "Enable…"),
            BulkAction::Disable => ("btn", "Disable…"),
            BulkAction::Delete => ("btn bad", "Delete…"),
        };
        view! { <button class=class name="action" value=action.word() prop:disabled=idle>{label}</button> }
    };
    view! {
        <div class="foot selection">
            <span aria-live="polite">{text}</span>
            <span class="do">{bulk.0.into_iter().map(button).collect_view()}</span>
        </div>
    }
}

#[component]
fn Pager(page: RwSignal<UserPage>, query: RwSignal<UserQuery>) -> impl IntoView {
    let total = move || match (page.read().total, query.read().is_filtered()) {
        (1, false) => "1 person".to_owned(),
        (n, false) => format!("{} people", grouped(n)),
        (1, true) => "1 match".to_owned(),
        (n, true) => format!("{} matches", grouped(n)),
    };
    let before = move || page.read().before.clone().map(|at| query.read().at(None, Some(at)).href(PATH));
    let after = move || page.read().after.clone().map(|at| query.read().at(Some(at), None).href(PATH));
    let first = move || {
        (query.read().after.is_some() || query.read().before.is_some())
            .then(|| query.read().from_the_start().href(PATH))
    };
    view! {
        <nav class="foot" aria-label="Pages">
            <span aria-live="polite">{total}</span>
            <span class="do">
                {move || first().map(|href| view! { <a class="btn quiet" href=href>"First"</a> })}
                {move || before().map(|href| view! { <a class="btn" rel="prev" href=href>"Previous"</a> })}
                {move || after().map(|href| view! { <a class="btn" rel="next" href=href>"Next"</a> })}
            </span>
        </nav>
    }
}
