//! Parts of forms that ask before they do something, and of those that carry the version they saw.

use leptos::prelude::*;

use crate::{
    domain::{engine::what_if::Effect, error::Result},
    islands::LiveForm,
    model::{error::FieldErrors, fields::Fields},
    ui::{
        effect::EffectCard,
        form::{FormNote, FormState},
    },
};

/// The message of a field that nobody sees: what is wrong with it must be seen all the same.
#[component]
pub fn Unseen(form: FormState, name: &'static str) -> impl IntoView {
    let error = form.error(name);
    let fine = error.is_none();
    view! { <p class="err" data-error=name hidden=fine>{error}</p> }
}

/// The version that the form was opened with.
#[component]
pub fn Version(form: FormState) -> impl IntoView {
    let version = form.typed.text("version").to_owned();
    view! {
        <input type="hidden" name="version" value=version/>
        <Unseen form name="version"/>
    }
}

/// The version that a question was asked about.
pub fn seen(form: &Fields) -> Result<i64> {
    form.text("version").parse().map_err(|_| FieldErrors::one("version", "open the page again").into())
}

/// What is about to happen, and the question whether it shall. What a rule forbids can't be answered with yes.
#[component]
pub fn Confirm(
    /// Where a yes goes. A version that the form carries is the one the reader looks at.
    action: String,
    form: FormState,
    effect: Effect,
    /// What happens besides.
    #[prop(into)]
    sentence: String,
    button: &'static str,
    /// Where a no goes.
    back: String,
) -> impl IntoView {
    let possible = effect.refused.is_none();
    let leave = if possible { "Cancel" } else { "Back" };
    view! {
        <div class="stack">
            <EffectCard effect=Some(effect) heading="What it would do"/>
            <LiveForm action=action>
                <FormNote form=form.clone()/>
                <Version form/>
                {possible.then(|| view! { <p>{sentence}</p> })}
                <div class="actions">
                    {possible.then(|| view! { <button class="btn main bad">{button}</button> })}
                    <a class="btn quiet" href=back>{leave}</a>
                </div>
            </LiveForm>
        </div>
    }
}
