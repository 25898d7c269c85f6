//! `/setup`: makes the first administrator, once.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{error::Refused, setup},
    functions::sign_in::SetUp,
    http::visit::visit,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState},
        layout::Gate,
    },
};

/// `/setup`
pub async fn page() -> Page {
    if !setup::is_open(&mut *visit().ctx.read().await?).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    let state = FormState::of(SetUp::PATH, Fields::default());
    Ok(view! {
        <Gate title="Set up">
            <Form function=SetUp::PATH state still=true>
                <h1>"Set up Castellan"</h1>
                <p class="hint">"Make the first administrator. The server printed the set-up code when it started."</p>
                <Field name="code" label="Set-up code" required=true autofocus=true/>
                <div class="two">
                    <Field name="first_name" label="First name" autocomplete="given-name" required=true/>
                    <Field name="last_name" label="Last name" autocomplete="family-name"/>
                </div>
                <Field name="email" label="E-mail" kind="email" autocomplete="username" required=true hint="You will sign in with it."/>
                <Field name="password" label="Password" kind="password" autocomplete="new-password" required=true
                    hint="At least 15 characters. A few words in a row are easy to remember."/>
                <div class="actions"><button class="btn main">"Set up"</button></div>
            </Form>
        </Gate>
    }
    .into_any())
}
