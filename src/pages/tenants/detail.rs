//! `/admin/tenants/{id}`: what it is, and who belongs to it.

mod keys;
mod standing;

pub use standing::Standing;

use leptos::{prelude::*, server_fn::ServerFn};

use self::keys::{KeyCards, Keys};
use super::TypeTag;
use crate::{
    domain::tenants::{self, memberships::store::MemberView, store::Tenant},
    functions::tenants::AddMember,
    http::visit::{named, to, visit},
    model::{
        fields::Fields,
        id::{TenantId, UserId},
        page::Page as Paged,
        permission::Permission,
        scope::Scope,
        tenant::TenantKind,
        timestamp::Timestamp,
        user::grouped,
    },
    pages::{
        Page,
        form::{Field, Form, FormState},
        layout::Console,
        pager::Pager,
        parts::Trail,
        times::{Time, moment},
    },
};

/// `/admin/tenants/{id}?after=…`
pub async fn page() -> Page {
    let visit = visit();
    let id: TenantId = named("id", "tenant")?;
    let (ctx, after) = (&visit.ctx, visit.query.text("after"));
    let tenant = tenants::queries::read(ctx, id).await?;
    let members = tenants::memberships::queries::members(ctx, id, after).await?;
    let owner = tenants::memberships::queries::owner(ctx, id).await?;
    let keys = Keys::load(ctx, id, &visit.query).await?;
    let (title, begun, now) = (tenant.name.clone(), !after.is_empty(), ctx.now());
    let (everywhere, may) = (ctx.tenant().is_none(), ctx.may(Permission::UsersUpdateTenants));
    Ok(view! {
        <Console title>
            <Trail list=("/tenants", "Tenants") here=tenant.name.clone()/>
            <Head tenant=tenant.clone()/>
            <div class="cols">
                <div class="stack">
                    <Members id members begun may now/>
                </div>
                <div class="stack">
                    <Facts tenant owner everywhere now/>
                    {may.then(|| view! { <Adding id everywhere/> })}
                    <KeyCards keys tenant=id/>
                </div>
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Head(tenant: Tenant) -> impl IntoView {
    let (visit, id) = (visit(), tenant.id);
    let here = visit.ctx.tenant() == Some(id);
    let may_work = visit.ctx.user().is_ok_and(|user| tenants::queries::may_work(user, Scope::Tenant(id)));
    let may_write = visit.ctx.may(Permission::TenantsWrite);
    let may_make = may_write && visit.ctx.tenant().is_none();
    let work = format!("/t/{}", tenant.slug);
    view! {
        <div class="head">
            <div><h1><bdi>{tenant.name}</bdi></h1>{here.then(|| view! { <p>"This is your active tenant."</p> })}</div>
            <div class="do">
                {(may_work && !here).then(|| view! { <a class="btn main" href=work>"Switch to this tenant"</a> })}
                {may_make.then(|| view! { <a class="btn" href=to(format_args!("/tenants/new?parent={id}"))>"New child tenant…"</a> })}
                {may_write.then(|| view! { <a class="btn" href=to(format_args!("/tenants/{id}/settings"))>"Settings…"</a> })}
                {may_write.then(|| view! { <a class="btn" href=to(format_args!("/tenants/{id}/edit"))>"Edit…"</a> })}
            </div>
        </div>
    }
}

#[component]
fn Members(id: TenantId, members: Paged<MemberView>, begun: bool, may: bool, now: Timestamp) -> impl IntoView {
    let Paged { rows, total, after, .. } = members;
    let nothing = match (begun, may) {
        (true, _) => "The list ended with the page before.",
        (false, true) => "Nobody belongs to it yet. Add somebody by their e-mail address.",
        (false, false) => "Nobody belongs to it yet. Whoever may add people to tenants can.",
    };
    let path = to(format_args!("/tenants/{id}"));
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
                <a href=to(format_args!("/users/{}", member.id))><bdi>{member.display_name}</bdi></a>
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
            view! { <a class="link" href=to(format_args!("/tenants/{id}"))><bdi>{name}</bdi></a> }.into_any()
        }
        (_, Some(name)) => view! { <bdi>{name}</bdi> }.into_any(),
        (_, None) if tenant.kind == TenantKind::Root => "none: it is the root".into_any(),
        (_, None) => "none".into_any(),
    };
    let owner = match owner {
        Some((id, name)) => {
            view! { <a class="link" href=to(format_args!("/users/{id}"))><bdi>{name}</bdi></a> }.into_any()
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
fn Adding(id: TenantId, everywhere: bool) -> impl IntoView {
    let way = match everywhere {
        false => view! {
            <p class="hint">"In a tenant you can't see people who don't belong to it. "
                <a href=to("/users/new")>"Make a user"</a>", and they belong to it at once."</p>
        }
        .into_any(),
        true => view! {
            <Form function=AddMember::PATH state=FormState::of(AddMember::PATH, Fields::default())>
                <input type="hidden" name="id" value=id.to_string()/>
                <Field name="email" label="E-mail" kind="email" required=true hint="Of somebody who signs in to this installation."/>
                <div class="actions"><button class="btn main">"Add"</button></div>
            </Form>
        }
        .into_any(),
    };
    view! { <section class="card"><header><h2>"Add a member"</h2></header><div class="in">{way}</div></section> }
}
