//! A form that shows what is wrong without leaving the page. Without a script it is the same form, and
//! the server answers with the whole page.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use serde::Deserialize;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};

use super::browser;
use crate::model::error::Refusal;

/// Where to go after a form was accepted.
#[derive(Deserialize)]
struct Accepted {
    location: String,
}

/// A `post` form to `action`. Its fields carry `data-error="name"` where their message belongs, and one
/// element carries `data-refusal`, for the message about the whole.
#[island]
pub fn LiveForm(action: String, children: Children) -> impl IntoView {
    let busy = RwSignal::new(false);
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
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let url = url.clone();
        spawn_local(async move {
            send(&url, &form, &body).await;
            busy.set(false);
        });
    };
    view! {
        <form method="post" action=action class="form" aria-busy=move || busy.get().to_string() on:submit=submit novalidate>
            {children()}
        </form>
    }
}

async fn send(url: &str, form: &HtmlFormElement, body: &wasm_bindgen::JsValue) {
    let Ok(answer) = browser::ask(url, Some(body)).await else {
        let message = "The server can't be reached. Nothing was saved; try again.".to_owned();
        return show(form, &Refusal { message, ..Refusal::default() });
    };
    if let Some(accepted) = answer.accepted::<Accepted>() {
        browser::go(&accepted.location);
    } else if let Some(refusal) = answer.refused::<Refusal>() {
        show(form, &refusal);
    } else {
        // Signed out meanwhile, or something between us answered: the plain form shows the reader what.
        let _ = form.submit();
    }
}

/// Writes the messages beside their fields and puts the cursor into the first wrong one.
fn show(form: &HtmlFormElement, refusal: &Refusal) {
    if let Some(note) = browser::find::<Element>(Some(form.clone().into()), "[data-refusal]") {
        set_message(&note, Some(&refusal.message));
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
