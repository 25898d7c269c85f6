//! A form that shows what is wrong without leaving the page. Without a script it is the same form, and
//! the server answers with the whole page.

use std::time::Duration;

use leptos::{
    ev::SubmitEvent,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use serde::Deserialize;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::browser;
use crate::model::error::Refusal;

/// Where to go after a form was accepted, or what it would do.
#[derive(Deserialize)]
#[serde(untagged)]
enum Accepted {
    Done { location: String },
    WouldDo { effect: String },
}

/// Long enough not to ask after every key, short enough to be seen before saving.
const PAUSE: Duration = Duration::from_millis(250);

/// A `post` form to `action`. If it has a button that asks what saving would do, every change asks, too, and the
/// answer is shown where the page has `data-effect`. Its fields carry `data-error="name"` where their message belongs, and one
/// element carries `data-refusal`, for the message about the whole.
#[island]
pub fn LiveForm(action: String, children: Children) -> impl IntoView {
    let busy = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // What is about to be sent needs no preview any more.
    let forget_timer = move || {
        if let Some(waiting) = timer.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    };
    let url = action.clone();
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let submitter = event.submitter().and_then(|button| button.dyn_into::<HtmlElement>().ok());
        let Some((form, body)) =
            form.and_then(|form| Some((form.clone(), browser::encoded(&form, submitter.as_ref())?)))
        else {
            return;
        };
        event.prevent_default();
        forget_timer();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let url = url.clone();
        let only_asks = submitter.is_some_and(|button| button.get_attribute("value").as_deref() == Some("preview"));
        spawn_local(async move {
            send(&url, &form, &body, only_asks).await;
            busy.set(false);
        });
    };
    let asked = action.clone();
    let changed = move |event: leptos::ev::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let form = target.and_then(|target| target.closest("form").ok()?).and_then(|form| form.dyn_into().ok());
        let Some(form): Option<HtmlFormElement> = form.filter(can_preview) else {
            return;
        };
        forget_timer();
        let url = asked.clone();
        let ask = move || {
            if !busy.get_untracked() {
                spawn_local(preview(url, form));
            }
        };
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    };
    view! {
        <form method="post" action=action class="form" on:change=changed aria-busy=move || busy.get().to_string() on:submit=submit novalidate>
            {children()}
        </form>
    }
}

async fn send(url: &str, form: &HtmlFormElement, body: &wasm_bindgen::JsValue, only_asks: bool) {
    let Ok(answer) = browser::ask(url, Some(body)).await else {
        let message = "The server can't be reached. Nothing was saved; try again.".to_owned();
        return show(form, &Refusal { message, ..Refusal::default() });
    };
    if let Some(accepted) = answer.accepted::<Accepted>() {
        match accepted {
            Accepted::Done { location } => browser::go(&location),
            Accepted::WouldDo { effect } => {
                show(form, &Refusal::default());
                if let Some(place) = show_effect(form, &effect) {
                    // On a phone it is below the form; beside it, where it is seen already, nothing moves.
                    let how = ScrollIntoViewOptions::new();
                    how.set_block(ScrollLogicalPosition::Nearest);
                    place.scroll_into_view_with_scroll_into_view_options(&how);
                }
            }
        }
    } else if let Some(refusal) = answer.refused::<Refusal>() {
        show(form, &refusal);
    } else if only_asks {
        // A plain form would be saved: its button's value can't be sent along.
        let message = "The server gave no answer. Nothing was saved; open the page again.".to_owned();
        show(form, &Refusal { message, ..Refusal::default() });
    } else {
        // Signed out meanwhile, or something between us answered: the plain form shows the reader what.
        let _ = form.submit();
    }
}

fn can_preview(form: &HtmlFormElement) -> bool {
    form.query_selector("button[name='step'][value='preview']").is_ok_and(|button| button.is_some())
}

/// Shows what the form would do as it stands. What is not finished yet is not refused yet: the server says so without a
/// failure, and nothing is shown then.
async fn preview(url: String, form: HtmlFormElement) {
    let Some(body) = browser::encoded_with(&form, ("step", "peek")) else {
        return;
    };
    let answer = browser::ask(&url, Some(&body)).await.ok();
    if let Some(Accepted::WouldDo { effect }) = answer.and_then(|answer| answer.accepted()) {
        show_effect(&form, &effect);
    }
}

/// The server's own piece of the page: in the form's card, or wherever the page has its place.
fn show_effect(form: &HtmlFormElement, html: &str) -> Option<Element> {
    let near = form.closest(".card").ok().flatten();
    let place = browser::find::<Element>(near, "[data-effect]")
        .or_else(|| browser::find(document().document_element(), "[data-effect]"))?;
    place.set_inner_html(html);
    Some(place)
}

/// Writes the messages beside their fields and puts the cursor into the first wrong one.
fn show(form: &HtmlFormElement, refusal: &Refusal) {
    if let Some(note) = browser::find::<Element>(Some(form.clone().into()), "[data-refusal]") {
        set_message(&note, Some(refusal.message.as_str()).filter(|message| !message.is_empty()));
    }
    let Ok(places) = form.query_selector_all("[data-error]") else {
        return;
    };
    let mut first_wrong = None;
    for place in (0..places.length()).filter_map(|i| places.item(i)?.dyn_into::<Element>().ok()) {
        let name = place.get_attribute("data-error").unwrap_or_default();
        let message = refusal.fields.of(&name);
        set_message(&place, message);
        if let Some(field) = browser::find::<HtmlElement>(Some(form.clone().into()), &format!("[name='{name}']")) {
            let _ = field.set_attribute("aria-invalid", if message.is_some() { "true" } else { "false" });
            first_wrong = first_wrong.or(message.map(|_| field));
        }
    }
    if let Some(field) = first_wrong {
        let _ = field.focus();
    }
}

fn set_message(place: &Element, message: Option<&str>) {
    place.set_text_content(message);
    let _ = place.toggle_attribute_with_force("hidden", message.is_none());
}
