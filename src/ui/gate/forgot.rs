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
        language::Language,
        layout::gate_in,
        visit::Visit,
    },
};

/// `GET /forgot-password`
pub async fn page(visit: Visit, Query(query): Query) -> Response {
    view(&visit, Language::of(&query), FormState::filled(query))
}

/// `POST /forgot-password`
pub async fn ask(visit: Visit, form: Fields) -> Result<Response> {
    let language = Language::of(&form);
    match reset_requests::ask(&visit.ctx, form.text("email")).await {
        Ok(()) => Ok(visit.done("/signin", Done::ResetAsked, 1)),
        Err(error) => visit.refused(error, form, |state| view(&visit, language, language.translated(state))),
    }
}

fn view(visit: &Visit, language: Language, form: FormState) -> Response {
    let title = language.say("page-forgot");
    gate_in(visit, (&title.clone(), language), move || {
        view! {
            <form class="form" method="post" action="/forgot-password" novalidate>
                <h1>{title}</h1>
                <p class="hint">{language.say("page-forgot-hint")}</p>
                <FormNote form=form.clone()/>
                <input type="hidden" name="lang" value=form.typed.text("lang").to_owned()/>
                <Field form=form name="email" label=language.say("page-email") kind="email" autocomplete="username"
                    required=true autofocus=true/>
                <div class="actions">
                    <button class="btn main">{language.say("page-forgot-action")}</button>
                    <a class="btn quiet" href="/signin">{language.say("page-sign-in")}</a>
                </div>
            </form>
        }
    })
}
