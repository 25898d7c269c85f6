//! Ways in that an administrator opens for somebody: links by mail, a link to pass on, and a password for three days.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{action::Action, error::Refused, users},
    functions::{
        recovery::{SendActivation, SendConfirmation, SendResetLink, TemporaryPassword},
        users::MakePasswordLink,
    },
    http::{
        error::sentence,
        visit::{ctx, named, to, visit},
    },
    model::{
        id::UserId,
        permission::Permission,
        user::{UserKind, UserStatus},
    },
    pages::{
        Page,
        form::{Act, FormState},
        layout::Console,
        parts::ShownOnce,
    },
};

/// What can be done for somebody who can't sign in. What wouldn't work isn't offered, and it is said why.
#[component]
pub fn Ways(
    id: UserId,
    status: UserStatus,
    confirmed: bool,
    /// Whether they belong to tenants and are active in none, so that no password lets them in.
    barred: bool,
    no_link: Option<Refused>,
) -> impl IntoView {
    let visit = visit();
    let own = visit.ctx.user_id() == Some(id);
    let may_reset = visit.ctx.may(Permission::UsersPasswordReset);
    let confirms = !confirmed && status != UserStatus::Disabled && visit.ctx.may(Permission::UsersUpdate);
    let confirm =
        confirms.then(|| view! { <Way id function=SendConfirmation::PATH label="Send link to confirm the address"/> });
    let ways = match no_link {
        _ if !may_reset => ().into_any(),
        Some(refused) => {
            view! { <p class="hint">"No way in can be sent: "{sentence(&refused.to_string())}</p> }.into_any()
        }
        None => view! { <Resets id own never=status == UserStatus::Pending barred/> }.into_any(),
    };
    (may_reset || confirms).then(|| view! { <div class="in"><div class="do">{ways}{confirm}</div></div> })
}

/// The ways to another password. Whoever never had one is sent what they were sent first.
#[component]
fn Resets(id: UserId, own: bool, never: bool, barred: bool) -> impl IntoView {
    let mailed = match never {
        true => view! { <Way id function=SendActivation::PATH label="Send activation link"/> },
        false => view! { <Way id function=SendResetLink::PATH label="Send reset link"/> },
    };
    if barred {
        let hint = "A password alone lets them in nowhere, because they are active in no tenant yet.";
        return view! { {never.then_some(mailed)}<p class="hint">{hint}</p> }.into_any();
    }
    let temporary = (!own).then(|| {
        view! { <a class="btn" href=to(format_args!("/users/{id}/temporary-password"))>"Temporary password…"</a> }
    });
    view! { {mailed}<Way id function=MakePasswordLink::PATH label="Set-password link"/>{temporary} }.into_any()
}

/// A button that does it at once.
#[component]
fn Way(id: UserId, function: &'static str, label: &'static str) -> impl IntoView {
    view! { <Act function fields=vec![("id", id.to_string())]><button class="btn">{label}</button></Act> }
}

/// `/admin/users/{id}/temporary-password`: asks first, and then shows the password this once.
pub async fn temporary_page() -> Page {
    let (ctx, id) = (ctx(), named::<UserId>("id", "user")?);
    let user = users::queries::as_seen_for(&ctx, Action::ResetPassword, id).await?;
    if user.kind == UserKind::ServiceAccount {
        return Err(Refused::ServiceAccount.into());
    }
    let given = FormState::answer_to(TemporaryPassword::PATH).and_then(|answered| answered.value::<String>());
    let body = match given {
        Some(password) => view! { <Given id password/> }.into_any(),
        None => view! { <Question id/> }.into_any(),
    };
    Ok(view! {
        <Console title="Temporary password">
            <Crumb user=(id, user.display_name.clone()) here="Temporary password"/>
            <div class="head"><div><h1>"Temporary password for "<bdi>{user.display_name}</bdi></h1><p><bdi>{user.login}</bdi></p></div></div>
            {body}
        </Console>
    }
    .into_any())
}

#[component]
fn Question(id: UserId) -> impl IntoView {
    let text = "A new password is made and shown to you once. It works for three days, and they choose another when they \
        sign in with it. The password they have now stops working, and all their sessions and personal tokens end.";
    view! {
        <div class="stack">
            <p>{text}</p>
            <div class="do">
                <Act function=TemporaryPassword::PATH fields=vec![("id", id.to_string())]>
                    <button class="btn main bad">"Make a temporary password"</button>
                </Act>
                <a class="btn quiet" href=to(format_args!("/users/{id}"))>"Cancel"</a>
            </div>
        </div>
    }
}

#[component]
fn Given(id: UserId, password: String) -> impl IntoView {
    view! {
        <div class="stack">
            <ShownOnce heading="Temporary password" label="Give it to them by a way you trust" secret=password
                hint="It works for three days, and is shown only now. Their former password and sessions work no more."/>
            <div class="do"><a class="btn" href=to(format_args!("/users/{id}"))>"Done"</a></div>
        </div>
    }
}
