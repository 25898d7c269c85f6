//! Where somebody is signed in, and how they signed in before.

use leptos::{prelude::*, server_fn::ServerFn};
use serde_json::Value;

use crate::{
    domain::{
        action::Action,
        audit::event::Event,
        sessions::{device::device, store::SessionView},
    },
    functions::sessions::{EndSession, EndSessions},
    http::{error::capitalised, visit::visit},
    model::{id::UserId, permission::Permission, timestamp::Timestamp},
    pages::{
        form::Act,
        times::{Time, moment},
    },
};

/// The sessions that run, each with the way to end it, and the sign-ins of before for those who may read the log.
#[component]
pub fn Sessions(user: UserId, open: Vec<SessionView>, sign_ins: Vec<Event>, now: Timestamp) -> impl IntoView {
    let all = (open.len() > 1).then(|| {
        view! { <div class="do"><Act function=EndSessions::PATH fields=vec![("id", user.to_string())]><button class="btn quiet">"End all"</button></Act></div> }
    });
    let none =
        open.is_empty().then(|| view! { <div class="in"><p class="hint">"They are signed in nowhere."</p></div> });
    view! {
        <section class="card">
            <header><h2>"Sessions"</h2>{all}</header>
            {none}
            <ul class="rows">{open.into_iter().map(|session| view! { <Row user session now/> }).collect_view()}</ul>
            {visit().ctx.may(Permission::AuditRead).then(|| view! { <History sign_ins now/> })}
        </section>
    }
}

#[component]
fn Row(user: UserId, session: SessionView, now: Timestamp) -> impl IntoView {
    let name = capitalised(&device(&session.user_agent));
    let this = visit()
        .ctx
        .session()
        .is_ok_and(|own| own == session.id)
        .then(|| view! { " "<span class="tag plain">"this one"</span> });
    let from = session.address.map(|address| format!("{address} · ")).unwrap_or_default();
    let fields = vec![("id", user.to_string()), ("session", session.id.to_string())];
    let label = format!("End the session in {}", device(&session.user_agent));
    view! {
        <li>
            <div>{name}{this}
                <div class="sub">{from}"since "<Time at=moment(session.created_at, now)/>", last used "<Time at=moment(session.last_seen_at, now)/></div></div>
            <span class="do"><Act function=EndSession::PATH fields><button class="btn quiet" aria-label=label>"End"</button></Act></span>
        </li>
    }
}

/// The latest sign-ins.
#[component]
fn History(sign_ins: Vec<Event>, now: Timestamp) -> impl IntoView {
    let none = sign_ins.is_empty().then(|| view! { <li><p class="hint">"They never signed in."</p></li> });
    view! {
        <details class="others">
            <summary>"Sign-in history"</summary>
            <ul class="rows">{none}{sign_ins.into_iter().map(|event| view! { <SignIn event now/> }).collect_view()}</ul>
        </details>
    }
}

#[component]
fn SignIn(event: Event, now: Timestamp) -> impl IntoView {
    let (said, class) = match Action::parse(&event.action) {
        Some(Action::SignIn) => ("Signed in", "tag good"),
        Some(Action::LockSignIn) => ("Locked after wrong passwords", "tag bad"),
        _ => ("Refused", "tag warn"),
    };
    let after: Option<Value> = event.after.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let device = after.as_ref().and_then(|after| after["device"].as_str()).map(capitalised);
    let from = [device, event.address].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li><div><span class=class>{said}</span><div class="sub">{from}</div></div><span class="do sub"><Time at=moment(event.at, now)/></span></li>
    }
}
