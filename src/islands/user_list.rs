//! The list of users: search as you type, and choosing people for a bulk action.

use std::{collections::HashSet, time::Duration};

use leptos::{
    ev::KeyboardEvent,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle, window_event_listener},
    prelude::*,
    task::spawn_local,
};
use serde::{Deserialize, Serialize};

use super::browser;
use crate::model::{
    id::UserId,
    user::{BulkAction, UserPage, UserQuery, UserRow, UserSort, UserStatus, grouped},
};

const PATH: &str = "/admin/users";
/// Long enough not to ask for every letter of a fast typist, short enough to feel immediate.
const PAUSE: Duration = Duration::from_millis(160);

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
    listen_for_keys();
    view! {
        <SearchBar query refresh/>
        <form class="card list" method="get" action="/admin/users/bulk">
            {(!bulk.0.is_empty()).then(|| view! { <Selection chosen bulk/> })}
            <Rows page query chosen/>
            <Pager page query/>
        </form>
    }
}

/// `/` goes to the search.
fn listen_for_keys() {
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, |event: KeyboardEvent| {
            let typing =
                document().active_element().is_some_and(|e| matches!(e.tag_name().as_str(), "INPUT" | "SELECT"));
            if event.key() == "/" && !typing {
                event.prevent_default();
                browser::focus("input[name=q]");
            }
        });
        on_cleanup(move || handle.remove());
    });
}

#[component]
fn SearchBar(query: RwSignal<UserQuery>, refresh: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let later = move || {
        timer.update_value(|waiting| {
            if let Some(waiting) = waiting.take() {
                waiting.clear();
            }
            *waiting = set_timeout_with_handle(refresh, PAUSE).ok();
        });
    };
    let typed = move |event| {
        let search = event_target_value(&event);
        query.update(|q| *q = UserQuery { search: search.trim().to_owned(), ..q.from_the_start() });
        later();
    };
    let picked = move |event| {
        let status = UserStatus::parse(&event_target_value(&event));
        query.update(|q| *q = UserQuery { status, ..q.from_the_start() });
        refresh();
    };
    let start = query.get_untracked();
    view! {
        <form class="bar" role="search" method="get" action=PATH>
            <input type="search" class="field find" name="q" value=start.search placeholder="Find by name or e-mail"
                aria-label="Find by name or e-mail" maxlength=UserQuery::SEARCH_MAX.to_string() autocomplete="off"
                on:input=typed/>
            <label class="pick-one">
                "Status "
                <select class="field" name="status" on:change=picked>
                    <option value="">"any"</option>
                    {UserStatus::ALL.iter().map(|status| view! {
                        <option value=status.word() selected=start.status == Some(*status)>{status.label()}</option>
                    }).collect_view()}
                </select>
            </label>
            <input type="hidden" name="sort" value=start.sort.word()/>
            <input type="hidden" name="order" value=if start.descending { "desc" } else { "asc" }/>
            <button class="btn noscript-only">"Search"</button>
            <span class="hint script-only">"Press "<kbd>"/"</kbd>" to search"</span>
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
fn Rows(page: RwSignal<UserPage>, query: RwSignal<UserQuery>, chosen: RwSignal<HashSet<UserId>>) -> impl IntoView {
    let all = move |event| {
        let on = event_target_checked(&event);
        chosen.set(page.read().rows.iter().filter(|_| on).map(|row| row.id).collect());
    };
    let every = move || !page.read().rows.is_empty() && chosen.read().len() == page.read().rows.len();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th class="pick">
                        <input type="checkbox" class="script-only" aria-label="Select everybody on this page"
                            prop:checked=every on:change=all/>
                    </th>
                    <Heading query class="lead" sorts=&[(UserSort::Name, "Name"), (UserSort::Email, "E-mail")]/>
                    <th>"Status"</th>
                    <th class="wide">"Roles"</th>
                    <Heading query class="wide num" sorts=&[(UserSort::Created, "Created")]/>
                    <Heading query class="wide num" sorts=&[(UserSort::LastSignIn, "Last sign-in")]/>
                </tr>
            </thead>
            <tbody>
                <For each=move || page.get().rows key=UserRow::clone let(row)>
                    <Row row chosen/>
                </For>
            </tbody>
        </table>
        <Show when=move || page.read().rows.is_empty()>
            <Nobody query/>
        </Show>
    }
}

#[component]
fn Nobody(query: RwSignal<UserQuery>) -> impl IntoView {
    let text = move || match query.read().search.as_str() {
        "" => "Nobody has this status.".to_owned(),
        search => format!("No name or e-mail contains “{search}”."),
    };
    view! {
        <div class="empty">
            <h2>"No one matches"</h2>
            <p>{text}</p>
            <div class="do"><a class="btn" href=PATH>"Show everybody"</a></div>
        </div>
    }
}

/// A column's heading, with a link for each order that it offers.
#[component]
fn Heading(
    query: RwSignal<UserQuery>,
    class: &'static str,
    sorts: &'static [(UserSort, &'static str)],
) -> impl IntoView {
    let ours = move || sorts.iter().any(|(sort, _)| query.read().sort == *sort);
    let order = move || ours().then(|| if query.read().descending { "descending" } else { "ascending" });
    let link = move |(sort, label): &'static (UserSort, &'static str)| {
        let current = move || (query.read().sort == *sort).then_some("true");
        view! { <a class="sort" aria-current=current href=move || query.read().sorted_by(*sort).href(PATH)>{*label}</a> }
    };
    view! { <th class=class aria-sort=order>{sorts.iter().map(link).collect_view()}</th> }
}

#[component]
fn Row(row: UserRow, chosen: RwSignal<HashSet<UserId>>) -> impl IntoView {
    let id = row.id;
    let pick = move |event| {
        let on = event_target_checked(&event);
        chosen.update(|ids| {
            ids.remove(&id);
            ids.extend(on.then_some(id));
        });
    };
    let label = format!("Select {}", row.name);
    let (local, domain) =
        row.email.split_once('@').map_or((row.email.clone(), String::new()), |(l, d)| (l.into(), d.into()));
    view! {
        <tr>
            <td class="pick">
                <input type="checkbox" name="user" value=id.to_string() aria-label=label
                    prop:checked=move || chosen.read().contains(&id) on:change=pick/>
            </td>
            <td class="lead">
                <div class="who">
                    <span class="ava" aria-hidden="true">{row.initials}</span>
                    <span class="who-text">
                        <a href=format!("{PATH}/{id}")><bdi>{row.name}</bdi></a>
                        <span class="sub"><bdi>{local}"@"<wbr/>{domain}</bdi></span>
                    </span>
                </div>
            </td>
            <td><span class=row.status.tone()>{row.status.label()}</span></td>
            <td class="wide">{row.roles}</td>
            <td class="num wide"><time datetime=row.created.exact.clone() title=row.created.exact.clone()>{row.created.label}</time></td>
            <td class="num wide">
                {match row.last_sign_in {
                    Some(at) => view! { <time datetime=at.exact.clone() title=at.exact.clone()>{at.label}</time> }.into_any(),
                    None => view! { <span class="sub">"never"</span> }.into_any(),
                }}
            </td>
        </tr>
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
