//! A field that hides what doesn't match: for long lists that are on the page already.

use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::browser;

/// Shows only those elements under `within` whose `data-find` contains what is typed. In that list the arrow keys
/// go from one box to the next. Without a script the field is not there, and the browser's own search is.
#[island]
pub fn Filter(within: String, label: String) -> impl IntoView {
    let list = within.clone();
    let typed = move |event| show_matching(&list, &event_target_value(&event).to_lowercase());
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, {
            let within = within.clone();
            move |event| walk(&within, &event)
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <input type="search" class="field script-only" placeholder=label.clone() aria-label=label autocomplete="off"
            data-filter="" on:input=typed/>
    }
}

fn every(within: &str, selector: &str) -> Vec<HtmlElement> {
    let list = browser::find::<Element>(document().document_element(), within);
    let Some(found) = list.and_then(|list| list.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

fn show_matching(within: &str, wanted: &str) {
    for row in every(within, "[data-find]") {
        let matches = row.get_attribute("data-find").is_some_and(|text| text.contains(wanted));
        row.set_hidden(!matches);
    }
    for group in every(within, "[data-group]") {
        let empty = group.query_selector("[data-find]:not([hidden])").is_ok_and(|found| found.is_none());
        group.set_hidden(empty);
    }
}

/// `/` goes to the field, the arrows from box to box.
fn walk(within: &str, event: &KeyboardEvent) {
    let Some(active) = document().active_element() else {
        return;
    };
    let boxes = every(within, "input[type=checkbox]");
    let place = boxes.iter().position(|found| found.is_same_node(Some(&active)));
    let next = match (event.key().as_str(), place) {
        ("/", _) if place.is_some() || active.tag_name() != "INPUT" => return to_field(event),
        ("ArrowDown", Some(place)) => boxes[place + 1..].iter().find(|found| found.offset_parent().is_some()),
        ("ArrowUp", Some(place)) => boxes[..place].iter().rev().find(|found| found.offset_parent().is_some()),
        _ => None,
    };
    if let Some(next) = next {
        event.prevent_default();
        let _ = next.focus();
    }
}

fn to_field(event: &KeyboardEvent) {
    event.prevent_default();
    browser::focus("[data-filter]");
}
