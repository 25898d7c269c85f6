//! The few browser calls that islands make. Compiled on the server too, where nothing calls them.

use leptos::{ev::SubmitEvent, prelude::window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

use crate::{
    functions::wire::{self, unreachable, unreadable},
    model::error::{FieldErrors, Refusal},
};

/// What a form's function answered.
pub enum Answer {
    /// Where to go on to.
    Next(String),
    /// What was asked for; nothing, where the form isn't finished.
    Value(Option<String>),
}

/// Sends a form to the page that it is on, as the browser would, with more fields: the button that was pressed.
pub async fn post(form: &HtmlFormElement, more: &[(&str, &str)]) -> Result<Answer, Refusal> {
    let here = window().location().href().unwrap_or_default();
    let sent = match encoded(form, more) {
        Ok(body) => wire::fetch(&here, &body, "application/x-www-form-urlencoded").await,
        Err(error) => Err(error),
    };
    let answer = sent.map_err(|_| unreachable())?;
    match answer.location {
        Some(location) => Ok(Answer::Next(location)),
        None if answer.ok => serde_json::from_str(&answer.text).map(Answer::Value).map_err(|_| unreadable()),
        None => Err(serde_json::from_str(&answer.text).unwrap_or_else(|_| unreadable())),
    }
}

fn encoded(form: &HtmlFormElement, more: &[(&str, &str)]) -> Result<JsValue, JsValue> {
    let fields = FormData::new_with_form(form)?;
    for (name, value) in more {
        fields.append_with_str(name, value)?;
    }
    // As text: its type is said with it.
    UrlSearchParams::new_with_str_sequence_sequence(&fields).map(|fields| JsValue::from(fields.to_string()))
}

/// The form that an event is about.
pub fn form(event: &Event) -> Option<HtmlFormElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("form").ok()??.dyn_into().ok()
}

/// The button that sent a form, if it says something.
pub fn button(event: &SubmitEvent) -> Option<(String, String)> {
    let button = event.submitter()?;
    button.get_attribute("name").zip(button.get_attribute("value"))
}

/// Sends a form the plain way.
pub fn submit(form: &HtmlFormElement) {
    // Where the browser doesn't, the reader still has the form.
    let _ = form.submit();
}

/// Marks the fields that are wrong, and puts the cursor into the first of them.
pub fn mark(form: &HtmlFormElement, wrong: &FieldErrors) {
    let controls = form.elements();
    let mut first = None;
    for control in (0..controls.length()).filter_map(|place| controls.item(place)) {
        let name = control.get_attribute("name").unwrap_or_default();
        let is_wrong = wrong.of(&name).is_some();
        let _ = control.set_attribute("aria-invalid", if is_wrong { "true" } else { "false" });
        first = first.or(control.dyn_into::<HtmlElement>().ok().filter(|_| is_wrong));
    }
    if let Some(control) = first {
        let _ = control.focus();
    }
}

/// Goes to another page.
pub fn go(url: &str) {
    // A browser that refuses to navigate leaves the reader where they are, which is all there is to do.
    let _ = window().location().assign(url);
}

/// Shows `url` in the address bar without going there.
pub fn show_url(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// The first descendant that matches.
pub fn find<T: JsCast>(within: Option<Element>, selector: &str) -> Option<T> {
    within?.query_selector(selector).ok()??.dyn_into().ok()
}
