//! `/reset-password` and `/activate`: set a password by a one-time link. Opening the link changes nothing.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{
        codes::{self, Link, Purpose},
        error::{Refused, Result},
    },
    model::{error::FieldErrors, fields::Fields},
    server::request::Query,
    ui::{
        done::Done,
        form::{Field, FormNote, FormState},
        layout::gate,
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
    match codes::is_alive(&visit.ctx, &link(purpose, &query)).await? {
        true => Ok(view(visit, purpose, FormState::filled(query))),
        false => Err(Refused::DeadLink.into()),
    }
}

async fn set(visit: &Visit, purpose: Purpose, form: Fields) -> Result<Response> {
    let (password, again) = (form.text("password"), form.text("again"));
    let outcome = match password == again {
        true => codes::redeem_reset(&visit.ctx, &link(purpose, &form), password).await,
        false => Err(FieldErrors::one("again", "type the same password twice").into()),
    };
    match outcome {
        Ok(()) => Ok(visit.done("/signin", Done::PasswordSet, 1)),
        Err(error) => visit.refused(error, form.without(&["password", "again"]), |state| view(visit, purpose, state)),
    }
}

fn link(purpose: Purpose, fields: &Fields) -> Link {
    Link::read(purpose, fields.text("user"), fields.text("code"))
}

fn view(visit: &Visit, purpose: Purpose, form: FormState) -> Response {
    let (action, says) = match purpose {
        Purpose::Activation => ("/activate", "Then sign in with it."),
        _ => ("/reset-password", "This ends every session you have. Then sign in with the new password."),
    };
    gate(visit, "Set your password", move || {
        view! {
            <form class="form" method="post" action=action novalidate>
                <h1>"Set your password"</h1>
                <p class="hint">{says}</p>
                <FormNote form=form.clone()/>
                <input type="hidden" name="user" value=form.typed.text("user").to_owned()/>
                <input type="hidden" name="code" value=form.typed.text("code").to_owned()/>
                <Field form=form.clone() name="password" label="New password" kind="password" autocomplete="new-password"
                    required=true autofocus=true hint="At least 15 characters. A few words in a row are easy to remember."/>
                <Field form=form name="again" label="Once more" kind="password" autocomplete="new-password" required=true/>
                <div class="actions"><button class="btn main">"Set password"</button></div>
            </form>
        }
    })
}
