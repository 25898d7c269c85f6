//! Forms that answer without leaving the page. Without a script they are the same forms, and the server answers with the
//! whole page.

use std::time::Duration;

use leptos::{
    ev::SubmitEvent,
    html,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use web_sys::{HtmlFormElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::browser::{self, Answer};
use crate::model::error::Refusal;

/// Long enough not to ask after every key, short enough to be seen before saving.
const PAUSE: Duration = Duration::from_millis(250);

/// What the parts of a form know of it: they find it in their context.
#[derive(Clone, Copy)]
pub struct FormSignals {
    refusal: RwSignal<Refusal>,
    /// What it would do, as a piece of a page.
    effect: RwSignal<Option<String>>,
    /// How often somebody asked for that by its button.
    asked: RwSignal<u32>,
}

impl FormSignals {
    /// Of a form that was answered already, or wasn't sent yet.
    #[must_use]
    pub fn new(refusal: Refusal, effect: Option<String>) -> Self {
        Self { refusal: RwSignal::new(refusal), effect: RwSignal::new(effect), asked: RwSignal::new(0) }
    }
}

/// Around a form and what else speaks of it, where that stands beside the form.
#[island]
pub fn FormScope(refusal: Refusal, effect: Option<String>, children: Children) -> impl IntoView {
    provide_context(FormSignals::new(refusal, effect));
    children()
}

/// A form of a server function, which a hidden field names. `preview` is the path of the one that says what it would do, if
/// there is one: every change asks it.
#[island]
pub fn LiveForm(preview: String, refusal: Refusal, children: Children) -> impl IntoView {
    let signals = use_context::<FormSignals>().unwrap_or_else(|| {
        let signals = FormSignals::new(refusal, None);
        provide_context(signals);
        signals
    });
    let busy = RwSignal::new(false);
    let latest = StoredValue::new(0_u32);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // What is about to be sent needs no preview any more, and what is asked anew no older answer.
    let next = move || {
        if let Some(waiting) = timer.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
        latest.update_value(|n| *n += 1);
        latest.get_value()
    };
    let named = preview.clone();
    let submit = move |event: SubmitEvent| {
        let Some(form) = browser::form(&event) else { return };
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let chosen = browser::button(&event);
        let only_asks = chosen.as_ref().is_some_and(|(_, value)| *value == named);
        busy.set(true);
        let number = next();
        spawn_local(async move {
            let more = chosen.as_ref().map(|(name, value)| (name.as_str(), value.as_str()));
            let answer = browser::post(&form, more.as_slice()).await;
            if number == latest.get_value() {
                answered(signals, &form, answer, only_asks);
            }
            busy.set(false);
        });
    };
    let changed = move |event: leptos::ev::Event| {
        let Some(form) = browser::form(&event).filter(|_| !preview.is_empty()) else { return };
        let (number, preview) = (next(), preview.clone());
        let ask = move || {
            if !busy.get_untracked() {
                spawn_local(ask(signals, (form, preview), move || number == latest.get_value()));
            }
        };
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    };
    view! {
        <form method="post" class="form" on:change=changed aria-busy=move || busy.get().to_string() on:submit=submit novalidate>
            {note()}{children()}
        </form>
    }
}

fn answered(signals: FormSignals, form: &HtmlFormElement, answer: Result<Answer, Refusal>, only_asks: bool) {
    let refusal = match answer {
        Ok(Answer::Next(location)) => return browser::go(&location),
        Ok(Answer::Value(effect)) => {
            signals.effect.set(effect);
            signals.asked.update(|n| *n += 1);
            Refusal::default()
        }
        // Somebody overtook it: only the page itself can show how both edits go together.
        Err(refusal) if refusal == Refusal::default() && !only_asks => return browser::submit(form),
        Err(refusal) => refusal,
    };
    browser::mark(form, &refusal.fields);
    signals.refusal.set(refusal);
}

/// Asks what the form would do as it stands. While it isn't finished nothing is shown: an older answer is about
/// something else.
async fn ask(signals: FormSignals, (form, preview): (HtmlFormElement, String), is_latest: impl Fn() -> bool) {
    let answer = browser::post(&form, &[("fn", &preview), ("peek", "1")]).await;
    if is_latest() {
        signals.effect.set(match answer {
            Ok(Answer::Value(effect)) => effect,
            _ => None,
        });
    }
}

/// The message about a whole form; empty and hidden until there is one.
pub fn note() -> impl IntoView {
    let signals = expect_context::<FormSignals>();
    let said = move || signals.refusal.with(|refusal| refusal.message.clone());
    view! { <div class="note bad" role="alert" hidden=move || said().is_empty()>{said}</div> }
}

/// The message of a field, where islands run.
#[island]
pub fn LiveMessage(field: String, class: String) -> impl IntoView {
    message(field, class)
}

/// The same, for both halves.
pub fn message(field: String, class: String) -> impl IntoView {
    let signals = expect_context::<FormSignals>();
    let id = format!("{field}-error");
    let said = move || signals.refusal.with(|refusal| refusal.fields.of(&field).map(str::to_owned));
    let said = Signal::derive(said);
    view! { <p class=class id=id hidden=move || said.get().is_none()>{said}</p> }
}

/// What a form would do: `hint` until that is known.
#[island]
pub fn WouldDo(class: String, hint: String) -> impl IntoView {
    let signals = expect_context::<FormSignals>();
    let place = NodeRef::<html::Div>::new();
    // On a phone it is below the form; beside it, where it is seen already, nothing moves.
    Effect::new(move |_| {
        if let (1.., Some(place)) = (signals.asked.get(), place.get_untracked()) {
            let how = ScrollIntoViewOptions::new();
            how.set_block(ScrollLogicalPosition::Nearest);
            place.scroll_into_view_with_scroll_into_view_options(&how);
        }
    });
    let shown = move || signals.effect.get().unwrap_or_else(|| hint.clone());
    view! { <div node_ref=place class=class aria-live="polite" inner_html=shown></div> }
}
