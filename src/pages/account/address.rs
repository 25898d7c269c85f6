//! `/account/address`: asking for another address to sign in with.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Asking;
use crate::{
    domain::action::Action,
    functions::account::ChangeOwnAddress,
    http::visit::visit,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, FormState},
        language::Language,
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
        <Asking title about=login function=ChangeOwnAddress::PATH state language button=language.say("account-address-send") back="/account">
            <p>{language.say("account-address-change-hint")}</p>
            <Field name="email" label=language.say("account-address-new") kind="email" required=true autofocus=true autocomplete="email"/>
        </Asking>
    }
    .into_any())
}
