//! `/admin/users/{id}`: one user, their roles, and what happened to them.

mod cards;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    detail::cards::{Activity, Groups, LetInFrom, Memberships, Profile, SignIn},
    may::May,
};
use crate::{
    domain::{
        clock::exact,
        error::Refused,
        throttle::Lock,
        users::{
            overview::{Overview, overview},
            store::User,
        },
    },
    functions::users::{EnableUser, MakePasswordLink, UnlockUser},
    http::{
        error::sentence,
        visit::{named, to, visit},
    },
    mail::links::reset_password,
    model::{
        id::UserId,
        permission::Permission,
        principal::Principal,
        timestamp::Moment,
        user::{UserStatus, initials},
    },
    pages::{
        Page,
        form::{Act, FormState},
        grants::{AroundCard, GrantsCard},
        layout::Console,
        parts::Trail,
        times::{Time, coming, zone_at},
    },
};

/// `/admin/users/{id}`
pub async fn page() -> Page {
    let visit = visit();
    let overview = overview(&visit.ctx, named::<UserId>("id", "user")?).await?;
    let now = visit.ctx.now();
    let Overview {
        user,
        person,
        grants,
        around,
        groups,
        memberships,
        second_factor,
        let_in_from,
        sessions,
        locks,
        no_link,
        events,
    } = overview;
    let (person_id, disabled) = (user.id, user.status == UserStatus::Disabled);
    let made = FormState::answer_to(MakePasswordLink::PATH).and_then(|answered| answered.value::<String>());
    Ok(view! {
        <Console title=user.display_name.clone()>
            <Trail list=("/users", "Users") here=user.display_name.clone()/>
            <Head user=user.clone() no_link/>
            {made.map(|code| view! { <MadeLink id=user.id code/> })}
            {(!locks.is_empty()).then(|| view! { <Locked id=user.id locks/> })}
            <div class="cols">
                <Profile user=user.clone() now/>
                <div class="stack">
                    <GrantsCard grants holder=Principal::User(user.id)/>
                    <AroundCard heading="Access through groups" grants=around now/>
                    <May person disabled/>
                    {visit.ctx.may(Permission::AuditRead).then(|| view! { <Activity events/> })}
                </div>
                <div class="stack">
                    <SignIn user=user.clone() second_factor sessions now/>
                    <Memberships user memberships/>
                    <Groups groups/>
                    {let_in_from.map(|networks| view! { <LetInFrom id=person_id networks/> })}
                </div>
            </div>
        </Console>
    }
    .into_any())
}

/// The link that was just made, shown once. It is in no address of ours and in no log.
#[component]
fn MadeLink(id: UserId, code: String) -> impl IntoView {
    let site = visit().site.clone();
    let base = if site.has_links { site.public_url.as_str() } else { "" };
    let incomplete = (!site.has_links).then_some(
        " It lacks its beginning, the address by which people reach this server: whoever runs it sets CASTELLAN_PUBLIC_URL.",
    );
    view! {
        <section class="card">
            <header><h2>"Set-password link"</h2></header>
            <div class="in">
                <div class="control">
                    <p class="label" id="link-label">"Give them this link by a way you trust"</p>
                    <div class="secret mono" id="link" role="group" tabindex="0" aria-labelledby="link-label" aria-describedby="link-hint">{reset_password(base, id, &code)}</div>
                    <p class="hint" id="link-hint">"It works once, for one hour, and is shown only now. Older links no longer work."{incomplete}</p>
                </div>
            </div>
        </section>
    }
}

/// Where they can't sign in at the moment, and the way to let them try again.
#[component]
fn Locked(id: UserId, locks: Vec<Lock>) -> impl IntoView {
    let visit = visit();
    let now = visit.ctx.now();
    let lock = |lock: Lock| {
        let until =
            Moment { label: format!("{} {}", coming(lock.until, now), zone_at(lock.until)), exact: exact(lock.until) };
        view! { <p>"Wrong passwords have locked sign-in "{lock.lane.label()}" until "<Time at=until/>"."</p> }
    };
    let unlock = visit.ctx.may(Permission::UsersEnable).then(|| {
        view! { <Act function=UnlockUser::PATH fields=vec![("id", id.to_string())] class="do"><button class="btn">"Unlock"</button></Act> }
    });
    view! { <div class="note warn"><div>{locks.into_iter().map(lock).collect_view()}</div>{unlock}</div> }
}

#[component]
fn Head(user: User, no_link: Option<Refused>) -> impl IntoView {
    let visit = visit();
    let verified = if user.email_verified_at.is_some() { " · verified" } else { " · not verified" };
    let contact = user.contact().map(|contact| view! { " · reached at " <bdi>{contact.to_owned()}</bdi> });
    view! {
        <div class="head">
            <span class="ava big" aria-hidden="true">{initials(&user.display_name)}</span>
            <div><h1><bdi>{user.display_name}</bdi></h1><p><bdi>{user.login}</bdi>{verified}{contact}</p></div>
            <div class="do">
                {visit.ctx.may(Permission::UsersPasswordReset).then(|| view! { <PasswordLink id=user.id no_link/> })}
                <Ending id=user.id status=user.status/>
            </div>
        </div>
    }
}

/// The button that makes a set-password link; where none could work, it says why and can't be pressed.
#[component]
fn PasswordLink(id: UserId, no_link: Option<Refused>) -> impl IntoView {
    let title = match no_link {
        None => "Makes a new link at once. Older links stop working.".to_owned(),
        Some(refused) => sentence(&refused.to_string()),
    };
    match no_link {
        None => view! {
            <Act function=MakePasswordLink::PATH fields=vec![("id", id.to_string())]><button class="btn" title=title>"Set-password link"</button></Act>
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
fn Ending(id: UserId, status: UserStatus) -> impl IntoView {
    let visit = visit();
    let may = |permission| visit.ctx.may(permission);
    let own = visit.ctx.user_id() == Some(id);
    let enable = (status == UserStatus::Disabled && may(Permission::UsersEnable)).then(|| {
        view! { <Act function=EnableUser::PATH fields=vec![("id", id.to_string())]><button class="btn">"Enable"</button></Act> }
    });
    let disable = (status != UserStatus::Disabled && !own && may(Permission::UsersRevoke))
        .then(|| view! { <a class="btn" href=to(format_args!("/users/{id}/disable"))>"Disable…"</a> });
    let delete = (!own && may(Permission::UsersDelete))
        .then(|| view! { <a class="btn bad" href=to(format_args!("/users/{id}/delete"))>"Delete…"</a> });
    view! { {enable}{disable}{delete} }
}
