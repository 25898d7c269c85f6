//! `/admin/groups`: the list.

use leptos::prelude::*;

use crate::{
    domain::groups::{self, store::Listed},
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, page::Page, permission::Permission, user::grouped},
    pages::{
        self,
        layout::{Console, Icon},
        pager::{Pager, Search, at},
    },
};

/// `/admin/groups?q=…&after=…`
pub async fn page() -> pages::Page {
    let visit = visit();
    let (search, after) = (visit.query.text("q").to_owned(), visit.query.text("after"));
    let page = groups::queries::list(&visit.ctx, &search, after).await?;
    let (may_add, begun) = (visit.ctx.may(Permission::GroupsAdd), !after.is_empty());
    Ok(view! {
        <Console title="Groups">
            <div class="head">
                <div><h1>"Groups"</h1><p>"What is given to a group reaches everybody in it."</p></div>
                {may_add.then(|| view! {
                    <div class="do"><a class="btn main" href=to("/groups/new")><Icon name="plus"/>"New group"</a></div>
                })}
            </div>
            <Search path=to("/groups") label="Find a group" search=search.clone()/>
            <div class="card list"><List page search begun may_add/></div>
        </Console>
    }
    .into_any())
}

#[component]
fn List(page: Page<Listed>, search: String, begun: bool, may_add: bool) -> impl IntoView {
    let (path, ended, state) = (to("/groups"), page.has_ended(), Fields::default().with("q", search.clone()));
    let Page { rows, total, after, .. } = page;
    match rows.is_empty() {
        true if ended => view! { <Ended first=at(&path, &state)/> }.into_any(),
        true => view! { <Nothing search may_add/> }.into_any(),
        false => view! {
            <Rows rows everywhere=visit().ctx.tenant().is_none()/>
            <Pager total noun=("group", "groups") path query=state after begun/>
        }
        .into_any(),
    }
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
                <a href=to(format_args!("/groups/{}", group.id))><bdi>{group.name}</bdi></a>
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
        (true, _) => Some((to("/groups"), "Show all groups")),
        (false, true) => Some((to("/groups/new"), "New group")),
        (false, false) => None,
    };
    let way = way.map(|(href, label)| view! { <div class="do"><a class="btn" href=href>{label}</a></div> });
    view! { <div class="empty"><h2>{heading}</h2><p>{text}</p>{way}</div> }
}
