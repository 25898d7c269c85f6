//! The foot of a list that is ordered by name, and the search above it.

use leptos::prelude::*;

use crate::{
    domain::keyset::LIMIT,
    model::{fields::Fields, user::grouped},
};

/// The address of a list in this state.
#[must_use]
pub fn at(path: &str, query: &Fields) -> String {
    match query.encode() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// How many there are, and the way on. `query` is the rest of the list's state.
#[component]
pub fn Pager(
    total: i64,
    /// One of them, and many.
    noun: (&'static str, &'static str),
    path: String,
    #[prop(default = Fields::default())] query: Fields,
    /// Cursor of the page after.
    after: Option<String>,
    /// Whether this is not the first page.
    begun: bool,
    /// The name of the cursor in the URL.
    #[prop(default = "after")]
    cursor: &'static str,
    /// What the pages are of, where a page has several lists.
    #[prop(default = "Pages")]
    label: &'static str,
) -> impl IntoView {
    let first = begun.then(|| view! { <a class="btn quiet" href=at(&path, &query)>"First page"</a> });
    let next = after.map(|after| {
        view! { <a class="btn" rel="next" href=at(&path, &query.clone().with(cursor, after))>"Next"</a> }
    });
    let count = if total == 1 { format!("1 {}", noun.0) } else { format!("{} {}", grouped(total), noun.1) };
    view! {
        <nav class="foot" aria-label=label><span>{count}</span><span class="do">{first}{next}</span></nav>
    }
}

/// The way on in a list that nobody counted; nothing where there is one page.
#[component]
pub fn Onward(
    path: String,
    #[prop(default = Fields::default())] query: Fields,
    /// Cursor of the page after.
    after: Option<String>,
    /// Whether this is not the first page.
    begun: bool,
    /// The name of the cursor in the URL.
    #[prop(default = "after")]
    cursor: &'static str,
    /// What the pages are of, where a page has several lists.
    #[prop(default = "Pages")]
    label: &'static str,
) -> impl IntoView {
    (begun || after.is_some()).then(|| {
        let first = begun.then(|| view! { <a class="btn quiet" href=at(&path, &query)>"First page"</a> });
        let next = after.map(|after| {
            view! { <a class="btn" rel="next" href=at(&path, &query.clone().with(cursor, after))>"Next"</a> }
        });
        view! { <nav class="foot" aria-label=label><span class="do">{first}{next}</span></nav> }
    })
}

/// A search by name: a plain GET form.
#[component]
pub fn Search(path: String, label: &'static str, search: String) -> impl IntoView {
    view! {
        <form class="bar" role="search" method="get" action=path>
            <input type="search" class="field find" name="q" value=search placeholder=label aria-label=label
                maxlength="200" autocomplete="off"/>
            <button class="btn">"Search"</button>
            <span class="hint script-only">"Press "<kbd>"/"</kbd>" to search"</span>
        </form>
    }
}

/// Says that a list without pages goes on.
#[component]
pub fn NotAll(more: bool) -> impl IntoView {
    more.then(
        || view! { <div class="in"><p class="hint">"There are more: only the first "{LIMIT}" are shown."</p></div> },
    )
}
