//! `/change-password`: sets a password in place of a temporary one, before anything else; or in place of one's own.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::arriving::{arrive, with_next};
use crate::{
    domain::{
        commands::run,
        error::{Error, Refused, Result},
        sessions::{
            pending::{self, Pending},
            store::Awaits,
        },
        users::passwords::ChangePassword,
    },
    model::{error::FieldErrors, fields::Fields},
    server::request::{Query, SessionTokens, safe_next},
    ui::{
        done::Done,
        form::{Field, FormNote, FormState},
        layout::gate,
        visit::Visit,
    },
};

/// What is never shown again.
const SECRETS: [&str; 3] = ["old", "password", "again"];

/// `GET /change-password`
pub async fn page(visit: Visit, SessionTokens(tokens): SessionTokens, Query(query): Query) -> Result<Response> {
    let pending = pending::find(&visit.ctx, &tokens, Awaits::Password).await?;
    Ok(match (pending, visit.ctx.user()) {
        (None, Err(_)) => Redirect::to(&with_next("/signin", safe_next(query.text("next")))).into_response(),
        (pending, _) => view(&visit, pending.is_some(), FormState::filled(query.without(&SECRETS))),
    })
}

/// `POST /change-password`
pub async fn change(visit: Visit, SessionTokens(tokens): SessionTokens, form: Fields) -> Result<Response> {
    let pending = pending::find(&visit.ctx, &tokens, Awaits::Password).await?;
    if pending.is_none() && visit.ctx.user().is_err() {
        return Err(Refused::SignInOver.into());
    }
    match set(&visit, pending.as_ref(), &form).await {
        // There is nothing left to go on with.
        Err(error @ Error::Refused(Refused::SignInOver)) => Err(error),
        Err(error) => visit.refused(error, form.without(&SECRETS), |state| view(&visit, pending.is_some(), state)),
        done => done,
    }
}

async fn set(visit: &Visit, pending: Option<&Pending>, form: &Fields) -> Result<Response> {
    let (old, password) = (form.text("old"), form.text("password"));
    if password != form.text("again") {
        return Err(FieldErrors::one("again", "type the same password twice").into());
    }
    match pending {
        Some(pending) => {
            let signed_in = pending::set_password(&visit.ctx, pending, (password, &visit.known)).await?;
            Ok(arrive(visit, form.text("next"), &signed_in))
        }
        None => {
            let prepared = ChangePassword::prepare(&visit.ctx, old, password).await.map_err(|error| match error {
                Error::WrongCredentials => FieldErrors::one("old", "this isn't your password").into(),
                other => other,
            })?;
            run(&visit.ctx, prepared).await?;
            Ok(visit.done("/admin", Done::PasswordChanged, 1))
        }
    }
}

fn view(visit: &Visit, is_temporary: bool, form: FormState) -> Response {
    let sentence = match is_temporary {
        true => "The password that you were given is temporary. Set one that only you know to go on.",
        false => "Your other sessions end, and this one goes on.",
    };
    gate(visit, "Change your password", move || {
        view! {
            <form class="form" method="post" action="/change-password" novalidate>
                <h1>"Change your password"</h1>
                <p class="hint">{sentence}</p>
                <FormNote form=form.clone()/>
                <input type="hidden" name="next" value=form.typed.text("next").to_owned()/>
                {(!is_temporary).then(|| view! {
                    <Field form=form.clone() name="old" label="Your password" kind="password" autocomplete="current-password"
                        required=true autofocus=true/>
                })}
                <Field form=form.clone() name="password" label="New password" kind="password" autocomplete="new-password"
                    required=true autofocus=is_temporary
                    hint="At least 15 characters. A few words in a row are easy to remember."/>
                <Field form=form name="again" label="Once more" kind="password" autocomplete="new-password" required=true/>
                <div class="actions"><button class="btn main">"Set password"</button></div>
            </form>
        }
    })
}
