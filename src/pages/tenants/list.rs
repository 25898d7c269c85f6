//! `/admin/tenants`: the list.

use leptos::prelude::*;

use super::TypeTag;
use crate::{
    domain::tenants::{self, store::Listed},
    http::visit::{Visit, to, visit},
    islands::Ended,
    model::{fields::Fields, page::Page as Paged, permission::Permission, user::grouped},
    pages::{
        Page,
        layout::{Console, Icon},
        pager::{Pager, Search, at},
    },
};

/// `/admin/tenants?q=…&after=…`
pub async fn page() -> Page {
    let visit = visit();
    let page = tenants::queries::list(&visit.ctx, visit.query.text("q"), visit.query.text("after")).await?;
    Ok(view(&visit, page))
}

fn view(visit: &Visit, page: Paged<Listed>) -> AnyView {
    let (search, begun) = (visit.query.text("q").to_owned(), !visit.query.text("after").is_empty());
    let everywhere = visit.ctx.tenant().is_none();
    let may_add = everywhere && visit.ctx.may(Permission::TenantsWrite);
    let (path, state) = (to("/tenants"), Fields::default().with("q", &search));
    let ended = page.has_ended().then(|| view! { <Ended first=at(&path, &state)/> });
    let Paged { rows, total, after, .. } = page;
    let nothing = (total == 0).then(|| view! { <Nothing search=search.clone()/> });
    let about = match everywhere {
        true => "Organisations, each with its own people, groups and access.",
        false => "You work in one tenant, so you see only that one.",
    };
    view! {
        <Console title="Tenants">
            <div class="head">
                <div><h1>"Tenants"</h1><p>{about}</p></div>
                {may_add.then(|| view! {
                    <div class="do"><a class="btn main" href=to("/tenants/new")><Icon name="plus"/>"New tenant"</a></div>
                })}
            </div>
            <Search path=path.clone() label="Find a tenant" search/>
            <div class="card list">
                <Rows rows/>
                {ended}{nothing}
                <Pager total noun=("tenant", "tenants") path query=state after begun/>
            </div>
        </Console>
    }
    .into_any()
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
                <a href=to(format_args!("/tenants/{}", tenant.id))><bdi>{tenant.name}</bdi></a>
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
            <div class="do"><a class="btn" href=to("/tenants")>"Show all tenants"</a></div>
        </div>
    }
}
