//! Parts of forms that ask before they do something, and of those that carry the version they saw.

use leptos::prelude::*;

use super::{
    effect::EffectCard,
    form::{FormNote, FormState},
};
use crate::{
    domain::{access::preview::effect::Effect, error::Result},
    islands::LiveForm,
    model::{error::FieldErrors, fields::Fields},
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

/// A question, and what is said about it, in their order on every page that asks before it does something. What is said
/// can be long, so the buttons come before it; but where a rule forbids the thing there is nothing to press, only to read.
pub fn asked(refused: bool, question: AnyView, about: AnyView) -> impl IntoView {
    if refused { (about, question) } else { (question, about) }
}

/// The question whether something shall happen, and what would. What a rule forbids can't be answered with yes.
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
    let refused = effect.refused.is_some();
    let question = view! {
        <LiveForm action=action>
            <FormNote form=form.clone()/>
            <Version form/>
            {(!refused).then(|| view! { <p>{sentence}</p> })}
            <div class="actions">
                {(!refused).then(|| view! { <button class="btn main bad">{button}</button> })}
                <a class="btn quiet" href=back>{if refused { "Back" } else { "Cancel" }}</a>
            </div>
        </LiveForm>
    };
    let about = view! { <EffectCard effect=Some(effect) heading="What it would do"/> };
    view! { <div class="stack">{asked(refused, question.into_any(), about.into_any())}</div> }
}

/// So many rows of a card are read at once; the others are a click away.
const SHOWN: usize = 8;

/// The rows to show at once, and the others. One alone is not worth a click.
pub fn parted<T>(mut rows: Vec<T>) -> (Vec<T>, Vec<T>) {
    let shown = if rows.len() > SHOWN + 1 { SHOWN } else { rows.len() };
    let others = rows.split_off(shown);
    (rows, others)
}

/// Where a page stands: `Users / Grace Hopper / Disable`, or `Users / Grace Hopper` on her own.
#[component]
pub fn Trail(
    /// The list's path, and what it is called.
    list: (&'static str, &'static str),
    /// The page between, if there is one: its path, and the name of what it shows.
    #[prop(default = None)]
    page: Option<(String, String)>,
    #[prop(into)] here: String,
) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a href=list.0>{list.1}</a>" / "
            {page.map(|(href, name)| view! { <a href=href><bdi>{name}</bdi></a>" / " })}
            <span aria-current="page"><bdi>{here}</bdi></span>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_rows_are_shown_and_the_others_are_a_click_away() {
        let apart = |count: usize| {
            let (shown, others) = parted(vec![(); count]);
            (shown.len(), others.len())
        };
        assert_eq!([apart(0), apart(8), apart(9), apart(10), apart(39)], [(0, 0), (8, 0), (9, 0), (8, 2), (8, 31)]);
    }
}
