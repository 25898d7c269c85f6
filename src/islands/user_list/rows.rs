//! The table.

use leptos::prelude::*;

use super::shared::{Chosen, path};
use crate::islands::ended::Ended;
use crate::model::user::{UserPage, UserQuery, UserRow, UserSort};

/// The people of one page, and what is said where nobody is on it.
#[component]
pub fn Rows(page: RwSignal<UserPage>, query: RwSignal<UserQuery>, chosen: Chosen) -> impl IntoView {
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
                    <th class="state">"Status"</th>
                    <th class="wide roles">"Roles"</th>
                    <Heading query class="wide num" sorts=&[(UserSort::Created, "Created")]/>
                    <Heading query class="wide num" sorts=&[(UserSort::LastSignIn, "Last sign-in")]/>
                </tr>
            </thead>
            <tbody>
                {move || page.get().rows.into_iter().map(|row| view! { <Row row chosen/> }).collect_view()}
            </tbody>
        </table>
        <Show when=move || page.read().rows.is_empty()>
            <Nobody page query/>
        </Show>
    }
}

#[component]
fn Nobody(page: RwSignal<UserPage>, query: RwSignal<UserQuery>) -> impl IntoView {
    let path = path();
    move || match page.read().has_ended() {
        true => view! { <Ended first=query.read().from_the_start().href(&path.read_value())/> }.into_any(),
        false => view! { <NoMatch query/> }.into_any(),
    }
}

#[component]
fn NoMatch(query: RwSignal<UserQuery>) -> impl IntoView {
    let path = path();
    let filtered = move || query.read().is_filtered();
    let heading = move || if filtered() { "No one matches" } else { "Nobody belongs here yet" };
    let text = move || match query.read().search.as_str() {
        "" if filtered() => "Nobody has this status.".to_owned(),
        "" => "Make a user, or add somebody on the tenant’s page.".to_owned(),
        search => format!("No name or e-mail contains “{search}”."),
    };
    view! {
        <div class="empty">
            <h2>{heading}</h2>
            <p>{text}</p>
            <div class="do" hidden=move || !filtered()><a class="btn" href=path.get_value()>"Show everybody"</a></div>
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
    let path = path();
    let ours = move || sorts.iter().any(|(sort, _)| query.read().sort == *sort);
    let order = move || ours().then(|| if query.read().descending { "descending" } else { "ascending" });
    let link = move |(sort, label): &'static (UserSort, &'static str)| {
        let current = move || (query.read().sort == *sort).then_some("true");
        view! { <a class="sort" aria-current=current href=move || query.read().sorted_by(*sort).href(&path.read_value())>{*label}</a> }
    };
    view! { <th class=class aria-sort=order>{sorts.iter().map(link).collect_view()}</th> }
}

#[component]
fn Row(row: UserRow, chosen: Chosen) -> impl IntoView {
    let (id, path) = (row.id, path());
    let pick = move |event| {
        let on = event_target_checked(&event);
        chosen.update(|ids| {
            ids.retain(|chosen| *chosen != id);
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
                        <a href=format!("{}/{id}", path.read_value().as_str())><bdi>{row.name}</bdi></a>
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
