//! `/reset-password` and `/activate`: set a password by a one-time link. Opening the link changes nothing.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{dead::dead, one_button::OneButton};
use crate::{
    domain::codes::{
        Purpose,
        redeeming::{self, Asks},
    },
    functions::sign_in::{Activate, ResetPassword},
    http::{link, visit::visit},
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState},
        language::Language,
        layout::Gate,
    },
};

/// `/reset-password?user=…&code=…`
pub async fn page() -> Page {
    open("/reset-password", Purpose::PasswordReset, (ResetPassword::PATH, "page-set-password-again")).await
}

/// `/activate?user=…&code=…`
pub async fn activation_page() -> Page {
    open("/activate", Purpose::Activation, (Activate::PATH, "page-set-password-first")).await
}

/// `says` is the function that sets the password, and what is said of it.
async fn open(path: &str, purpose: Purpose, says: (&'static str, &'static str)) -> Page {
    if link::arrives(path) {
        return Ok(().into_any());
    }
    let visit = visit();
    let language = Language::here();
    Ok(match redeeming::opened(&visit.ctx, &link::read(path, purpose)).await? {
        Some(Asks::Password) => view! { <SetPassword says language/> }.into_any(),
        Some(Asks::Coming(tenant)) => coming(says.0, language, &tenant),
        None => dead(language),
    })
}

#[component]
fn SetPassword(says: (&'static str, &'static str), language: Language) -> impl IntoView {
    let (function, hint) = says;
    let state = language.translated(FormState::of(function, Fields::default()));
    let title = language.say("page-set-password");
    view! {
        <Gate title=title.clone()>
            <Form function state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say(hint)}</p>
                <Field name="password" label=language.say("page-new-password") kind="password"
                    autocomplete="new-password" required=true autofocus=true hint=language.say("page-password-hint")/>
                <Field name="again" label=language.say("page-once-more") kind="password"
                    autocomplete="new-password" required=true/>
                <div class="actions"><button class="btn main">{language.say("page-set-password-action")}</button></div>
            </Form>
        </Gate>
    }
}

/// A membership waits for whoever has a password already.
fn coming(function: &'static str, language: Language, tenant: &str) -> AnyView {
    let title = language.say_of("page-join", &[("tenant", tenant)]);
    let (hint, button) = (language.say("page-join-hint"), language.say("page-join-action"));
    view! { <OneButton function title hint button language/> }.into_any()
}
