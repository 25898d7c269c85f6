//! `/admin/audit`: who did what, when, from where, before and after; taking it back, checking it, and taking it
//! elsewhere.

mod back;
pub mod check;
pub mod export;
mod filter;
pub mod list;
pub mod undo;

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{times::moment, users::detail::Time};
use crate::{
    domain::{events::Event, verb::Verb},
    model::{fields::Fields, timestamp::Timestamp},
};

/// One event: when, who did what to whom, and what changed. `named`: whether to say whom, where that is a person.
/// `undo`: where a reader comes back to who takes it back; `None` if they may not.
#[component]
pub fn EventRow(event: Event, now: Timestamp, named: bool, undo: Option<String>) -> impl IntoView {
    let actor = match event.actor_id {
        Some(id) => view! { <a href=format!("/admin/users/{id}")><bdi>{event.actor_name}</bdi></a> }.into_any(),
        None => event.actor_name.into_any(),
    };
    let verb = Verb::parse(&event.verb);
    let phrase = verb.map_or(event.verb.clone(), |verb| verb.phrase().to_owned());
    let alone = matches!(verb, Some(Verb::SignIn | Verb::SignOut));
    let named = named || event.target_kind != "user";
    let target = (!alone).then(|| match (named, page_of(verb, &event.target_kind, &event.target_id)) {
        (false, _) => " them".into_any(),
        (true, Some(href)) => view! { " "<a href=href><bdi>{event.target_name}</bdi></a> }.into_any(),
        (true, None) => view! { " "<bdi>{event.target_name}</bdi> }.into_any(),
    });
    let from = event.address.map(|address| view! { <span class="sub">" from "{address}</span> });
    let undid = event.undoes.map(|_| view! { " "<span class="tag plain">"undo"</span> });
    let href =
        undo.map(|back| format!("/admin/audit/{}/undo?{}", event.id, Fields::default().with("back", back).encode()));
    let undo = match (event.undone_by, href) {
        (Some(_), Some(href)) => Some(view! { <a class="link" href=href>"undone"</a> }.into_any()),
        (Some(_), None) => Some(view! { <span class="tag plain">"undone"</span> }.into_any()),
        (None, Some(href)) if event.inverse.is_some() => {
            Some(view! { <a class="btn quiet" href=href>"Undo…"</a> }.into_any())
        }
        (None, _) => None,
    };
    view! {
        <tr>
            <td class="when"><Time at=moment(event.at, now)/></td>
            <td class="lead">{actor}" "{phrase}{target}{undid}{from}</td>
            <td>{changes(event.before.as_deref(), event.after.as_deref()).into_iter().map(difference).collect_view()}</td>
            <td class="act">{undo}</td>
        </tr>
    }
}

/// The page of what an event was done to, unless that event removed it.
fn page_of(verb: Option<Verb>, kind: &str, id: &str) -> Option<String> {
    if matches!(verb, Some(Verb::DeleteUser | Verb::DeleteRole | Verb::DeleteGroup | Verb::DeleteTenant)) {
        return None;
    }
    let family = match kind {
        "user" => "users",
        "role" => "roles",
        "group" => "groups",
        "tenant" => "tenants",
        _ => return None,
    };
    Some(format!("/admin/{family}/{id}"))
}

/// A changed value: its name, what it was and what it is.
type Difference = (String, Option<String>, Option<String>);

fn changes(before: Option<&str>, after: Option<&str>) -> Vec<Difference> {
    let read =
        |text: Option<&str>| text.and_then(|t| serde_json::from_str::<Map<String, Value>>(t).ok()).unwrap_or_default();
    let (before, mut after) = (read(before), read(after));
    let mut changes: Vec<Difference> = before
        .into_iter()
        .map(|(name, old)| {
            let new = after.remove(&name);
            (name, text(Some(old)), text(new))
        })
        .collect();
    changes.extend(after.into_iter().map(|(name, new)| (name, None, text(Some(new)))));
    for (name, old, new) in &mut changes {
        if name == "permissions" {
            (*old, *new) = words_apart(old.take(), new.take());
        }
    }
    changes.retain(|(_, old, new)| old.is_some() || new.is_some());
    changes
}

/// Of two lists of words only what the other lacks: in a long list of permissions the change must be seen.
fn words_apart(old: Option<String>, new: Option<String>) -> (Option<String>, Option<String>) {
    let missing = |of: &Option<String>, from: &Option<String>| {
        let known: Vec<&str> = from.iter().flat_map(|text| text.split(' ')).collect();
        let words: Vec<&str> =
            of.iter().flat_map(|text| text.split(' ')).filter(|word| !known.contains(word)).collect();
        Some(words.join(" ")).filter(|words| !words.is_empty())
    };
    (missing(&old, &new), missing(&new, &old))
}

fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

fn difference((name, old, new): Difference) -> impl IntoView {
    let arrow = (old.is_some() && new.is_some()).then(|| view! { " "<span aria-hidden="true">"→"</span>" " });
    view! {
        <span class="diff">
            <span class="diff-field">{name}</span>" "
            {old.map(|old| view! { <del><bdi>{old}</bdi></del> })}
            {arrow}
            {new.map(|new| view! { <ins><bdi>{new}</bdi></ins> })}
        </span>
    }
}
