//! A field that hides what doesn't match: for long lists that are on the page already.

use js_sys::JsString;
use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::browser;

/// Shows only those elements under `within` whose `data-find` contains what is typed, and `data-none` when none does.
/// In that list the arrow keys go from one box to the next. Without a script it is the field `find` of its form.
#[island]
pub fn Filter(within: String, label: String, value: String) -> impl IntoView {
    let list = within.clone();
    let typed = move |event| show_matching(&list, event_target_value(&event).trim());
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, {
            let within = within.clone();
            move |event| walk(&within, &event)
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <input type="search" class="field" name="find" value=value placeholder=label.clone() aria-label=label
            maxlength="200" autocomplete="off" data-filter="" on:input=typed/>
    }
}

fn every(within: &str, selector: &str) -> Vec<HtmlElement> {
    let list = browser::find::<Element>(document().document_element(), within);
    let Some(found) = list.and_then(|list| list.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// The browser's own strings compare here: Rust's would bring their tables of letters along, some kilobytes.
fn show_matching(within: &str, typed: &str) {
    let wanted = String::from(JsString::from(typed).to_lower_case());
    let mut none = true;
    for row in every(within, "[data-find]") {
        let matches = row.get_attribute("data-find").is_some_and(|text| JsString::from(text).includes(&wanted, 0));
        row.set_hidden(!matches);
        none &= !matches;
    }
    for place in every(within, "[data-none]") {
        place.set_hidden(!none);
    }
    for name in every(within, "[data-wanted]") {
        name.set_text_content(Some(typed));
    }
    for group in every(within, "[data-group]") {
        let empty = group.query_selector("[data-find]:not([hidden])").is_ok_and(|found| found.is_none());
        group.set_hidden(empty);
    }
}

/// The arrows go from box to box. What was typed into the field is found by then: `Enter` sends no form.
fn walk(within: &str, event: &KeyboardEvent) {
    let Some(active) = document().active_element() else {
        return;
    };
    let boxes = every(within, ":not([hidden]) > :not([hidden]) > input[type=checkbox]");
    let place = boxes.iter().position(|found| found.is_same_node(Some(&active)));
    let next = match (event.key().as_str(), place) {
        ("Enter", _) if active.has_attribute("data-filter") => return event.prevent_default(),
        ("ArrowDown", Some(place)) => boxes.get(place + 1),
        ("ArrowUp", Some(place)) => place.checked_sub(1).and_then(|before| boxes.get(before)),
        _ => None,
    };
    if let Some(next) = next {
        event.prevent_default();
        let _ = next.focus();
    }
}
