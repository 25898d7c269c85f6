//! `/account/recovery-codes`: making them anew. They are shown once, on the page that answers.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Asking;
use crate::{
    domain::action::Action,
    functions::account::MakeRecoveryCodes,
    http::visit::visit,
    model::fields::Fields,
    pages::{Page, form::FormState, language::Language, layout::Own, parts::Copy},
};

/// `/account/recovery-codes`
pub async fn page() -> Page {
    let language = Language::here();
    let title = language.say("account-codes");
    if let Some(codes) = FormState::answer_to(MakeRecoveryCodes::PATH).and_then(|answered| answered.value()) {
        return Ok(view! { <Own title><Codes codes language next="/account/security"/></Own> }.into_any());
    }
    visit().ctx.require(Action::MakeRecoveryCodes)?;
    let state = language.translated(FormState::of(MakeRecoveryCodes::PATH, Fields::default()));
    let button = language.say("account-codes-make");
    Ok(view! {
        <Asking title function=MakeRecoveryCodes::PATH state language button back="/account/security">
            <p>{language.say("account-codes-make-hint")}</p>
        </Asking>
    }
    .into_any())
}

/// The codes, shown once. They read from left to right in every language.
#[component]
pub fn Codes(codes: Vec<String>, language: Language, #[prop(into)] next: String) -> impl IntoView {
    let title = language.say("account-codes");
    view! {
        <section class="card"><header><h1>{title.clone()}</h1></header><div class="in">
            <p class="note warn">{language.say("account-codes-keep")}</p>
            <ol class="secret mono" id="codes" dir="ltr" tabindex="0" aria-label=title>
                {codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}
            </ol>
            <div class="actions">
                <a class="btn main" href=next>{language.say("account-codes-kept")}</a>
                // Before sign-in no page has a script for this.
                {(!visit().is_gate).then(|| view! { <Copy of="codes"/> })}
            </div>
        </div></section>
    }
}
