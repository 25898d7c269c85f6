//! `/signin`.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::arriving::arrive;

use crate::{
    domain::{
        error::{Error, Result},
        sessions::{self, commands::SignIn},
        setup,
    },
    model::fields::Fields,
    server::request::{Query, safe_next},
    ui::{
        form::{Field, FormNote, FormState},
        layout::gate,
        visit::Visit,
    },
};

/// `GET /signin`, with `next=` for where to go on to.
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    if setup::is_open(&mut *visit.ctx.read().await?).await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    if visit.ctx.user().is_ok() {
        return Ok(Redirect::to(safe_next(query.text("next")).unwrap_or("/admin")).into_response());
    }
    Ok(view(&visit, FormState::filled(query)))
}

/// `POST /signin`
pub async fn sign_in(visit: Visit, form: Fields) -> Result<Response> {
    let attempt = SignIn {
        login: form.text("email"),
        password: form.text("password"),
        user_agent: &visit.user_agent,
        known: &visit.known,
    };
    match sessions::commands::sign_in(&visit.ctx, attempt).await {
        Ok(signed_in) => Ok(arrive(&visit, form.text("next"), &signed_in)),
        Err(error) => {
            let wrong = matches!(error, Error::WrongCredentials);
            visit.refused(error, form.without(&["password"]), |state| {
                view(&visit, if wrong { with_advice(state) } else { state })
            })
        }
    }
}

/// Says what to do next, which is the same for addresses that are known and that are not.
fn with_advice(mut form: FormState) -> FormState {
    if let Some(refusal) = &mut form.refusal {
        refusal.message.push_str(" Try again, or ask for a new password.");
    }
    form
}

fn view(visit: &Visit, form: FormState) -> Response {
    // Whoever typed their address already goes on with the password.
    let typed = !form.typed.text("email").is_empty();
    gate(visit, "Sign in", move || {
        view! {
            <form class="form" method="post" action="/signin">
                <h1>"Sign in"</h1>
                <FormNote form=form.clone()/>
                <input type="hidden" name="next" value=form.typed.text("next").to_owned()/>
                <Field form=form.clone() name="email" label="E-mail" kind="email" autocomplete="username" required=true autofocus=!typed/>
                <Field form=form name="password" label="Password" kind="password" autocomplete="current-password" required=true autofocus=typed/>
                <div class="actions">
                    <button class="btn main">"Sign in"</button>
                    <a class="btn quiet" href="/forgot-password">"Forgot your password?"</a>
                </div>
            </form>
        }
    })
}
