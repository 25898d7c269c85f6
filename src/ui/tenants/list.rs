//! `/admin/tenants`: the list.

use axum::response::Response;
use leptos::prelude::*;

use super::TypeTag;
use crate::{
    domain::{
        error::Result,
        tenants::{self, store::Listed},
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

const PATH: &str = "/admin/tenants";

/// `GET /admin/tenants?q=…&after=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    let page = tenants::queries::list(&visit.ctx, query.text("q"), query.text("after")).await?;
    Ok(view(&visit, page, &query))
}

fn view(visit: &Visit, page: Page<Listed>, query: &Fields) -> Response {
    let (search, begun) = (query.text("q").to_owned(), !query.text("after").is_empty());
    let everywhere = visit.ctx.tenant().is_none();
    let may_add = everywhere && visit.ctx.may(Permission::TenantsWrite);
    console(visit, "Tenants", move || {
        let state = Fields::default().with("q", search.clone());
        let ended = page.has_ended().then(|| view! { <Ended first=at(PATH, &state)/> });
        let Page { rows, total, after, .. } = page;
        let nothing = (total == 0).then(|| view! { <Nothing search=search.clone()/> });
        let about = match everywhere {
            true => "Organisations, each with its own people, groups and access.",
            false => "You work in one tenant, so you see only that one.",
        };
        view! {
            <div class="head">
                <div><h1>"Tenants"</h1><p>{about}</p></div>
                {may_add.then(|| view! {
                    <div class="do"><a class="btn main" href="/admin/tenants/new"><Icon name="plus"/>"New tenant"</a></div>
                })}
            </div>
            <Search path=PATH.to_owned() label="Find a tenant" search/>
            <div class="card list">
                <Rows rows/>
                {ended}{nothing}
                <Pager total noun=("tenant", "tenants") path=PATH.to_owned() query=state after begun/>
            </div>
        }
    })
}

#[component]
fn Rows(rows: Vec<Listed>) -> impl IntoView {
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th class="lead">"Tenant"</th>
                    <th class="wide">"Kind"</th>
                    <th>"Type"</th>
                    <th class="wide">"Parent"</th>
                    <th class="num">"Members"</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(|tenant| view! { <Row tenant/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(tenant: Listed) -> impl IntoView {
    view! {
        <tr>
            <td class="lead">
                <a href=format!("{PATH}/{}", tenant.id)><bdi>{tenant.name}</bdi></a>
                <div class="sub">{tenant.slug}</div>
            </td>
            <td class="wide">{tenant.kind.word()}</td>
            <td><TypeTag of=tenant.use_/></td>
            <td class="wide">{tenant.parent_name.map(|name| view! { <bdi>{name}</bdi> })}</td>
            <td class="num" data-label="Members">{grouped(tenant.members)}</td>
        </tr>
    }
}

#[component]
fn Nothing(search: String) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No tenant matches"</h2>
            <p>{format!("Look for something else than “{search}”.")}</p>
            <div class="do"><a class="btn" href=PATH>"Show all tenants"</a></div>
        </div>
    }
}
