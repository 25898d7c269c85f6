//! `/change-password`: sets a password in place of a temporary one, before anything else; or in place of one's own.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    domain::{
        error::{Error, Refused},
        sessions::{pending, store::Awaits},
        users::policy,
    },
    functions::sign_in::ChangePassword,
    http::{
        request::{safe_next, with_next},
        visit::{go, visit},
    },
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState, Hidden},
        language::Language,
        layout::Gate,
    },
};

/// `/change-password`
pub async fn page() -> Page {
    let visit = visit();
    let pending = pending::find(&visit.ctx, &visit.tokens, Awaits::Password).await?;
    let next = visit.query.text("next");
    if pending.is_none() && visit.ctx.user().is_err() {
        return nobody(ChangePassword::PATH, next);
    }
    let has_to = pending.is_some();
    let sentence = match &pending {
        Some(pending) if pending.is_temporary() => "page-change-password-temporary",
        Some(_) => "page-change-password-due",
        None => "page-change-password-own",
    };
    let whose = match &pending {
        Some(pending) => pending.user(),
        None => visit.ctx.user()?.id,
    };
    let least = policy::least_of(&visit.ctx, whose).await?;
    let language = Language::here();
    let title = language.say("page-change-password");
    let state = language.translated(FormState::of(ChangePassword::PATH, Fields::default().with("next", next)));
    Ok(view! {
        <Gate title=title.clone()>
            <Form function=ChangePassword::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{language.say(sentence)}</p>
                <Hidden name="next"/>
                {(!has_to).then(|| view! {
                    <Field name="old" label=language.say("page-your-password") kind="password" autocomplete="current-password"
                        required=true autofocus=true/>
                })}
                <Field name="password" label=language.say("page-new-password") kind="password" autocomplete="new-password"
                    required=true autofocus=has_to hint=language.password_hint(least)/>
                <Field name="again" label=language.say("page-once-more") kind="password" autocomplete="new-password"
                    required=true/>
                <div class="actions"><button class="btn main">{language.say("page-set-password-action")}</button></div>
            </Form>
        </Gate>
    }
    .into_any())
}

/// Nobody's sign-in waits in this browser: on to sign-in; but whoever just sent the form is told so.
pub fn nobody(function: &str, next: &str) -> Page {
    if FormState::answer_to(function).is_some_and(|answered| is_over(answered.refused())) {
        return Err(Refused::SignInOver.into());
    }
    go(&with_next("/signin", safe_next(next)));
    Ok(().into_any())
}

const fn is_over(error: Option<&Error>) -> bool {
    matches!(error, Some(Error::Refused(Refused::SignInOver)))
}
