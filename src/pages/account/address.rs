//! `/account/address`: asking for another address to sign in with.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::action::Action,
    functions::account::ChangeOwnAddress,
    http::visit::visit,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState},
        language::Language,
        layout::Own,
    },
};

/// `/account/address`
pub async fn page() -> Page {
    let (ctx, language) = (visit().ctx.clone(), Language::here());
    ctx.require(Action::RequestAddressChange)?;
    let login = ctx.user()?.email.clone();
    let state = language.translated(FormState::of(ChangeOwnAddress::PATH, Fields::default()));
    let title = language.say("account-address-change");
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1><p><bdi>{login}</bdi></p></div></div>
            <section class="card"><div class="in">
                <Form function=ChangeOwnAddress::PATH state still=true>
                    <p>{language.say("account-address-change-hint")}</p>
                    <Field name="email" label=language.say("account-address-new") kind="email" required=true autofocus=true autocomplete="email"/>
                    <div class="actions">
                        <button class="btn main">{language.say("account-address-send")}</button>
                        <a class="btn quiet" href="/account">{language.say("page-cancel")}</a>
                    </div>
                </Form>
            </div></section>
        </Own>
    }
    .into_any())
}
