//! The list of users: search as you type, and choosing people for a bulk action.

mod rows;
mod search;
mod shared;

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use self::{
    rows::Rows,
    search::SearchBar,
    shared::{Chosen, Path, path},
};
use super::browser;
use crate::{
    functions::users::list_users,
    model::user::{BulkAction, UserPage, UserQuery, grouped},
};

/// Which bulk actions the reader may take.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BulkButtons(pub Vec<BulkAction>);

/// The search bar, the table and the pager, at `path`.
#[island]
pub fn UserList(page: UserPage, query: UserQuery, bulk: BulkButtons, path: String) -> impl IntoView {
    let action = format!("{path}/bulk");
    provide_context(Path(path.clone()));
    let page = RwSignal::new(page);
    let query = RwSignal::new(query);
    let chosen = Chosen::new(Vec::new());
    let trouble = RwSignal::new(String::new());
    let path = StoredValue::new(path);
    let refresh = move || {
        let asked = query.get_untracked();
        spawn_local(async move {
            let found = list_users(asked.clone()).await;
            // An answer to an older question is dropped: it never overwrites what is newer.
            if asked != query.get_untracked() {
                return;
            }
            match found {
                Ok(rows) => {
                    chosen.update(|ids| ids.retain(|id| rows.rows.iter().any(|row| row.id == *id)));
                    page.set(rows);
                    browser::show_url(&asked.href(&path.get_value()));
                    trouble.set(String::new());
                }
                // The page stays as it is.
                Err(refusal) => trouble.set(refusal.message),
            }
        });
    };
    view! {
        <SearchBar query refresh/>
        <p class="note bad" role="alert" hidden=move || trouble.read().is_empty()>{trouble}</p>
        <form class="card list" method="get" action=action>
            {(!bulk.0.is_empty()).then(|| view! { <Selection chosen bulk/> })}
            <Rows page query chosen/>
            <Pager page query/>
        </form>
    }
}

#[component]
fn Selection(chosen: Chosen, bulk: BulkButtons) -> impl IntoView {
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
    let at = path();
    let to = move |query: UserQuery| query.href(&at.read_value());
    let first = move || {
        let query = query.read();
        (query.after.is_some() || query.before.is_some()).then(|| to(query.from_the_start()))
    };
    let before = move || page.read().before.clone().map(|place| to(query.read().at(None, Some(place))));
    let after = move || page.read().after.clone().map(|place| to(query.read().at(Some(place), None)));
    let link = |label: &'static str, rel: Option<&'static str>, href: Signal<Option<String>>| {
        let class = if rel.is_some() { "btn" } else { "btn quiet" };
        move || href.get().map(|href| view! { <a class=class rel=rel href=href>{label}</a> })
    };
    view! {
        <nav class="foot" aria-label="Pages">
            <span aria-live="polite">{total}</span>
            <span class="do">
                {link("First", None, Signal::derive(first))}
                {link("Previous", Some("prev"), Signal::derive(before))}
                {link("Next", Some("next"), Signal::derive(after))}
            </span>
        </nav>
    }
}
