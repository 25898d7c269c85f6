//! `/admin/tenants/{id}`: what it is, and who belongs to it.

mod standing;

pub use standing::Standing;

use axum::response::Response;
use leptos::prelude::*;

use super::TypeTag;
use crate::{
    domain::{
        error::Result,
        tenants::{self, memberships::store::MemberView, store::Tenant},
    },
    islands::LiveForm,
    model::{
        id::{TenantId, UserId},
        page::Page,
        permission::Permission,
        scope::Scope,
        tenant::TenantKind,
        timestamp::Timestamp,
        user::grouped,
    },
    server::request::Query,
    ui::{
        form::{Field, FormNote, FormState},
        layout::console,
        pager::Pager,
        parts::Trail,
        path::TenantPath,
        times::{Time, moment},
        visit::Visit,
    },
};

/// Everything the page shows.
pub struct Detail {
    tenant: Tenant,
    members: Page<MemberView>,
    owner: Option<(UserId, String)>,
    begun: bool,
}

/// `GET /admin/tenants/{id}?after=…`
pub async fn page(visit: Visit, TenantPath(id): TenantPath, Query(query): Query) -> Result<Response> {
    let detail = load(&visit, id, query.text("after")).await?;
    Ok(view(&visit, detail, FormState::default()))
}

/// Loads what the page shows, with the members after a cursor.
pub async fn load(visit: &Visit, id: TenantId, after: &str) -> Result<Detail> {
    let tenant = tenants::queries::read(&visit.ctx, id).await?;
    let members = tenants::memberships::queries::members(&visit.ctx, id, after).await?;
    Ok(Detail {
        owner: tenants::memberships::queries::owner(&visit.ctx, id).await?,
        tenant,
        members,
        begun: !after.is_empty(),
    })
}

/// The page; `form` is the one that adds a member.
pub fn view(visit: &Visit, detail: Detail, form: FormState) -> Response {
    let title = detail.tenant.name.clone();
    let visit_inside = visit.clone();
    console(visit, &title, move || {
        let Detail { tenant, members, owner, begun } = detail;
        let (id, now) = (tenant.id, visit_inside.ctx.now());
        let (everywhere, may) =
            (visit_inside.ctx.tenant().is_none(), visit_inside.ctx.may(Permission::UsersUpdateTenants));
        view! {
            <Trail list=("/admin/tenants", "Tenants") here=tenant.name.clone()/>
            <Head visit=visit_inside tenant=tenant.clone()/>
            <div class="cols">
                <div class="stack"><Members id members begun may now/></div>
                <div class="stack">
                    <Facts tenant owner everywhere now/>
                    {may.then(|| view! { <Adding id everywhere form/> })}
                </div>
            </div>
        }
    })
}

#[component]
fn Head(visit: Visit, tenant: Tenant) -> impl IntoView {
    let id = tenant.id;
    let here = visit.ctx.tenant() == Some(id);
    let place = Scope::Tenant(id);
    let may_work = !here && visit.ctx.user().is_ok_and(|user| tenants::queries::workplace(user, Some(place)) == place);
    let may_write = visit.ctx.may(Permission::TenantsWrite);
    let may_make = may_write && visit.ctx.tenant().is_none();
    view! {
        <div class="head">
            <div><h1><bdi>{tenant.name}</bdi></h1>{here.then(|| view! { <p>"This is your active tenant."</p> })}</div>
            <div class="do">
                {may_work.then(|| view! {
                    <form method="post" action="/admin/workplace">
                        <input type="hidden" name="tenant" value=id.to_string()/>
                        <button class="btn main">"Switch to this tenant"</button>
                    </form>
                })}
                {may_make.then(|| view! { <a class="btn" href=format!("/admin/tenants/new?parent={id}")>"New child tenant…"</a> })}
                {may_write.then(|| view! { <a class="btn" href=format!("/admin/tenants/{id}/edit")>"Edit…"</a> })}
            </div>
        </div>
    }
}

#[component]
fn Members(id: TenantId, members: Page<MemberView>, begun: bool, may: bool, now: Timestamp) -> impl IntoView {
    let Page { rows, total, after, .. } = members;
    let nothing = match (begun, may) {
        (true, _) => "The list ended with the page before.",
        (false, true) => "Nobody belongs to it yet. Add somebody by their e-mail address.",
        (false, false) => "Nobody belongs to it yet. Whoever may add people to tenants can.",
    };
    let path = format!("/admin/tenants/{id}");
    let body = match rows.is_empty() {
        true => view! { <div class="in"><p class="hint">{nothing}</p></div> }.into_any(),
        false => view! { <Rows path=path.clone() rows may now/> }.into_any(),
    };
    view! {
        <section class="card">
            <header><h2>"Members"</h2><span class="hint">{grouped(total)}</span></header>
            {body}
            {(begun || after.is_some()).then(|| view! { <Pager total noun=("member", "members") path after begun/> })}
        </section>
    }
}

#[component]
fn Rows(path: String, rows: Vec<MemberView>, may: bool, now: Timestamp) -> impl IntoView {
    let row = |member: MemberView| {
        let href = format!("{path}/members/{}", member.id);
        view! { <Row href member may now/> }
    };
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th class="lead">"Member"</th>
                    <th class="wide">"Since"</th>
                    <th>"Status"</th>
                    {may.then(|| view! { <th class="act"><span class="sr">"What can be done"</span></th> })}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(href: String, member: MemberView, may: bool, now: Timestamp) -> impl IntoView {
    let (change, remove) =
        (format!("Change the membership of {}", member.display_name), format!("Remove {}", member.display_name));
    view! {
        <tr>
            <td class="lead">
                <a href=format!("/admin/users/{}", member.id)><bdi>{member.display_name}</bdi></a>
                <div class="sub"><bdi>{member.login}</bdi></div>
            </td>
            <td class="wide when"><Time at=moment(member.created_at, now)/></td>
            <td>
                <Standing membership=member.status disabled=member.disabled/>
                {member.is_owner.then(|| view! { " "<span class="tag plain">"owner"</span> })}
            </td>
            {may.then(|| view! {
                <td class="act">
                    <a class="btn quiet" href=href.clone() aria-label=change>"Change…"</a>
                    <a class="btn quiet" href=format!("{href}/remove") aria-label=remove>"Remove…"</a>
                </td>
            })}
        </tr>
    }
}

#[component]
fn Facts(tenant: Tenant, owner: Option<(UserId, String)>, everywhere: bool, now: Timestamp) -> impl IntoView {
    let parent = match (tenant.parent_id.filter(|_| everywhere), tenant.parent_name) {
        (Some(id), Some(name)) => {
            view! { <a class="link" href=format!("/admin/tenants/{id}")><bdi>{name}</bdi></a> }.into_any()
        }
        (_, Some(name)) => view! { <bdi>{name}</bdi> }.into_any(),
        (_, None) if tenant.kind == TenantKind::Root => "none: it is the root".into_any(),
        (_, None) => "none".into_any(),
    };
    let owner = match owner {
        Some((id, name)) => {
            view! { <a class="link" href=format!("/admin/users/{id}")><bdi>{name}</bdi></a> }.into_any()
        }
        None => "nobody yet".into_any(),
    };
    view! {
        <section class="card">
            <header><h2>"About"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"Short name"</dt><dd class="mono">{tenant.slug}</dd>
                    <dt>"Kind"</dt><dd>{tenant.kind.word()}</dd>
                    <dt>"Type"</dt><dd><TypeTag of=tenant.use_/></dd>
                    <dt>"Parent"</dt><dd>{parent}</dd>
                    <dt>"Owner"</dt><dd>{owner}</dd>
                    <dt>"Created"</dt><dd><Time at=moment(tenant.created_at, now)/></dd>
                </dl>
            </div>
        </section>
    }
}

/// The form that adds a member. From a tenant nobody outside it is seen, so nobody can be found there.
#[component]
fn Adding(id: TenantId, everywhere: bool, form: FormState) -> impl IntoView {
    let way = match everywhere {
        false => view! {
            <p class="hint">"In a tenant you can't see people who don't belong to it. "
                <a href="/admin/users/new">"Make a user"</a>", and they belong to it at once."</p>
        }
        .into_any(),
        true => view! {
            <LiveForm action=format!("/admin/tenants/{id}/members")>
                <FormNote form=form.clone()/>
                <Field form name="email" label="E-mail" kind="email" required=true hint="Of somebody who signs in to this installation."/>
                <div class="actions"><button class="btn main">"Add"</button></div>
            </LiveForm>
        }
        .into_any(),
    };
    view! { <section class="card"><header><h2>"Add a member"</h2></header><div class="in">{way}</div></section> }
}
