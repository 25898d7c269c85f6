//! The page of a link that no longer works.

use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;

use crate::ui::{language::Language, layout::gate_in, visit::Visit};

/// Says so in the language of the mail, and where another is to be had.
pub fn dead(visit: &Visit, language: Language) -> Response {
    let title = language.say("page-dead");
    let mut response = gate_in(visit, (&title.clone(), language), move || {
        view! {
            <div class="empty">
                <h1>{title}</h1>
                <p>{language.say("page-dead-hint")}</p>
                <div class="do">
                    <a class="btn main" href=language.link("/forgot-password")>{language.say("page-dead-action")}</a>
                    <a class="btn" href="/signin">{language.say("page-sign-in")}</a>
                </div>
            </div>
        }
    });
    *response.status_mut() = StatusCode::CONFLICT;
    response
}
