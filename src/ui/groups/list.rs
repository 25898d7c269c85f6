//! `/admin/groups`: the list.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{
        error::Result,
        groups::{self, store::Listed},
    },
    islands::Ended,
    model::{fields::Fields, page::Page, permission::Permission, user::grouped},
    server::request::Query,
    ui::{
        layout::{Icon, console},
        pager::{Pager, Search, at},
        visit::Visit,
    },
};

const PATH: &str = "/admin/groups";

/// `GET /admin/groups?q=…&after=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    let page = groups::queries::list(&visit.ctx, query.text("q"), query.text("after")).await?;
    Ok(view(&visit, page, &query))
}

fn view(visit: &Visit, page: Page<Listed>, query: &Fields) -> Response {
    let (search, begun) = (query.text("q").to_owned(), !query.text("after").is_empty());
    let (may_add, everywhere) = (visit.ctx.may(Permission::GroupsAdd), visit.ctx.tenant().is_none());
    console(visit, "Groups", move || {
        let (ended, state) = (page.has_ended(), Fields::default().with("q", search.clone()));
        let Page { rows, total, after, .. } = page;
        let list = match rows.is_empty() {
            true if ended => view! { <Ended first=at(PATH, &state)/> }.into_any(),
            true => view! { <Nothing search=search.clone() may_add/> }.into_any(),
            false => view! {
                <Rows rows everywhere/>
                <Pager total noun=("group", "groups") path=PATH.to_owned() query=state after begun/>
            }
            .into_any(),
        };
        view! {
            <div class="head">
                <div><h1>"Groups"</h1><p>"What is given to a group reaches everybody in it."</p></div>
                {may_add.then(|| view! {
                    <div class="do"><a class="btn main" href="/admin/groups/new"><Icon name="plus"/>"New group"</a></div>
                })}
            </div>
            <Search path=PATH.to_owned() label="Find a group" search/>
            <div class="card list">{list}</div>
        }
    })
}

#[component]
fn Rows(rows: Vec<Listed>, everywhere: bool) -> impl IntoView {
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th class="lead">"Group"</th>
                    {everywhere.then(|| view! { <th class="wide">"Tenant"</th> })}
                    <th class="num">"People"</th>
                    <th class="num wide">"Groups inside"</th>
                    <th class="num wide">"Access"</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(|group| view! { <Row group everywhere/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(group: Listed, everywhere: bool) -> impl IntoView {
    view! {
        <tr>
            <td class="lead">
                <a href=format!("{PATH}/{}", group.id)><bdi>{group.name}</bdi></a>
                <div class="sub"><bdi>{group.description}</bdi></div>
                {everywhere.then(|| view! { <div class="sub narrow">"In "<bdi>{group.tenant_name.clone()}</bdi></div> })}
            </td>
            {everywhere.then(|| view! { <td class="wide"><bdi>{group.tenant_name}</bdi></td> })}
            <td class="num" data-label="People">{grouped(group.people)}</td>
            <td class="num wide">{grouped(group.groups)}</td>
            <td class="num wide">{grouped(group.grants)}</td>
        </tr>
    }
}

#[component]
fn Nothing(search: String, may_add: bool) -> impl IntoView {
    let (heading, text) = match (search.is_empty(), may_add) {
        (true, true) => ("No group yet", "Make one, add people, and give them all the same access.".to_owned()),
        (true, false) => ("No group yet", "Whoever may make groups can make the first.".into()),
        (false, _) => ("No group matches", format!("Look for something else than “{search}”.")),
    };
    let way = match (!search.is_empty(), may_add) {
        (true, _) => Some((PATH, "Show all groups")),
        (false, true) => Some(("/admin/groups/new", "New group")),
        (false, false) => None,
    };
    let way = way.map(|(href, label)| view! { <div class="do"><a class="btn" href=href>{label}</a></div> });
    view! { <div class="empty"><h2>{heading}</h2><p>{text}</p>{way}</div> }
}
