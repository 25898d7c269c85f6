//! The page of a link that no longer works.

use axum::http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{
    http::visit::keeping_language,
    pages::{language::Language, layout::Gate},
};

/// Says so in the language of the mail, and where another is to be had.
pub fn dead(language: Language) -> AnyView {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(StatusCode::CONFLICT);
    }
    let title = language.say("page-dead");
    view! {
        <Gate title=title.clone()>
            <div class="empty">
                <h1>{title}</h1>
                <p>{language.say("page-dead-hint")}</p>
                <div class="do">
                    <a class="btn main" href=keeping_language("/forgot-password")>{language.say("page-dead-action")}</a>
                    <a class="btn" href=keeping_language("/signin")>{language.say("page-sign-in")}</a>
                </div>
            </div>
        </Gate>
    }
    .into_any()
}
