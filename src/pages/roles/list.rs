//! `/admin/roles`

use leptos::prelude::*;

use crate::{
    domain::roles::{self, store::Listed},
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, permission::Permission, user::grouped},
    pages::{
        Page,
        layout::{Console, Icon},
        pager::{Pager, Search, at},
    },
};

/// `/admin/roles?q=…&after=…`
pub async fn page() -> Page {
    let visit = visit();
    let (search, after) = (visit.query.text("q").to_owned(), visit.query.text("after").to_owned());
    let page = roles::queries::list(&visit.ctx, &search, &after).await?;
    let state = Fields::default().with("q", search.clone());
    let ended = page.has_ended().then(|| view! { <Ended first=at(&to("/roles"), &state)/> });
    let nothing = (page.total == 0).then(|| {
        view! { <div class="empty"><h2>"No role is called that"</h2><p>"Search for another part of its name."</p></div> }
    });
    Ok(view! {
        <Console title="Roles">
            <Head/>
            <Search path=to("/roles") label="Find a role" search/>
            <div class="card list">
                <table class="cards">
                    <thead><tr><th class="lead">"Role"</th><th class="num" title="People who may by it now, also through groups">"Holders"</th><th class="num wide">"Permissions"</th><th class="num wide">"Version"</th></tr></thead>
                    <tbody>{page.rows.into_iter().map(|role| view! { <Row role/> }).collect_view()}</tbody>
                </table>
                {ended}{nothing}
                <Pager total=page.total noun=("role", "roles") path=to("/roles")
                    query=state after=page.after begun=!after.is_empty()/>
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Head() -> impl IntoView {
    let visit = visit();
    let may = |permission| visit.ctx.may(permission);
    view! {
        <div class="head">
            <div><h1>"Roles"</h1><p>"A role is a named set of permissions. Give it to people or groups."</p></div>
            <div class="do">
                {may(Permission::AuditRead).then(|| view! { <a class="btn quiet" href=to("/deleted")>"Deleted"</a> })}
                <a class="btn" href=to("/roles/compare")>"Compare…"</a>
                {may(Permission::RolesAdd).then(|| view! { <a class="btn main" href=to("/roles/new")><Icon name="plus"/>"New role"</a> })}
            </div>
        </div>
    }
}

#[component]
fn Row(role: Listed) -> impl IntoView {
    let permissions = role.permissions();
    let tenant = role.tenant_name.map(|name| view! { " "<span class="tag plain">"of "<bdi>{name}</bdi></span> });
    view! {
        <tr>
            <td class="lead">
                <a href=to(format_args!("/roles/{}", role.id))><bdi>{role.name}</bdi></a>
                {role.builtin.then(|| view! { " "<span class="tag plain">"built in"</span> })}{tenant}
                <div class="sub"><bdi>{role.description}</bdi></div>
            </td>
            <td class="num" data-label="Holders">{grouped(role.holders)}</td>
            <td class="num wide">{permissions}</td>
            <td class="num wide">{role.version}</td>
        </tr>
    }
}
