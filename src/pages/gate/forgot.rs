//! `/forgot-password`: asks for a link to set a new password. The answer is the same for addresses that are known and that
//! are not.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    functions::sign_in::AskForReset,
    http::visit::keeping_language,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState},
        language::Language,
        layout::Gate,
    },
};

/// `/forgot-password`
pub async fn page() -> Page {
    let language = Language::here();
    let state = language.translated(FormState::of(AskForReset::PATH, Fields::default()));
    let title = language.say("page-forgot");
    Ok(view! {
        <Gate title=title.clone()>
            <Form function=AskForReset::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say("page-forgot-hint")}</p>
                <Field name="email" label=language.say("page-email") kind="email" autocomplete="username" required=true autofocus=true/>
                <div class="actions">
                    <button class="btn main">{language.say("page-forgot-action")}</button>
                    <a class="btn quiet" href=keeping_language("/signin")>{language.say("page-sign-in")}</a>
                </div>
            </Form>
        </Gate>
    }
    .into_any())
}
