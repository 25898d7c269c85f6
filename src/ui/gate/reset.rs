//! `/reset-password`: sets a password by a one-time link. Opening the link changes nothing.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{
        codes::{self, Link},
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
    match codes::is_alive(&visit.ctx, &link(&query)).await? {
        true => Ok(view(&visit, FormState::filled(query))),
        false => Err(Refused::DeadLink.into()),
    }
}

/// `POST /reset-password`
pub async fn reset_password(visit: Visit, form: Fields) -> Result<Response> {
    let (password, again) = (form.text("password"), form.text("again"));
    let outcome = match password == again {
        true => codes::redeem_reset(&visit.ctx, &link(&form), password).await,
        false => Err(FieldErrors::one("again", "type the same password twice").into()),
    };
    match outcome {
        Ok(()) => Ok(visit.done("/signin", Done::PasswordSet, 1)),
        Err(error) => visit.refused(error, form.without(&["password", "again"]), |state| view(&visit, state)),
    }
}

fn link(fields: &Fields) -> Link {
    Link::read(fields.text("user"), fields.text("code"))
}

fn view(visit: &Visit, form: FormState) -> Response {
    gate(visit, "Set your password", move || {
        view! {
            <form class="form" method="post" action="/reset-password" novalidate>
                <h1>"Set your password"</h1>
                <p class="hint">"This ends every session you have. Then sign in with the new password."</p>
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
