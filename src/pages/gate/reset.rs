//! `/reset-password` and `/activate`: set a password by a one-time link. Opening the link changes nothing.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{dead::dead, one_button::OneButton};
use crate::{
    domain::{
        codes::{
            Purpose,
            redeeming::{self, Asks},
        },
        users::policy,
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
    let link = link::read(path, purpose);
    Ok(match (redeeming::opened(&visit.ctx, &link).await?, link.user) {
        (Some(Asks::Password), Some(user)) => {
            let hint = language.password_hint(policy::least_of(&visit.ctx, user).await?);
            view! { <SetPassword says language hint/> }.into_any()
        }
        (Some(Asks::Coming(tenant)), _) => coming(says.0, language, &tenant),
        _ => dead(language),
    })
}

#[component]
fn SetPassword(says: (&'static str, &'static str), language: Language, hint: String) -> impl IntoView {
    let (function, sentence) = says;
    let state = language.translated(FormState::of(function, Fields::default()));
    let title = language.say("page-set-password");
    view! {
        <Gate title=title.clone()>
            <Form function state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say(sentence)}</p>
                <Field name="password" label=language.say("page-new-password") kind="password"
                    autocomplete="new-password" required=true autofocus=true hint/>
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
