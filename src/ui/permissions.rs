//! `/admin/permissions`: the catalogue, and who holds a permission and through what.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    layout::console,
    pager::{NotAll, Pager},
    path::NamePath,
    visit::Visit,
    why::{Why, ways},
};
use crate::{
    domain::{
        engine::{Holder, Person},
        error::{Error, Result},
        permissions,
        roles::Role,
        verb::Verb,
    },
    model::{
        page::{First, Page},
        permission::Permission,
        user::initials,
    },
    server::request::Query,
};

/// `GET /admin/permissions`
pub async fn list(visit: Visit) -> Result<Response> {
    visit.ctx.require(Verb::ReadRole)?;
    let mine = visit.ctx.permissions();
    Ok(console(&visit, "Permissions", move || {
        view! {
            <div class="head"><div><h1>"Permissions"</h1><p>"All there is to allow. Choose one to see who may, and why."</p></div></div>
            <div class="card matrix">
                {Permission::nouns().into_iter().map(|noun| view! {
                    <h2 class="group">{noun}</h2>
                    <ul class="perms">
                        {Permission::ALL.iter().filter(|p| p.noun() == noun).map(|permission| {
                            let name = permission.name();
                            let held = mine.contains(*permission).then(|| view! { <span class="tag good plain">"you may"</span> });
                            view! { <li class="perm"><span></span><a class="link" href=format!("/admin/permissions/{name}")><code>{name}</code></a><span>{permission.sentence()}</span>{held}</li> }
                        }).collect_view()}
                    </ul>
                }).collect_view()}
            </div>
        }
    }))
}

/// `GET /admin/permissions/{name}?after=…`
pub async fn page(visit: Visit, NamePath(name): NamePath, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Verb::WhoCan)?;
    let permission = Permission::parse(&name).ok_or(Error::NotFound("permission"))?;
    let after = query.text("after").to_owned();
    let page = permissions::who_can(&visit.ctx, permission, &after).await?;
    let giving = match visit.ctx.may(Permission::RolesList) {
        true => permissions::giving(&visit.ctx, permission).await?,
        false => First { rows: Vec::new(), more: false },
    };
    let inside = visit.clone();
    let place = visit
        .tenant
        .clone()
        .map_or(view! { "everywhere" }.into_any(), |name| view! { "in "<bdi>{name}</bdi> }.into_any());
    let elsewhere = visit.tenant.is_none().then(|| {
        view! { <p class="hint">"Others may hold it in single tenants only. "<a href="/admin/workplace">"Switch the tenant"</a>" to see them."</p> }
    });
    Ok(console(&visit, permission.name(), move || {
        view! {
            <nav class="crumb" aria-label="Breadcrumb"><a href="/admin/permissions">"Permissions"</a>" / "<span aria-current="page">{permission.name()}</span></nav>
            <div class="head"><div><h1>"Who may "<code>{permission.name()}</code>"?"</h1><p>{permission.sentence()}", "{place}"."</p></div></div>
            <div class="cols">
                <Holders visit=inside permission page begun=!after.is_empty()/>
                <div class="stack"><Giving roles=giving/>{elsewhere}</div>
            </div>
        }
    }))
}

#[component]
fn Holders(visit: Visit, permission: Permission, page: Page<(Holder, Person)>, begun: bool) -> impl IntoView {
    let (scope, now) = (visit.ctx.scope, visit.ctx.now());
    let row = |(holder, person): (Holder, Person)| {
        let ways = ways(&person, permission, scope, now);
        view! {
            <tr>
                <td class="lead"><div class="who">
                    <span class="ava" aria-hidden="true">{initials(&holder.display_name)}</span>
                    <div class="who-text"><a href=format!("/admin/users/{}", holder.id)><bdi>{holder.display_name}</bdi></a><span class="sub"><bdi>{holder.login}</bdi></span></div>
                </div></td>
                <td><Why ways/></td>
            </tr>
        }
    };
    let nobody = page.rows.is_empty().then(|| {
        view! { <div class="empty"><h2>"Nobody may"</h2><p>"Give one of the roles on this page to somebody who should."</p></div> }
    });
    view! {
        <section class="card list">
            <table class="cards">
                <thead><tr><th class="lead">"Person"</th><th>"Through"</th></tr></thead>
                <tbody>{page.rows.into_iter().map(row).collect_view()}</tbody>
            </table>
            {nobody}
            <Pager total=page.total noun=("person", "people") path=format!("/admin/permissions/{}", permission.name()) after=page.after begun/>
        </section>
    }
}

#[component]
fn Giving(roles: First<Role>) -> impl IntoView {
    let First { rows: roles, more } = roles;
    let none = roles.is_empty().then(|| view! { <div class="in"><p class="hint">"No role gives it."</p></div> });
    view! {
        <section class="card">
            <header><h2>"Roles that give it"</h2></header>
            {none}
            <ul class="rows">{roles.into_iter().map(|role| view! {
                <li><div><a href=format!("/admin/roles/{}", role.id)><b><bdi>{role.name}</bdi></b></a>" "<span class="sub">{role.description}</span></div></li>
            }).collect_view()}</ul>
            <NotAll more/>
        </section>
    }
}
