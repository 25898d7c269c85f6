//! `/admin/roles`

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{
        error::Result,
        roles::{self, store::Listed},
    },
    islands::Ended,
    model::{fields::Fields, permission::Permission, user::grouped},
    server::request::Query,
    ui::{
        layout::{Icon, console},
        pager::{Pager, Search, at},
        visit::Visit,
    },
};

/// `GET /admin/roles?q=…&after=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    let (search, after) = (query.text("q").to_owned(), query.text("after").to_owned());
    let page = roles::queries::list(&visit.ctx, &search, &after).await?;
    let may_add = visit.ctx.may(Permission::RolesAdd);
    let may_see_deleted = visit.ctx.may(Permission::AuditRead);
    Ok(console(&visit, "Roles", move || {
        let state = Fields::default().with("q", search.clone());
        let ended = page.has_ended().then(|| view! { <Ended first=at("/admin/roles", &state)/> });
        let nothing = (page.total == 0).then(|| {
            view! { <div class="empty"><h2>"No role is called that"</h2><p>"Search for another part of its name."</p></div> }
        });
        view! {
            <div class="head">
                <div><h1>"Roles"</h1><p>"A role is a named set of permissions. Give it to people or groups."</p></div>
                <div class="do">
                    {may_see_deleted.then(|| view! { <a class="btn quiet" href="/admin/deleted">"Deleted"</a> })}
                    <a class="btn" href="/admin/roles/compare">"Compare…"</a>
                    {may_add.then(|| view! { <a class="btn main" href="/admin/roles/new"><Icon name="plus"/>"New role"</a> })}
                </div>
            </div>
            <Search path="/admin/roles".to_owned() label="Find a role" search=search.clone()/>
            <div class="card list">
                <table class="cards">
                    <thead><tr><th class="lead">"Role"</th><th class="num" title="People who may by it now, also through groups">"Holders"</th><th class="num wide">"Permissions"</th><th class="num wide">"Version"</th></tr></thead>
                    <tbody>{page.rows.into_iter().map(|role| view! { <Row role/> }).collect_view()}</tbody>
                </table>
                {ended}{nothing}
                <Pager total=page.total noun=("role", "roles") path="/admin/roles".to_owned()
                    query=state after=page.after begun=!after.is_empty()/>
            </div>
        }
    }))
}

#[component]
fn Row(role: Listed) -> impl IntoView {
    let permissions = role.permissions();
    let tenant = role.tenant_name.map(|name| view! { " "<span class="tag plain">"of "<bdi>{name}</bdi></span> });
    view! {
        <tr>
            <td class="lead">
                <a href=format!("/admin/roles/{}", role.id)><bdi>{role.name}</bdi></a>
                {role.builtin.then(|| view! { " "<span class="tag plain">"built in"</span> })}{tenant}
                <div class="sub"><bdi>{role.description}</bdi></div>
            </td>
            <td class="num" data-label="Holders">{grouped(role.holders)}</td>
            <td class="num wide">{permissions}</td>
            <td class="num wide">{role.version}</td>
        </tr>
    }
}
