//! `/admin/workplace`: the tenant that one works in.

use axum::{http::header, response::Response};
use leptos::prelude::*;

use super::{
    layout::console,
    pager::{Pager, Search, at},
    visit::Visit,
};
use crate::{
    domain::{
        error::Result,
        tenants::{self, store::Listed},
    },
    islands::Ended,
    model::{fields::Fields, id::TenantId, scope::Scope},
    server::{cookies, request::Query},
};

/// `GET /admin/workplace`: everywhere, and each tenant that the reader may work in.
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    let (search, after) = (query.text("q").to_owned(), query.text("after").to_owned());
    let page = tenants::queries::workplaces(&visit.ctx, &search, &after).await?;
    let here = visit.ctx.tenant();
    let user = visit.ctx.user().cloned()?;
    let may = move |tenant| tenants::queries::workplace(&user, Some(Scope::Tenant(tenant))) == Scope::Tenant(tenant);
    let everywhere = visit.ctx.user().is_ok_and(|user| !user.effective.at(Scope::Everywhere).is_empty());
    Ok(console(&visit, "Switch tenant", move || {
        let state = Fields::default().with("q", search.clone());
        let ended = page.has_ended().then(|| view! { <Ended first=at("/admin/workplace", &state)/> });
        view! {
            <div class="head"><div><h1>"Active tenant"</h1>
                <p>"You see and change only what belongs to the tenant you choose."</p></div></div>
            <Search path="/admin/workplace".to_owned() label="Find a tenant" search/>
            <div class="card">
                <ul class="rows">
                    {everywhere.then(|| view! { <Place tenant=None name="Everywhere".to_owned() about="all tenants at once".to_owned() current=here.is_none() may=true/> })}
                    {page.rows.into_iter().map(|tenant| {
                        let Listed { id, name, slug, .. } = tenant;
                        view! { <Place tenant=Some(id) name about=slug current=here == Some(id) may=may(id)/> }
                    }).collect_view()}
                </ul>
                {ended}
                <Pager total=page.total noun=("tenant", "tenants") path="/admin/workplace".to_owned()
                    query=state after=page.after begun=!after.is_empty()/>
            </div>
        }
    }))
}

#[component]
fn Place(tenant: Option<TenantId>, name: String, about: String, current: bool, may: bool) -> impl IntoView {
    let label = format!("Switch to {name}");
    view! {
        <li>
            <div><b><bdi>{name}</bdi></b>" "<span class="sub">{about}</span></div>
            {match (current, may) {
                (true, _) => view! { <span class="do"><span class="tag good plain">"active tenant"</span></span> }.into_any(),
                (false, false) => view! { <span class="do sub">"nothing is given to you here yet"</span> }.into_any(),
                (false, true) => view! {
                    <form class="do" method="post" action="/admin/workplace">
                        <input type="hidden" name="tenant" value=tenant.map(|id| id.to_string())/>
                        <button class="btn" aria-label=label>"Switch"</button>
                    </form>
                }.into_any(),
            }}
        </li>
    }
}

/// `POST /admin/workplace`: remembers the choice. What the reader may not choose is not followed by the caller layer.
pub async fn choose(visit: Visit, form: Fields) -> Response {
    let tenant: Option<TenantId> = form.text("tenant").parse().ok();
    let mut response = visit.go("/admin");
    let cookie = cookies::tenant(&visit.site, &tenant.map(|id| id.to_string()).unwrap_or_default());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
