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

/// What the ways to the first page and to the next are called, in lists by name and in those from the newest on.
const BY_NAME: (&str, &str) = ("First page", "Next");
/// See [`BY_NAME`].
pub const BY_TIME: (&str, &str) = ("Newest", "Older");

/// The ways to the first page, where this is another, and to the one after. `next` is the cursor's name in the URL, and where
/// that page begins.
pub fn ways(
    (path, query): (&str, &Fields),
    next: (&'static str, Option<String>),
    begun: bool,
    called: (&'static str, &'static str),
) -> impl IntoView + use<> {
    let first = begun.then(|| view! { <a class="btn quiet" href=at(path, query)>{called.0}</a> });
    let (cursor, place) = next;
    let next = place.map(|place| {
        view! { <a class="btn" rel="next" href=at(path, &query.clone().with(cursor, place))>{called.1}</a> }
    });
    view! { <span class="do">{first}{next}</span> }
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
    let ways = ways((&path, &query), (cursor, after), begun, BY_NAME);
    let count = if total == 1 { format!("1 {}", noun.0) } else { format!("{} {}", grouped(total), noun.1) };
    view! {
        <nav class="foot" aria-label=label><span>{count}</span>{ways}</nav>
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
        let ways = ways((&path, &query), (cursor, after), begun, BY_NAME);
        view! { <nav class="foot" aria-label=label>{ways}</nav> }
    })
}

/// The ways to the other pages of a list that goes from the newest to the oldest; nothing where there is one page.
#[component]
pub fn Older(
    path: String,
    #[prop(default = Fields::default())] query: Fields,
    /// Before which the page after begins.
    before: Option<String>,
    /// Whether this is not the first page.
    begun: bool,
) -> impl IntoView {
    (begun || before.is_some()).then(|| {
        let ways = ways((&path, &query), ("before", before), begun, BY_TIME);
        view! { <nav class="foot" aria-label="Pages"><span></span>{ways}</nav> }
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
