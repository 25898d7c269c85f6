//! The cards of a user's page that are about them, rather than about what they may do.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{
        audit::event::Event,
        error::Refused,
        groups::member_store::GroupRef,
        passkeys::store::PasskeyRow,
        tenants::memberships::store::Membership,
        users::{allowlist::Allowlist, store::User},
    },
    functions::{passkeys::DeletePasskey, users::SetAllowlist},
    http::visit::{to, visit},
    model::{
        fields::Fields,
        id::UserId,
        merge::Part,
        page::Limited,
        permission::Permission,
        timestamp::Timestamp,
        user::{SecondFactor, UserStatus},
    },
    pages::{
        audit::row::EventRow,
        form::{Field, Form, FormState, Hidden},
        overtaken::as_typed,
        pager::NotAll,
        parts::{Opened, Sure},
        tenants::detail::Standing,
        times::{Time, moment, zone_at},
        users::recovery::Ways,
    },
};

/// Who they are.
#[component]
pub fn Profile(user: User, now: Timestamp) -> impl IntoView {
    let edit = visit().ctx.may(Permission::UsersUpdate).then(|| {
        view! {
            <div class="do"><a class="btn quiet" href=to(format_args!("/users/{}/edit", user.id))>"Edit…"</a></div>
        }
    });
    view! {
        <section class="card profile">
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

/// When and how they come in.
#[component]
pub fn SignIn(
    user: User,
    factors: (SecondFactor, Vec<PasskeyRow>),
    sessions: i64,
    barred: bool,
    no_link: Option<Refused>,
    now: Timestamp,
) -> impl IntoView {
    let when = |at: Option<Timestamp>, never: &'static str| match at {
        Some(at) => view! { <Time at=moment(at, now)/> }.into_any(),
        None => never.into_any(),
    };
    let (second_factor, passkeys) = factors;
    let has_any = second_factor != SecondFactor::None || !passkeys.is_empty();
    let (ctx, many) = (visit().ctx.clone(), passkeys.len());
    let may_reset = ctx.may(Permission::UsersPasswordReset);
    let theirs = may_reset && ctx.user_id() != Some(user.id);
    let rows = theirs.then(|| passkeys.into_iter().map(|passkey| view! { <PasskeyItem passkey now/> }).collect_view());
    let reset = (has_any && may_reset).then(|| {
        view! { <div class="do"><a class="btn quiet" href=to(format_args!("/users/{}/second-factor", user.id))>"Reset second factor…"</a></div> }
    });
    view! {
        <section class="card">
            <header><h2>"Sign-in"</h2>{reset}</header>
            <div class="in">
                <dl class="facts">
                    <dt>"Last"</dt><dd>{when(user.last_sign_in_at, "never")}</dd>
                    <dt>"Password"</dt><dd>{when(user.password_changed_at, "not set")}</dd>
                    <dt>"Second factor"</dt><dd>{second_factor.label()}</dd>
                    <dt>"Passkeys"</dt><dd>{many}</dd>
                    <dt>"Sessions"</dt><dd>{sessions}</dd>
                </dl>
            </div>
            {rows.filter(|_| many > 0).map(|rows| view! { <ul class="rows">{rows}</ul> })}
            <Ways id=user.id status=user.status confirmed=user.email_verified_at.is_some() barred no_link/>
        </section>
    }
}

/// A passkey of somebody else, which one may remove alone: the device is lost, and the others are not.
#[component]
fn PasskeyItem(passkey: PasskeyRow, now: Timestamp) -> impl IntoView {
    let used = match passkey.last_used_at {
        Some(at) => view! { "used "<Time at=moment(at, now)/> }.into_any(),
        None => "never used".into_any(),
    };
    let label = format!("Remove the passkey {}…", passkey.name);
    view! {
        <li>
            <div><bdi>{passkey.name}</bdi><div class="sub">"Passkey, added "<Time at=moment(passkey.created_at, now)/>", "{used}</div></div>
            <Sure opens="Remove" label function=DeletePasskey::PATH fields=vec![("id", passkey.id.to_string())]
                question="They can't sign in with it any more, and are told by mail. Only they can add it again."
                does="Remove the passkey" class="btn bad"/>
        </li>
    }
}

const NETWORKS: &[Part] = &[Part::new("addresses", &["networks"])];

/// From where they are let in, for whoever may say so.
#[component]
pub fn LetInFrom(id: UserId, networks: Allowlist) -> impl IntoView {
    let saved = Fields::default().with("id", id.to_string()).with("networks", networks.texts().join(" "));
    let state = FormState::editing(SetAllowlist::PATH, (NETWORKS, saved), as_typed);
    view! {
        <section class="card"><header><h2>"Let in from"</h2></header><div class="in">
            <Form function=SetAllowlist::PATH state>
                <Hidden name="id"/><Opened parts=NETWORKS/>
                <Field name="networks" label="Addresses and networks" hint="Like 192.0.2.7 2001:db8::/32, with blanks between them. Empty lets them in from everywhere."/>
                <div class="actions"><button class="btn">"Save"</button></div>
            </Form>
        </div></section>
    }
}

/// What they did, and what was done to them.
#[component]
pub fn Activity(events: Vec<Event>) -> impl IntoView {
    let visit = visit();
    let now = visit.ctx.now();
    let undo = visit.ctx.may(Permission::AuditUndo).then(|| visit.here.clone());
    let about = format!("the last 20, times are {}", zone_at(now));
    let nothing = events.is_empty().then(|| {
        view! { <div class="in"><p class="hint">"Nothing that you can see. Sign-ins, changes to this account and what it is put into are shown here."</p></div> }
    });
    view! {
        <section class="card">
            <header><h2>"Activity"</h2><span class="hint">{about}</span></header>
            {nothing}
            <table class="cards">
                <thead class="sr"><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th><th class="act">"What can be done"</th></tr></thead>
                <tbody>{events.into_iter().map(|event| view! { <EventRow event now named=false undo=undo.clone()/> }).collect_view()}</tbody>
            </table>
        </section>
    }
}

/// The tenants that a user belongs to.
#[component]
pub fn Memberships(user: User, memberships: Limited<Membership>) -> impl IntoView {
    let visit = visit();
    let (now, open) = (visit.ctx.now(), visit.ctx.may(Permission::TenantsRead));
    let disabled = user.status == UserStatus::Disabled;
    let row = |membership: Membership| {
        let href = to(format_args!("/tenants/{}/members/{}", membership.tenant_id, user.id));
        let name = match open {
            true => view! { <a href=href><bdi>{membership.tenant_name}</bdi></a> }.into_any(),
            false => view! { <bdi>{membership.tenant_name}</bdi> }.into_any(),
        };
        let owner = membership.is_owner.then(|| view! { " "<span class="tag plain">"owner"</span> });
        view! {
            <li><div>{name}{owner}" "<span class="sub">"since "<Time at=moment(membership.created_at, now)/></span></div>
                <span class="do"><Standing membership=membership.status disabled/></span></li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Memberships"</h2></header>
            <ul class="rows">{memberships.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=memberships.more/>
        </section>
    }
}

/// The groups that a user is directly in.
#[component]
pub fn Groups(groups: Limited<GroupRef>) -> impl IntoView {
    let open = visit().ctx.may(Permission::GroupsRead);
    let row = |group: GroupRef| match open {
        true => {
            view! { <li><a href=to(format_args!("/groups/{}", group.id))><bdi>{group.name}</bdi></a></li> }.into_any()
        }
        false => view! { <li><bdi>{group.name}</bdi></li> }.into_any(),
    };
    let none = groups.rows.is_empty().then(|| view! { <div class="in"><p class="hint">"In no group."</p></div> });
    view! {
        <section class="card">
            <header><h2>"Groups"</h2></header>
            {none}
            <ul class="rows">{groups.rows.into_iter().map(row).collect_view()}</ul>
            <NotAll more=groups.more/>
        </section>
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".into() } else { text }
}
