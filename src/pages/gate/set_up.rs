//! `/setup`: makes the first administrator, once.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{
        error::Refused,
        passwords::{minimum::Minimum, rules::ALONE},
        setup,
    },
    functions::sign_in::SetUp,
    http::visit::visit,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState},
        language::Language,
        layout::Gate,
    },
};

/// `/setup`
pub async fn page() -> Page {
    if !setup::is_open(&mut *visit().ctx.read().await?).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    let language = Language::here();
    let state = language.translated(FormState::of(SetUp::PATH, Fields::default()));
    let title = language.say("page-set-up");
    Ok(view! {
        <Gate title=title.clone()>
            <Form function=SetUp::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say("page-set-up-hint")}</p>
                <Field name="code" label=language.say("page-set-up-code") required=true autofocus=true/>
                <div class="two">
                    <Field name="first_name" label=language.say("page-first-name") autocomplete="given-name" required=true/>
                    <Field name="last_name" label=language.say("page-last-name") autocomplete="family-name"/>
                </div>
                <Field name="email" label=language.say("page-email") kind="email" autocomplete="username" required=true
                    hint=language.say("page-email-hint")/>
                <Field name="password" label=language.say("page-password") kind="password" autocomplete="new-password"
                    required=true hint=language.password_hint(Minimum::of(ALONE))/>
                <div class="actions"><button class="btn main">{language.say("page-set-up-action")}</button></div>
            </Form>
        </Gate>
    }
    .into_any())
}
