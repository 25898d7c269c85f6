//! `/account/second-factor`: setting up an authenticator app, and removing one's second factor.

use leptos::{prelude::*, server_fn::ServerFn};

use super::codes::Codes;
use crate::{
    domain::{action::Action, second_factor::offer},
    functions::account::{BindApp, RemoveSecondFactor},
    http::visit::visit,
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState, Hidden},
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
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1></div></div>
            <section class="card"><div class="in">
                <Form function=BindApp::PATH state still=true>
                    <p>{language.say("account-app-hint")}</p>
                    <Hidden name="offer"/>
                    <Offered secret=offer.secret login language/>
                    <Field name="code" label=language.say("page-code-label") autocomplete="one-time-code" required=true autofocus=true digits=true/>
                    <div class="actions">
                        <button class="btn main">{language.say("account-app-action")}</button>
                        <a class="btn quiet" href="/account/security">{language.say("page-cancel")}</a>
                    </div>
                </Form>
            </div></section>
        </Own>
    }
    .into_any())
}

/// `/account/second-factor/remove`
pub async fn remove_page() -> Page {
    let language = Language::here();
    visit().ctx.require(Action::RemoveSecondFactor)?;
    let state = language.translated(FormState::of(RemoveSecondFactor::PATH, Fields::default()));
    let title = language.say("account-factor-remove");
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title.clone()}</h1></div></div>
            <section class="card"><div class="in">
                <Form function=RemoveSecondFactor::PATH state still=true>
                    <p>{language.say("account-factor-remove-hint")}</p>
                    <div class="actions">
                        <button class="btn main bad">{title}</button>
                        <a class="btn quiet" href="/account/security">{language.say("page-cancel")}</a>
                    </div>
                </Form>
            </div></section>
        </Own>
    }
    .into_any())
}
