//! `/account/security`: how one proves who one is.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{
        passkeys,
        second_factor::{need, recovery, store as factors},
        sessions::{self, device, store::SessionView},
        users::{own::own, store::User},
    },
    functions::account::{EndOwnSession, EndOwnSessions},
    http::visit::visit,
    model::user::SecondFactor,
    pages::{
        Page,
        form::Act,
        language::Language,
        layout::Own,
        times::{Time, moment_in},
    },
};

/// What one has beside the password.
struct Factor {
    bound: SecondFactor,
    required: bool,
    codes: i64,
    passkeys: i64,
}

/// `/account/security`
pub async fn page() -> Page {
    let ctx = visit().ctx.clone();
    let user = own(&ctx).await?;
    let factor = {
        let conn = &mut *ctx.read().await?;
        Factor {
            bound: factors::of(conn, user.id).await?.0,
            required: need::is_required(conn, user.id, ctx.now()).await?,
            codes: recovery::left(conn, user.id).await?,
            passkeys: passkeys::store::count(conn, user.id).await?,
        }
    };
    let open = sessions::queries::list(&ctx, user.id).await?;
    let language = Language::here();
    let (title, count) = (language.say("account-security"), factor.passkeys);
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1></div></div>
            <div class="stack">
                <Password user language/>
                <SecondFactorCard factor language/>
                <Passkeys count language/>
                <Sessions open language/>
            </div>
        </Own>
    }
    .into_any())
}

#[component]
fn Password(user: User, language: Language) -> impl IntoView {
    let now = visit().ctx.now();
    let changed = match user.password_changed_at {
        Some(at) => view! { <Time at=moment_in(language, at, now)/> }.into_any(),
        None => language.say("account-password-never").into_any(),
    };
    view! {
        <section class="card"><header><h2>{language.say("account-password")}</h2></header><div class="in">
            <dl class="facts"><dt>{language.say("account-password-changed")}</dt><dd>{changed}</dd></dl>
            <p class="actions"><a class="btn" href="/change-password">{language.say("account-password-change")}</a></p>
        </div></section>
    }
}

#[component]
fn SecondFactorCard(factor: Factor, language: Language) -> impl IntoView {
    let may_lose = factor.bound == SecondFactor::Totp || factor.passkeys > 0;
    let (sentence, action) = match factor.bound {
        SecondFactor::None => ("account-factor-none", "account-factor-set-up"),
        SecondFactor::Email => ("account-factor-mail", "account-factor-set-up"),
        SecondFactor::Totp => ("account-factor-app", "account-factor-replace"),
    };
    let remove = (factor.bound != SecondFactor::None && !factor.required).then(|| {
        view! { <a class="btn quiet" href="/account/second-factor/remove">{language.say("account-factor-remove")}"…"</a> }
    });
    view! {
        <section class="card"><header><h2>{language.say("account-factor")}</h2></header><div class="in">
            <p>{language.say(sentence)}</p>
            {factor.required.then(|| view! { <p class="hint">{language.say("account-factor-required")}</p> })}
            <p class="actions"><a class="btn" href="/account/second-factor">{language.say(action)}</a>{remove}</p>
            {may_lose.then(|| view! {
                <h3>{language.say("account-codes")}</h3>
                <p>{language.say_of("account-codes-left", &[("count", &factor.codes.to_string())])}</p>
                <p class="actions"><a class="btn" href="/account/recovery-codes">{language.say("account-codes-make")}"…"</a></p>
            })}
        </div></section>
    }
}

#[component]
fn Passkeys(count: i64, language: Language) -> impl IntoView {
    view! {
        <section class="card"><header><h2>{language.say("passkey-list")}</h2><span class="hint">{count}</span></header><div class="in">
            <p>{language.say("passkey-list-hint")}</p>
            <p class="actions"><a class="btn" href="/account/passkeys">{language.say("passkey-list")}"…"</a></p>
        </div></section>
    }
}

/// Where one is signed in.
#[component]
fn Sessions(open: Vec<SessionView>, language: Language) -> impl IntoView {
    view! {
        <section class="card"><header><h2>{language.say("account-sessions")}</h2></header>
            <ul class="rows">{open.into_iter().map(|session| view! { <Session session language/> }).collect_view()}</ul>
            <div class="in">
                <Act function=EndOwnSessions::PATH><button class="btn">{language.say("account-sessions-end")}</button></Act>
            </div>
        </section>
    }
}

#[component]
fn Session(session: SessionView, language: Language) -> impl IntoView {
    let ctx = visit().ctx.clone();
    let is_this = ctx.session().is_ok_and(|own| own == session.id);
    let name = Some(device::called(&session.user_agent)).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| language.say("account-session-unknown"));
    let mark = is_this.then(|| view! { " "<span class="tag plain">{language.say("account-session-this")}</span> });
    let end = (!is_this).then(|| {
        let label = format!("{}: {name}", language.say("account-session-end"));
        view! {
            <Act function=EndOwnSession::PATH fields=vec![("session", session.id.to_string())]>
                <button class="btn quiet" aria-label=label>{language.say("account-session-end")}</button>
            </Act>
        }
    });
    view! {
        <li>
            <div><bdi>{name.clone()}</bdi>{mark}
                <div class="sub"><bdi>{session.address}</bdi>" · "{language.say("account-token-used")}" "<Time at=moment_in(language, session.last_seen_at, ctx.now())/></div></div>
            <span class="do">{end}</span>
        </li>
    }
}
