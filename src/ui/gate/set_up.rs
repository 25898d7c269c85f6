//! `/setup`: makes the first administrator, once.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    domain::{
        error::{Refused, Result},
        setup,
        users::input::NewUser,
    },
    model::{fields::Fields, forms::NewUserForm},
    ui::{
        done::Done,
        form::{Field, FormNote, FormState},
        layout::gate,
        visit::Visit,
    },
};

/// `GET /setup`
pub async fn page(visit: Visit) -> Result<Response> {
    if !setup::is_open(&mut *visit.ctx.read().await?).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    Ok(view(&visit, FormState::default()))
}

/// `POST /setup`
pub async fn set_up(visit: Visit, form: Fields) -> Result<Response> {
    let user =
        async { setup::in_browser(&visit.ctx, form.text("code"), NewUser::parse(&NewUserForm::from(&form))?).await }
            .await;
    match user {
        Ok(_) => Ok(visit.done("/signin", Done::SetUp, 1)),
        Err(error) => visit.refused(error, form, |state| view(&visit, state)),
    }
}

fn view(visit: &Visit, form: FormState) -> Response {
    gate(visit, "Set up", move || {
        view! {
            <form class="form" method="post" action="/setup" novalidate>
                <h1>"Set up Castellan"</h1>
                <p class="hint">"Make the first administrator. The server printed the set-up code when it started."</p>
                <FormNote form=form.clone()/>
                <Field form=form.clone() name="code" label="Set-up code" required=true autofocus=true/>
                <div class="two">
                    <Field form=form.clone() name="first_name" label="First name" autocomplete="given-name" required=true/>
                    <Field form=form.clone() name="last_name" label="Last name" autocomplete="family-name"/>
                </div>
                <Field form=form.clone() name="email" label="E-mail" kind="email" autocomplete="username" required=true
                    hint="You will sign in with it."/>
                <Field form=form name="password" label="Password" kind="password" autocomplete="new-password" required=true
                    hint="At least 15 characters. A few words in a row are easy to remember."/>
                <div class="actions"><button class="btn main">"Set up"</button></div>
            </form>
        }
    })
}
