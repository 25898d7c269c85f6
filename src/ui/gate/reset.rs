//! `/reset-password` and `/activate`: set a password by a one-time link. Opening the link changes nothing.

use axum::response::Response;
use leptos::prelude::*;

use super::dead::dead;
use crate::{
    domain::{
        codes::{
            Link, Purpose,
            redeeming::{self, Asks},
        },
        error::{Error, Refused, Result},
    },
    model::{error::FieldErrors, fields::Fields},
    server::request::Query,
    ui::{
        done::Done,
        form::{Field, FormNote, FormState},
        language::Language,
        layout::gate_in,
        visit::Visit,
    },
};

/// `GET /reset-password?user=…&code=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    open(&visit, Purpose::PasswordReset, query).await
}

/// `POST /reset-password`
pub async fn reset_password(visit: Visit, form: Fields) -> Result<Response> {
    set(&visit, Purpose::PasswordReset, form).await
}

/// `GET /activate?user=…&code=…`
pub async fn activation_page(visit: Visit, Query(query): Query) -> Result<Response> {
    open(&visit, Purpose::Activation, query).await
}

/// `POST /activate`
pub async fn activate(visit: Visit, form: Fields) -> Result<Response> {
    set(&visit, Purpose::Activation, form).await
}

async fn open(visit: &Visit, purpose: Purpose, query: Fields) -> Result<Response> {
    let language = Language::of(&query);
    Ok(match redeeming::opened(&visit.ctx, &link(purpose, &query)).await? {
        Some(Asks::Password) => view(visit, (purpose, language), FormState::filled(query)),
        Some(Asks::Coming(tenant)) => coming(visit, language, (&query, &tenant)),
        None => dead(visit, language),
    })
}

async fn set(visit: &Visit, purpose: Purpose, form: Fields) -> Result<Response> {
    let language = Language::of(&form);
    let (password, again) = (form.text("password"), form.text("again"));
    let outcome = match password == again {
        true => redeeming::redeem(&visit.ctx, &link(purpose, &form), Some(password)).await,
        false => Err(FieldErrors::one("again", "type the same password twice").into()),
    };
    // The page that asks for no password has no field for one.
    let done = if password.is_empty() { Done::CameIn } else { Done::PasswordSet };
    match outcome {
        Ok(()) => Ok(visit.done("/signin", done, 1)),
        Err(Error::Refused(Refused::DeadLink)) => Ok(dead(visit, language)),
        Err(error) => visit.refused(error, form.without(&["password", "again"]), |state| {
            view(visit, (purpose, language), language.translated(state))
        }),
    }
}

fn link(purpose: Purpose, fields: &Fields) -> Link {
    Link::read(purpose, fields.text("user"), fields.text("code"))
}

fn view(visit: &Visit, (purpose, language): (Purpose, Language), form: FormState) -> Response {
    let (action, says) = match purpose {
        Purpose::Activation => ("/activate", "page-set-password-first"),
        _ => ("/reset-password", "page-set-password-again"),
    };
    let kept = ["user", "code", "lang"].map(|name| (name, form.typed.text(name).to_owned()));
    let title = language.say("page-set-password");
    gate_in(visit, (&title.clone(), language), move || {
        view! {
            <form class="form" method="post" action=action novalidate>
                <h1>{title}</h1>
                <p class="hint">{language.say(says)}</p>
                <FormNote form=form.clone()/>
                {kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
                <Field form=form.clone() name="password" label=language.say("page-new-password") kind="password"
                    autocomplete="new-password" required=true autofocus=true hint=language.say("page-password-hint")/>
                <Field form=form name="again" label=language.say("page-once-more") kind="password"
                    autocomplete="new-password" required=true/>
                <div class="actions"><button class="btn main">{language.say("page-set-password-action")}</button></div>
            </form>
        }
    })
}

/// A membership waits for whoever has a password already.
fn coming(visit: &Visit, language: Language, (query, tenant): (&Fields, &str)) -> Response {
    let kept = ["user", "code", "lang"].map(|name| (name, query.text(name).to_owned()));
    let title = language.say_of("page-join", &[("tenant", tenant)]);
    gate_in(visit, (&title.clone(), language), move || {
        view! {
            <form class="form" method="post" action="/activate">
                <h1>{title}</h1>
                <p class="hint">{language.say("page-join-hint")}</p>
                {kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
                <div class="actions"><button class="btn main" autofocus>{language.say("page-join-action")}</button></div>
            </form>
        }
    })
}
