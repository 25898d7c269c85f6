//! `/admin/users/{id}`: one user, their roles, and what happened to them.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, UserPath, edit::RoleChoice};
use crate::{
    domain::{
        error::Result,
        events::{self, Event},
        grants::{self, Grant},
        roles::{self, Role},
        sessions, tenants,
        users::{self, User},
    },
    islands::LiveForm,
    model::{
        id::UserId,
        permission::Permission,
        timestamp::{Moment, Timestamp},
        user::{UserStatus, initials},
    },
    ui::{
        audit::EventRow,
        form::{FormNote, FormState},
        layout::console,
        times::moment,
        visit::Visit,
    },
};

/// Everything the page shows.
pub struct Detail {
    user: User,
    grants: Vec<Grant>,
    roles: Vec<Role>,
    tenants: Vec<String>,
    sessions: i64,
    events: Vec<Event>,
}

/// `GET /admin/users/{id}`
pub async fn page(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let detail = load(&visit, id).await?;
    Ok(view(&visit, detail, FormState::default()))
}

/// Loads what the page shows, as far as the reader may see it.
pub async fn load(visit: &Visit, id: UserId) -> Result<Detail> {
    let ctx = &visit.ctx;
    let user = users::find(ctx, id).await?;
    let grants = grants::of_user(ctx, id).await?;
    let mut roles = if ctx.may(Permission::UsersUpdateRoles) { roles::list(ctx).await? } else { Vec::new() };
    roles.retain(|role| grants.iter().all(|grant| grant.role_id != role.id));
    let mut conn = ctx.read().await?;
    let events = if ctx.may(Permission::AuditRead) { events::of_user(ctx, &mut conn, id).await? } else { Vec::new() };
    Ok(Detail {
        tenants: tenants::names_of(&mut conn, id).await?,
        sessions: sessions::count(&mut conn, id, ctx.now()).await?,
        user,
        grants,
        roles,
        events,
    })
}

/// The page; `form` is the one that gives a role.
pub fn view(visit: &Visit, detail: Detail, form: FormState) -> Response {
    let title = detail.user.display_name.clone();
    let visit_inside = visit.clone();
    console(visit, &title, move || {
        let now = visit_inside.ctx.now();
        let Detail { user, grants, roles, tenants, sessions, events } = detail;
        view! {
            <Crumb here="User"/>
            <Head visit=visit_inside.clone() user=user.clone()/>
            <div class="cols">
                <div class="stack">
                    <Roles visit=visit_inside.clone() user=user.clone() grants roles form/>
                    {visit_inside.ctx.may(Permission::AuditRead).then(|| view! { <Activity events now/> })}
                </div>
                <div class="stack">
                    <Profile visit=visit_inside user=user.clone() now/>
                    <SignIn user sessions tenants now/>
                </div>
            </div>
        }
    })
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
fn Roles(visit: Visit, user: User, grants: Vec<Grant>, roles: Vec<Role>, form: FormState) -> impl IntoView {
    let may = visit.ctx.may(Permission::UsersUpdateRoles);
    let href = format!("/admin/users/{}/roles", user.id);
    let none = grants
        .is_empty()
        .then(|| view! { <div class="in"><p class="hint">"No role yet, so they may do nothing here."</p></div> });
    let row = |grant: Grant| {
        view! {
            <li>
                <div><b>{grant.role_name.clone()}</b>" "<span class="sub">{grant.role_description}</span></div>
                {may.then(|| view! {
                    <form class="do" method="post" action=format!("{href}/{}/take", grant.id)>
                        <button class="btn quiet" aria-label=format!("Take away role {}", grant.role_name)>"Take away"</button>
                    </form>
                })}
            </li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Roles"</h2><span class="hint">"everywhere"</span></header>
            {none}
            <ul class="rows">{grants.into_iter().map(row).collect_view()}</ul>
            {(may && !roles.is_empty()).then(|| view! {
                <div class="in">
                    <LiveForm action=href.clone()>
                        <FormNote form=form.clone()/>
                        <RoleChoice roles form none="Choose a role…"/>
                        <div class="actions"><button class="btn">"Give role"</button></div>
                    </LiveForm>
                </div>
            })}
        </section>
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
fn SignIn(user: User, sessions: i64, tenants: Vec<String>, now: Timestamp) -> impl IntoView {
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
                    <dt>"Member of"</dt><dd>{or_dash(tenants.join(", "))}</dd>
                </dl>
            </div>
        </section>
    }
}

#[component]
fn Activity(events: Vec<Event>, now: Timestamp) -> impl IntoView {
    view! {
        <section class="card">
            <header><h2>"Activity"</h2><span class="hint">"the last 20"</span></header>
            <table class="cards">
                <thead class="sr"><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th></tr></thead>
                <tbody>{events.into_iter().map(|event| view! { <EventRow event now named=false/> }).collect_view()}</tbody>
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
