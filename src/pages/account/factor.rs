//! `/account/second-factor`: setting up an authenticator app, and removing one's second factor.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Asking, codes::Codes};
use crate::{
    domain::{action::Action, second_factor::offer},
    functions::account::{BindApp, RemoveSecondFactor},
    http::visit::visit,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, FormState, Hidden},
        gate::offered::Offered,
        language::Language,
        layout::Own,
    },
};

/// `/account/second-factor`: the app is bound by a code of it; then the recovery codes are shown.
pub async fn page() -> Page {
    let (ctx, language) = (visit().ctx.clone(), Language::here());
    let answered = FormState::answer_to(BindApp::PATH);
    if let Some(codes) = answered.as_ref().and_then(|answered| answered.value()) {
        return Ok(
            view! { <Own title=language.say("account-codes")><Codes codes language next="/account/security"/></Own> }
                .into_any(),
        );
    }
    ctx.require(Action::BindSecondFactor)?;
    // What was offered stands until its code is right.
    let offered = answered.map(|answered| answered.typed.text("offer").to_owned());
    let offer = match offered.and_then(|sealed| offer::open(&ctx, &sealed).ok()) {
        Some(offer) => offer,
        None => offer::make(&ctx)?,
    };
    let saved = Fields::default().with("offer", &offer.sealed);
    let mut state = language.translated(FormState::of(BindApp::PATH, saved));
    state.typed = state.typed.holding("offer", &offer.sealed);
    let title = language.say("account-factor-set-up");
    let login = ctx.user()?.email.clone();
    let button = language.say("account-app-action");
    Ok(view! {
        <Asking title function=BindApp::PATH state language button back="/account/security">
            <p>{language.say("account-app-hint")}</p>
            <Hidden name="offer"/>
            <Offered secret=offer.secret login language/>
            <Field name="code" label=language.say("page-code-label") autocomplete="one-time-code" required=true autofocus=true digits=true/>
        </Asking>
    }
    .into_any())
}

/// `/account/second-factor/remove`
pub async fn remove_page() -> Page {
    let language = Language::here();
    visit().ctx.require(Action::RemoveSecondFactor)?;
    let state = language.translated(FormState::of(RemoveSecondFactor::PATH, Fields::default()));
    let title = language.say("account-factor-remove");
    let button = title.clone();
    Ok(view! {
        <Asking title function=RemoveSecondFactor::PATH state language button bad=true back="/account/security">
            <p>{language.say("account-factor-remove-hint")}</p>
        </Asking>
    }
    .into_any())
}
