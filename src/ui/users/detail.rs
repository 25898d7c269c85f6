//! `/admin/users/{id}`: one user, their roles, and what happened to them.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, may::May};
use crate::{
    domain::{
        engine::Person,
        error::Result,
        events::{self, Event},
        grants::{self, GrantView, Holder},
        groups::{self, GroupRef},
        permissions, sessions,
        tenants::{self, Membership},
        users::{self, User},
    },
    model::{
        id::UserId,
        page::First,
        permission::Permission,
        timestamp::{Moment, Timestamp},
        user::{UserStatus, initials},
    },
    ui::{
        audit::EventRow, grants::GrantsCard, layout::console, pager::NotAll, path::UserPath, times::moment,
        visit::Visit,
    },
};

/// Everything the page shows.
struct Detail {
    user: User,
    person: Person,
    grants: First<GrantView>,
    groups: First<GroupRef>,
    memberships: First<Membership>,
    sessions: i64,
    events: Vec<Event>,
}

/// `GET /admin/users/{id}`
pub async fn page(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let detail = load(&visit, id).await?;
    Ok(view(&visit, detail))
}

/// Loads what the page shows, as far as the reader may see it.
async fn load(visit: &Visit, id: UserId) -> Result<Detail> {
    let ctx = &visit.ctx;
    let user = users::find(ctx, id).await?;
    let events = if ctx.may(Permission::AuditRead) { events::of_user(ctx, id).await? } else { Vec::new() };
    Ok(Detail {
        person: permissions::of_user(ctx, id).await?.1,
        grants: grants::of_user(ctx, id).await?,
        groups: groups::of_user(ctx, id).await?,
        memberships: tenants::of_user(ctx, id).await?,
        sessions: sessions::count(&mut ctx.read().await?, id, ctx.now()).await?,
        user,
        events,
    })
}

fn view(visit: &Visit, detail: Detail) -> Response {
    let title = detail.user.display_name.clone();
    let inside = visit.clone();
    console(visit, &title, move || {
        let now = inside.ctx.now();
        let Detail { user, person, grants, groups, memberships, sessions, events } = detail;
        let disabled = user.status == UserStatus::Disabled;
        view! {
            <Crumb here="User"/>
            <Head visit=inside.clone() user=user.clone()/>
            <div class="cols">
                <div class="stack">
                    <GrantsCard visit=inside.clone() grants holder=Holder::User(user.id)/>
                    <May visit=inside.clone() person disabled/>
                    {inside.ctx.may(Permission::AuditRead).then(|| view! { <Activity visit=inside.clone() events/> })}
                </div>
                <div class="stack">
                    <Profile visit=inside.clone() user=user.clone() now/>
                    <SignIn user=user.clone() sessions now/>
                    <Places visit=inside user memberships groups/>
                </div>
            </div>
        }
    })
}

/// The tenants and the groups that a user belongs to.
#[component]
fn Places(visit: Visit, user: User, memberships: First<Membership>, groups: First<GroupRef>) -> impl IntoView {
    let (tenants_open, groups_open) = (visit.ctx.may(Permission::TenantsRead), visit.ctx.may(Permission::GroupsRead));
    let now = visit.ctx.now();
    let row = |membership: Membership| {
        let href = format!("/admin/tenants/{}/members/{}", membership.tenant_id, user.id);
        let name = match tenants_open {
            true => view! { <a href=href><bdi>{membership.tenant_name}</bdi></a> }.into_any(),
            false => view! { <bdi>{membership.tenant_name}</bdi> }.into_any(),
        };
        let owner = membership.is_owner.then(|| view! { " "<span class="tag plain">"owner"</span> });
        view! {
            <li><div>{name}{owner}" "<span class="sub">"since "<Time at=moment(membership.created_at, now)/></span></div>
                <span class="do"><span class=membership.status.tone()>{membership.status.word()}</span></span></li>
        }
    };
    let group = |group: GroupRef| match groups_open {
        true => view! { <li><a href=format!("/admin/groups/{}", group.id)><bdi>{group.name}</bdi></a></li> }.into_any(),
        false => view! { <li><bdi>{group.name}</bdi></li> }.into_any(),
    };
    let no_group = groups.rows.is_empty().then(|| view! { <div class="in"><p class="hint">"In no group."</p></div> });
    view! {
        <section class="card">
            <header><h2>"Memberships"</h2></header>
            <ul class="rows">{memberships.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=memberships.more/>
        </section>
        <section class="card">
            <header><h2>"Groups"</h2></header>
            {no_group}
            <ul class="rows">{groups.rows.into_iter().map(group).collect_view()}</ul>
            <NotAll more=groups.more/>
        </section>
    }
}

#[component]
fn Head(visit: Visit, user: User) -> impl IntoView {
    let href = format!("/admin/users/{}", user.id);
    let may = |permission| visit.ctx.may(permission);
    let verified = if user.email_verified_at.is_some() { " · verified" } else { "" };
    let change = match user.status {
        UserStatus::Disabled => may(Permission::UsersEnable).then(|| {
            view! {
                <form method="post" action=format!("{href}/enable")><button class="btn">"Enable"</button></form>
            }
            .into_any()
        }),
        _ => may(Permission::UsersRevoke)
            .then(|| view! { <a class="btn" href=format!("{href}/disable")>"Disable…"</a> }.into_any()),
    };
    view! {
        <div class="head">
            <span class="ava big" aria-hidden="true">{initials(&user.display_name)}</span>
            <div><h1><bdi>{user.display_name}</bdi></h1><p><bdi>{user.email}</bdi>{verified}</p></div>
            <div class="do">
                {may(Permission::UsersPasswordReset).then(|| view! {
                    <form method="post" action=format!("{href}/password-link")><button class="btn">"Set-password link"</button></form>
                })}
                {change}
                {may(Permission::UsersDelete).then(|| view! { <a class="btn bad" href=format!("{href}/delete")>"Delete…"</a> })}
            </div>
        </div>
    }
}

#[component]
fn Profile(visit: Visit, user: User, now: Timestamp) -> impl IntoView {
    let edit = visit.ctx.may(Permission::UsersUpdate).then(|| {
        view! {
            <div class="do"><a class="link" href=format!("/admin/users/{}/edit", user.id)>"Edit"</a></div>
        }
    });
    view! {
        <section class="card">
            <header><h2>"Profile"</h2>{edit}</header>
            <div class="in">
                <dl class="facts">
                    <dt>"Status"</dt><dd><span class=user.status.tone()>{user.status.label()}</span></dd>
                    <dt>"Number"</dt><dd class="mono">{user.number}</dd>
                    <dt>"First name"</dt><dd><bdi>{user.first_name}</bdi></dd>
                    <dt>"Last name"</dt><dd><bdi>{or_dash(user.last_name)}</bdi></dd>
                    <dt>"Phone"</dt><dd>{or_dash(user.phone.unwrap_or_default())}</dd>
                    <dt>"Locale"</dt><dd>{user.locale}</dd>
                    <dt>"Created"</dt><dd><Time at=moment(user.created_at, now)/></dd>
                </dl>
            </div>
        </section>
    }
}

#[component]
fn SignIn(user: User, sessions: i64, now: Timestamp) -> impl IntoView {
    let when = |at: Option<Timestamp>, never: &'static str| match at {
        Some(at) => view! { <Time at=moment(at, now)/> }.into_any(),
        None => never.into_any(),
    };
    view! {
        <section class="card">
            <header><h2>"Sign-in"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"Last"</dt><dd>{when(user.last_sign_in_at, "never")}</dd>
                    <dt>"Password"</dt><dd>{when(user.password_changed_at, "not set")}</dd>
                    <dt>"Sessions"</dt><dd>{sessions}</dd>
                </dl>
            </div>
        </section>
    }
}

#[component]
fn Activity(visit: Visit, events: Vec<Event>) -> impl IntoView {
    let now = visit.ctx.now();
    let undo = visit.ctx.may(Permission::AuditUndo).then_some(visit.here);
    let nothing = events.is_empty().then(|| {
        view! { <div class="in"><p class="hint">"Nothing yet. Sign-ins and changes to this account are shown here."</p></div> }
    });
    view! {
        <section class="card">
            <header><h2>"Activity"</h2><span class="hint">"the last 20"</span></header>
            {nothing}
            <table class="cards">
                <thead class="sr"><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th><th class="act">"What can be done"</th></tr></thead>
                <tbody>{events.into_iter().map(|event| view! { <EventRow event now named=false undo=undo.clone()/> }).collect_view()}</tbody>
            </table>
        </section>
    }
}

/// A moment with the exact one in its tooltip.
#[component]
pub fn Time(at: Moment) -> impl IntoView {
    view! { <time datetime=at.exact.clone() title=at.exact>{at.label}</time> }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".into() } else { text }
}
