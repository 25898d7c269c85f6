//! `/admin/users/{id}`: one user, their roles, and what happened to them.

mod cards;
mod sessions;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    detail::{
        cards::{Activity, Groups, LetInFrom, Memberships, Profile, SignIn},
        sessions::Sessions,
    },
    may::May,
};
use crate::{
    domain::{
        clock::exact,
        throttle::Lock,
        users::{
            overview::{Overview, overview},
            store::User,
        },
    },
    functions::users::{EnableUser, MakePasswordLink, UnlockUser},
    http::visit::{named, to, visit},
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
        parts::{ShownOnce, Trail},
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
        passkeys,
        let_in_from,
        sessions,
        open,
        locks,
        no_link,
        events,
        sign_ins,
        barred,
    } = overview;
    let (person_id, disabled) = (user.id, user.status == UserStatus::Disabled);
    let made = FormState::answer_to(MakePasswordLink::PATH).and_then(|answered| answered.value::<String>());
    Ok(view! {
        <Console title=user.display_name.clone()>
            <Trail list=("/users", "Users") here=user.display_name.clone()/>
            <Head user=user.clone()/>
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
                    <SignIn user=user.clone() factors=(second_factor, passkeys) sessions barred no_link now/>
                    {open.map(|open| view! { <Sessions user=person_id open sign_ins now/> })}
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
    let incomplete = match site.has_links {
        true => "",
        false => {
            " It lacks its beginning, the address by which people reach this server: whoever runs it sets CASTELLAN_PUBLIC_URL."
        }
    };
    let hint = format!("It works once, for one hour, and is shown only now. Older links no longer work.{incomplete}");
    let secret = reset_password(site.base_of_links(), id, &code);
    view! { <ShownOnce heading="Set-password link" label="Give them this link by a way you trust" secret hint/> }
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
fn Head(user: User) -> impl IntoView {
    let verified = if user.email_verified_at.is_some() { " · verified" } else { " · not verified" };
    let contact = user.contact().map(|contact| view! { " · reached at " <bdi>{contact.to_owned()}</bdi> });
    view! {
        <div class="head">
            <span class="ava big" aria-hidden="true">{initials(&user.display_name)}</span>
            <div><h1><bdi>{user.display_name}</bdi></h1><p><bdi>{user.login}</bdi>{verified}{contact}</p></div>
            <div class="do">
                <Ending id=user.id status=user.status/>
            </div>
        </div>
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
