//! `/admin/audit`: who did what, when, from where, before and after.

use axum::response::Response;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{layout::console, times::moment, users::detail::Time, visit::Visit};
use crate::{
    domain::{
        error::Result,
        events::{self, Event},
    },
    model::{fields::Fields, timestamp::Timestamp, user::grouped},
    server::request::Query,
};

/// `GET /admin/audit?before=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    // A cursor that can't be read means the newest.
    let page = events::list(&visit.ctx, query.text("before").parse().ok()).await?;
    let now = visit.ctx.now();
    let newest =
        (!query.text("before").is_empty()).then(|| view! { <a class="btn quiet" href="/admin/audit">"Newest"</a> });
    let older = page.after.map(|at| {
        let href = format!("/admin/audit?{}", Fields::default().with("before", at).encode());
        view! { <a class="btn" rel="next" href=href>"Older"</a> }
    });
    Ok(console(&visit, "Audit", move || {
        view! {
            <div class="head"><div><h1>"Audit"</h1><p>"Every change, newest first. Times are UTC."</p></div></div>
            <div class="card list">
                <table class="cards">
                    <thead><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th></tr></thead>
                    <tbody>{page.rows.into_iter().map(|event| view! { <EventRow event now named=true/> }).collect_view()}</tbody>
                </table>
                <nav class="foot" aria-label="Pages">
                    <span>{grouped(page.total)}" events"</span><span class="do">{newest}{older}</span>
                </nav>
            </div>
        }
    }))
}

/// One event: when, who did what to whom, and what changed. `named`: whether to say whom.
#[component]
pub fn EventRow(event: Event, now: Timestamp, named: bool) -> impl IntoView {
    let actor = match event.actor_id {
        Some(id) => view! { <a href=format!("/admin/users/{id}")><bdi>{event.actor_name}</bdi></a> }.into_any(),
        None => event.actor_name.into_any(),
    };
    let of_user = event.target_kind == "user" && event.verb != "users.delete";
    let alone = event.verb == "sessions.sign-in" || event.verb == "sessions.sign-out";
    let target = (!alone).then(|| match (named, of_user) {
        (false, _) => " them".into_any(),
        (true, true) => {
            view! { " "<a href=format!("/admin/users/{}", event.target_id)><bdi>{event.target_name}</bdi></a> }
                .into_any()
        }
        (true, false) => view! { " "<bdi>{event.target_name}</bdi> }.into_any(),
    });
    let from = event.address.map(|address| view! { <span class="sub">" from "{address}</span> });
    view! {
        <tr>
            <td class="when"><Time at=moment(event.at, now)/></td>
            <td class="lead">{actor}" "{sentence(&event.verb)}{target}{from}</td>
            <td>{changes(event.before.as_deref(), event.after.as_deref()).into_iter().map(difference).collect_view()}</td>
        </tr>
    }
}

/// A verb as the middle of a sentence.
fn sentence(verb: &str) -> String {
    match verb {
        "users.add" => "added",
        "users.update" => "changed",
        "users.disable" => "disabled",
        "users.enable" => "enabled",
        "users.delete" => "deleted",
        "users.unlock" => "unlocked",
        "users.give-role" => "gave a role to",
        "users.take-role" => "took a role from",
        "users.password-link" => "made a set-password link for",
        "users.set-password" => "set a new password for",
        "users.reset-second-factor" => "reset the second factor of",
        "sessions.sign-in" => "signed in",
        "sessions.sign-out" => "signed out",
        "sessions.refuse" => "was refused at",
        "demo.fill" => "added made-up people to",
        other => other,
    }
    .to_owned()
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
    changes.retain(|(_, old, new)| old.is_some() || new.is_some());
    changes
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
