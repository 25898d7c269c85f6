//! Parts of forms that ask before they do something, and of those that carry the version they saw.

use leptos::prelude::*;

use super::{
    effect::EffectCard,
    form::{Act, Form, FormState, Hidden, Message},
    language::Language,
};
use crate::{
    domain::access::preview::effect::Effect,
    http::visit::to,
    model::merge::{Part, opened},
};

/// The version that the form was opened with. Nobody sees it; what is wrong with it must be seen all the same.
#[component]
pub fn Version() -> impl IntoView {
    view! { <Hidden name="version"/><Message field="version"/> }
}

/// The version that the form was opened with, and what its fields held then.
#[component]
pub fn Opened(parts: &'static [Part]) -> impl IntoView {
    let state = use_context::<FormState>().unwrap_or_default();
    let held = parts.iter().flat_map(|part| part.fields).map(|field| opened(field));
    let held: Vec<_> = held.map(|name| (state.typed.text(&name).to_owned(), name)).collect();
    view! {
        {held.into_iter().map(|(text, name)| view! { <input type="hidden" name=name value=text/> }).collect_view()}
        <Version/>
    }
}

/// A question, and what is said about it, in their order on every page that asks before it does something. What is said
/// can be long, so the buttons come before it; but where a rule forbids the thing there is nothing to press, only to read.
pub fn asked(refused: bool, question: AnyView, about: AnyView) -> impl IntoView {
    if refused { (about, question) } else { (question, about) }
}

/// The question whether something shall happen, and what would. What a rule forbids can't be answered with yes.
#[component]
pub fn Confirm(
    /// What a yes calls, by its path.
    function: &'static str,
    /// Its fields: a version among them is the one that the reader looks at.
    state: FormState,
    /// What the function is told besides.
    fields: &'static [&'static str],
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
        <Form function state>
            {fields.iter().map(|name| view! { <Hidden name/> }).collect_view()}
            <Version/>
            {(!refused).then(|| view! { <p>{sentence}</p> })}
            <div class="actions">
                {(!refused).then(|| view! { <button class="btn main bad">{button}</button> })}
                <a class="btn quiet" href=back>{if refused { "Back" } else { "Cancel" }}</a>
            </div>
        </Form>
    };
    let about = view! { <EffectCard effect/> };
    view! { <div class="stack">{asked(refused, question.into_any(), about.into_any())}</div> }
}

/// What was just made and is shown this once, in no address of ours and in no log.
#[component]
pub fn ShownOnce(
    heading: &'static str,
    /// What to do with it.
    label: &'static str,
    secret: String,
    #[prop(into)] hint: String,
) -> impl IntoView {
    view! {
        <section class="card">
            <header><h2>{heading}</h2></header>
            <div class="in"><Copyable id="link" label text=secret hint/></div>
        </section>
    }
}

/// A text that one click selects whole; it can be reached with a keyboard.
#[component]
pub fn Copyable(id: &'static str, label: &'static str, text: String, #[prop(into)] hint: String) -> impl IntoView {
    let (label_id, hint_id) = (format!("{id}-label"), format!("{id}-hint"));
    view! {
        <div class="control">
            <div class="label-row"><p class="label" id=label_id.clone()>{label}</p><Copy of=id/></div>
            <div class="secret mono" id=id role="group" tabindex="0" aria-labelledby=label_id aria-describedby=hint_id.clone()>{text}</div>
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
}

/// A button that asks before it does something, in place and without a script.
#[component]
pub fn Sure(
    /// What opens the question.
    #[prop(into)]
    opens: String,
    /// The same for whoever doesn't see beside what it stands.
    #[prop(optional, into)]
    label: Option<String>,
    function: &'static str,
    fields: Vec<(&'static str, String)>,
    #[prop(into)] question: String,
    /// What does it, and how it looks.
    #[prop(into)]
    does: String,
    class: &'static str,
) -> impl IntoView {
    view! {
        <details class="ask">
            <summary class="btn quiet" aria-label=label>{opens}"…"</summary>
            <Act function fields>
                <p>{question}</p>
                <button class=class>{does}</button>
            </Act>
        </details>
    }
}

/// The button that puts the text with this id onto the clipboard. Its script shows it, where that can be done.
#[component]
pub fn Copy(of: &'static str) -> impl IntoView {
    let language = Language::of_page();
    view! {
        <button type="button" class="btn" hidden aria-live="polite" data-copies=of data-copied=language.say("page-copied")>
            {language.say("page-copy")}
        </button>
        <script src="/copy.js" defer></script>
    }
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
    /// The list's path in the console, and what it is called.
    list: (&'static str, &'static str),
    /// The page between, if there is one: its address, and the name of what it shows.
    #[prop(default = None)]
    page: Option<(String, String)>,
    #[prop(into)] here: String,
) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a href=to(list.0)>{list.1}</a>" / "
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
