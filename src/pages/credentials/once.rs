//! Secrets, shown in one answer and never again.

use leptos::prelude::*;

use crate::{
    http::visit::to,
    model::once::ToldOnce,
    pages::{form::FormState, parts::Copyable},
};

/// What is said of a secret that nobody can read again.
const NEVER_AGAIN: &str = "Copy it now: it is shown only here and only now. A click selects all of it. Whoever has it can \
    do all that it allows, so keep it where you keep passwords, and send it to nobody by mail.";
/// What is said of the value of an account token.
pub const READABLE: &str = "A click selects all of it. It can be read again on its page; each time is written into the audit log. \
    Whoever has it can do all that it allows.";

/// What a function of this page answered, if it told a secret.
pub fn told(function: &str) -> Option<ToldOnce> {
    FormState::answer_to(function).and_then(|answered| answered.value())
}

/// The secret that was told, with what is sent beside it.
#[component]
pub fn Once(
    told: ToldOnce,
    /// What the secret is called, and what is sent beside it.
    labels: (&'static str, &'static str),
    #[prop(default = NEVER_AGAIN)] hint: &'static str,
) -> impl IntoView {
    let key = told.key.map(|key| view! { <Copyable id="key" label=labels.1 text=key hint="This is no secret."/> });
    view! {
        <section class="card">
            <header><h2>"For "<bdi>{told.name}</bdi></h2></header>
            <div class="in"><div class="form">{key}<Copyable id="secret" label=labels.0 text=told.secret hint/></div></div>
        </section>
    }
}

/// What stands in place of the form that made something: its secret, and the ways on.
#[component]
pub fn Made(
    told: ToldOnce,
    labels: (&'static str, &'static str),
    #[prop(default = NEVER_AGAIN)] hint: &'static str,
    /// The path that its pages begin with.
    pages: &'static str,
) -> impl IntoView {
    let href = to(format_args!("{pages}/{}", told.id));
    view! {
        <p class="note good" role="status"><span><bdi>{told.name.clone()}</bdi>" is made."</span></p>
        <Once told labels hint/>
        <div class="actions"><a class="btn" href=href>"Open its page"</a></div>
    }
}
