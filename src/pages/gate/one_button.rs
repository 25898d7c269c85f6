//! The page of a mailed link that has only to be confirmed. Opening the link changes nothing, because programs that look for
//! harm in mail open every link.

use leptos::prelude::*;

use crate::pages::{
    form::{Form, FormState},
    language::Language,
    layout::Gate,
};

/// What it says, and the one button that calls `function`.
#[component]
pub fn OneButton(
    function: &'static str,
    title: String,
    hint: String,
    button: String,
    language: Language,
) -> impl IntoView {
    let state = language.translated(FormState::of(function, Default::default()));
    view! {
        <Gate title=title.clone()>
            <Form function state still=true>
                <h1>{title}</h1>
                <p class="hint">{hint}</p>
                <div class="actions"><button class="btn main" autofocus>{button}</button></div>
            </Form>
        </Gate>
    }
}
