//! `/admin/users/{id}`: one user, their roles, and what happened to them.

mod cards;

use axum::response::Response;
use leptos::prelude::*;

use super::{
    detail::cards::{Activity, Groups, Memberships, Profile, SignIn},
    may::May,
};
use crate::{
    domain::{
        clock::exact,
        error::{Refused, Result},
        throttle::Lock,
        users::{
            overview::{Overview, overview},
            store::User,
        },
    },
    model::{
        id::UserId,
        permission::Permission,
        principal::Principal,
        timestamp::Moment,
        user::{UserStatus, initials},
    },
    server::error::sentence,
    ui::{
        grants::{AroundCard, GrantsCard},
        layout::console,
        parts::Trail,
        path::UserPath,
        times::{Time, coming},
        visit::Visit,
    },
};

/// `GET /admin/users/{id}`
pub async fn page(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    Ok(view(&visit, overview(&visit.ctx, id).await?))
}

fn view(visit: &Visit, overview: Overview) -> Response {
    let title = overview.user.display_name.clone();
    let inside = visit.clone();
    console(visit, &title, move || {
        let now = inside.ctx.now();
        let Overview { user, person, grants, around, groups, memberships, sessions, locks, no_link, events } = overview;
        let disabled = user.status == UserStatus::Disabled;
        view! {
            <Trail list=("/admin/users", "Users") here=user.display_name.clone()/>
            <Head visit=inside.clone() user=user.clone() no_link/>
            {(!locks.is_empty()).then(|| view! { <Locked visit=inside.clone() user=user.clone() locks/> })}
            <div class="cols">
                <Profile visit=inside.clone() user=user.clone() now/>
                <div class="stack">
                    <GrantsCard visit=inside.clone() grants holder=Principal::User(user.id)/>
                    <AroundCard heading="Access through groups" grants=around now/>
                    <May visit=inside.clone() person disabled/>
                    {inside.ctx.may(Permission::AuditRead).then(|| view! { <Activity visit=inside.clone() events/> })}
                </div>
                <div class="stack">
                    <SignIn user=user.clone() sessions now/>
                    <Memberships visit=inside.clone() user memberships/>
                    <Groups visit=inside groups/>
                </div>
            </div>
        }
    })
}

/// Where they can't sign in at the moment, and the way to let them try again.
#[component]
fn Locked(visit: Visit, user: User, locks: Vec<Lock>) -> impl IntoView {
    let now = visit.ctx.now();
    let lock = |lock: Lock| {
        let until = Moment { label: format!("{} UTC", coming(lock.until, now)), exact: exact(lock.until) };
        view! { <p>"Wrong passwords have locked sign-in "{lock.lane.label()}" until "<Time at=until/>"."</p> }
    };
    let unlock = visit.ctx.may(Permission::UsersEnable).then(|| {
        view! {
            <form class="do" method="post" action=format!("/admin/users/{}/unlock", user.id)>
                <button class="btn">"Unlock"</button>
            </form>
        }
    });
    view! { <div class="note warn"><div>{locks.into_iter().map(lock).collect_view()}</div>{unlock}</div> }
}

#[component]
fn Head(visit: Visit, user: User, no_link: Option<Refused>) -> impl IntoView {
    let href = format!("/admin/users/{}", user.id);
    let verified = if user.email_verified_at.is_some() { " · verified" } else { " · not verified" };
    let contact = user.contact().map(|contact| view! { " · reached at " <bdi>{contact.to_owned()}</bdi> });
    view! {
        <div class="head">
            <span class="ava big" aria-hidden="true">{initials(&user.display_name)}</span>
            <div><h1><bdi>{user.display_name}</bdi></h1><p><bdi>{user.login}</bdi>{verified}{contact}</p></div>
            <div class="do">
                {visit.ctx.may(Permission::UsersPasswordReset).then(|| view! { <PasswordLink href=href.clone() no_link/> })}
                <Ending visit href=href.clone() id=user.id status=user.status/>
            </div>
        </div>
    }
}

/// The button that makes a set-password link; where none could work, it says why and can't be pressed.
#[component]
fn PasswordLink(href: String, no_link: Option<Refused>) -> impl IntoView {
    let title = match no_link {
        None => "Makes a new link at once. Older links stop working.".to_owned(),
        Some(refused) => sentence(&refused.to_string()),
    };
    match no_link {
        None => view! {
            <form method="post" action=format!("{href}/password-link")><button class="btn" title=title>"Set-password link"</button></form>
        }
        .into_any(),
        Some(_) => view! {
            <button class="btn" type="button" disabled aria-describedby="no-link">"Set-password link"</button>
            <p class="hint" id="no-link">{title}</p>
        }
        .into_any(),
    }
}

/// The ways to lock them out, let them in again, and remove them. The first and the last can't be done to oneself:
/// another administrator does it.
#[component]
fn Ending(visit: Visit, href: String, id: UserId, status: UserStatus) -> impl IntoView {
    let may = |permission| visit.ctx.may(permission);
    let own = visit.ctx.user_id() == Some(id);
    let enable = (status == UserStatus::Disabled && may(Permission::UsersEnable)).then(|| {
        view! { <form method="post" action=format!("{href}/enable")><button class="btn">"Enable"</button></form> }
    });
    let disable = (status != UserStatus::Disabled && !own && may(Permission::UsersRevoke))
        .then(|| view! { <a class="btn" href=format!("{href}/disable")>"Disable…"</a> });
    let delete = (!own && may(Permission::UsersDelete))
        .then(|| view! { <a class="btn bad" href=format!("{href}/delete")>"Delete…"</a> });
    view! { {enable}{disable}{delete} }
}
