//! The few browser calls that islands make. Compiled on the server too, where nothing calls them.

use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, Request, RequestInit, Response, UrlSearchParams};

/// What a server answered: its status and its JSON.
pub struct Answer {
    ok: bool,
    text: String,
}

impl Answer {
    /// The body, if the server agreed.
    pub fn accepted<T: DeserializeOwned>(&self) -> Option<T> {
        if self.ok { serde_json::from_str(&self.text).ok() } else { None }
    }

    /// The body, if the server refused and said why.
    pub fn refused<T: DeserializeOwned>(&self) -> Option<T> {
        if self.ok { None } else { serde_json::from_str(&self.text).ok() }
    }
}

/// Asks the server for JSON. `body` makes it a POST of an encoded form.
pub async fn ask(url: &str, body: Option<&JsValue>) -> Result<Answer, JsValue> {
    let options = RequestInit::new();
    if let Some(body) = body {
        options.set_method("POST");
        options.set_body(body);
    }
    let request = Request::new_with_str_and_init(url, &options)?;
    request.headers().set("accept", "application/json")?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { ok: response.ok(), text })
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

/// The form's fields, encoded as a browser would send them, with the button that sent it.
pub fn encoded(form: &HtmlFormElement, submitter: Option<&HtmlElement>) -> Option<JsValue> {
    let button = submitter.and_then(|button| button.get_attribute("name").zip(button.get_attribute("value")));
    let (name, value) = button.unwrap_or_default();
    encoded_with(form, (&name, &value))
}

/// The form's fields with one more, unless that has no name.
pub fn encoded_with(form: &HtmlFormElement, (name, value): (&str, &str)) -> Option<JsValue> {
    let fields = FormData::new_with_form(form).ok()?;
    if !name.is_empty() {
        fields.append_with_str(name, value).ok()?;
    }
    UrlSearchParams::new_with_str_sequence_sequence(&fields).ok().map(JsValue::from)
}
