//! `/signin`.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{error::Error, passkeys::ceremony::RelyingParty, setup},
    functions::sign_in::SignIn,
    http::{
        request::{safe_next, with_next},
        visit::{go, keeping_language, visit},
    },
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState, Hidden},
        language::Language,
        layout::Gate,
    },
};

/// `/signin`, with `next=` for where to go on to.
pub async fn page() -> Page {
    let (visit, answered) = (visit(), FormState::answer_to(SignIn::PATH));
    if answered.is_none() && setup::is_open(&mut *visit.ctx.read().await?).await? {
        go("/setup");
        return Ok(().into_any());
    }
    let next = visit.query.text("next");
    if visit.ctx.user().is_ok() {
        go(safe_next(next).unwrap_or("/admin"));
        return Ok(().into_any());
    }
    let language = Language::here();
    let state = with_advice(FormState::of(SignIn::PATH, Fields::default().with("next", next)));
    let state = language.translated(state);
    // Whoever typed their address already goes on with the password.
    let typed = !state.typed.text("email").is_empty();
    let title = language.say("page-signing-in");
    let passkey = RelyingParty::of(&visit.site.public_url).map(|_| {
        let href = with_next("/signin/passkey", safe_next(next));
        view! { <a class="btn quiet" href=href>{language.say("passkey-instead")}</a> }
    });
    Ok(view! {
        <Gate title=title.clone()>
            <Form function=SignIn::PATH state still=true>
                <h1>{title}</h1>
                <Hidden name="next"/>
                <Field name="email" label=language.say("page-email") kind="email" autocomplete="username" required=true
                    autofocus=!typed/>
                <Field name="password" label=language.say("page-password") kind="password"
                    autocomplete="current-password" required=true autofocus=typed/>
                <div class="actions">
                    <button class="btn main">{language.say("page-signing-in")}</button>
                    <a class="btn quiet" href=keeping_language("/forgot-password")>{language.say("page-forgot")}</a>
                    {passkey}
                </div>
            </Form>
        </Gate>
    }
    .into_any())
}

/// Says what to do next, which is the same for addresses that are known and that are not.
fn with_advice(mut form: FormState) -> FormState {
    let answered = FormState::answer_to(SignIn::PATH);
    let is_wrong = matches!(answered.as_ref().and_then(|answered| answered.refused()), Some(Error::WrongCredentials));
    if let Some(refusal) = form.refusal.as_mut().filter(|_| is_wrong) {
        refusal.message.push_str(" Try again, or ask for a new password.");
    }
    form
}
