//! `/forgot-password`: asks for a link to set a new password. The answer is the same for addresses that are known and that
//! are not.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{error::Result, reset_requests},
    model::fields::Fields,
    server::request::Query,
    ui::{
        done::Done,
        form::{Field, FormNote, FormState},
        layout::gate,
        visit::Visit,
    },
};

/// `GET /forgot-password`
pub async fn page(visit: Visit, Query(query): Query) -> Response {
    view(&visit, FormState::filled(query))
}

/// `POST /forgot-password`
pub async fn ask(visit: Visit, form: Fields) -> Result<Response> {
    match reset_requests::ask(&visit.ctx, form.text("email")).await {
        Ok(()) => Ok(visit.done("/signin", Done::ResetAsked, 1)),
        Err(error) => visit.refused(error, form, |state| view(&visit, state)),
    }
}

fn view(visit: &Visit, form: FormState) -> Response {
    gate(visit, "Forgot your password?", move || {
        view! {
            <form class="form" method="post" action="/forgot-password" novalidate>
                <h1>"Forgot your password?"</h1>
                <p class="hint">"Enter your address, and we send you a link to set a new one. It works once, for an hour."</p>
                <FormNote form=form.clone()/>
                <Field form=form name="email" label="E-mail" kind="email" autocomplete="username" required=true autofocus=true/>
                <div class="actions">
                    <button class="btn main">"Send the link"</button>
                    <a class="btn quiet" href="/signin">"Back to sign-in"</a>
                </div>
            </form>
        }
    })
}
