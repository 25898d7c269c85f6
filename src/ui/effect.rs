//! What a change would do, for the reader to see before it is made.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use serde_json::json;

use super::{render::fragment, visit::Visit};
use crate::{
    domain::engine::what_if::{Difference, Effect},
    model::{fields::Fields, user::grouped},
};

/// Whether a form asks what it would do, rather than for it to be done.
#[must_use]
pub fn asks(form: &Fields) -> bool {
    form.text("step") == "preview"
}

/// The answer to a form that asked: for an island the effect alone, for everybody else the page with it.
pub fn answer(visit: &Visit, effect: Effect, page: impl FnOnce(Effect) -> Response) -> Response {
    match visit.wants_json() {
        true => Json(json!({ "effect": fragment(|| view! { <Changes effect/> }) })).into_response(),
        false => page(effect),
    }
}

/// The place of the effect on a form's page. Empty until something was asked.
#[component]
pub fn EffectCard(
    effect: Option<Effect>,
    /// What the reader is about to do: `What saving would do`.
    heading: &'static str,
) -> impl IntoView {
    let shown = match effect {
        Some(effect) => view! { <Changes effect/> }.into_any(),
        None => {
            view! { <p class="hint">"Change something, then see here whom it touches before you save."</p> }.into_any()
        }
    };
    view! {
        <section class="card effect">
            <header><h2>{heading}</h2></header>
            <div class="in" data-effect="" aria-live="polite">{shown}</div>
        </section>
    }
}

/// The changes, one line each.
#[component]
pub fn Changes(effect: Effect) -> impl IntoView {
    if let Some(refused) = effect.refused {
        return view! { <p class="note bad">"It would be refused: "{refused.to_string()}"."</p> }.into_any();
    }
    if effect.is_nothing() {
        return view! { <p class="hint">"Nobody gains or loses anything by it at this moment."</p> }.into_any();
    }
    let ending = |n: i64, one: &'static str, many: &'static str| {
        (n > 0).then(|| view! { <li><b>{grouped(n)}</b><span>{if n == 1 { one } else { many }}</span></li> })
    };
    view! {
        <ul>
            {effect.changes.into_iter().map(line).collect_view()}
            {ending(effect.tokens, "token stops working", "tokens stop working")}
            {ending(effect.sessions, "open session ends", "open sessions end")}
        </ul>
    }
    .into_any()
}

fn line(change: Difference) -> impl IntoView {
    let verb = match (change.gain, change.people) {
        (true, 1) => "person gains",
        (true, _) => "people gain",
        (false, 1) => "person loses",
        (false, _) => "people lose",
    };
    let place = change.tenant.map(|name| view! { " in "<bdi>{name}</bdi> });
    let last = change.last.then(|| {
        view! { " "<span class="tag warn plain">"nobody is left who may"</span> }
    });
    let more = change.people - change.named.len();
    let name = change.permission.name();
    view! {
        <li class=if change.gain { "gain" } else { "loss" }>
            <b>{grouped(change.people as i64)}</b>
            <details>
                <summary>{verb}" "<code>{name}</code>{place}{last}</summary>
                <p>
                    {change.named.into_iter().map(|(id, name)| view! {
                        <a class="link" href=format!("/admin/users/{id}")><bdi>{name}</bdi></a>" "
                    }).collect_view()}
                    {(more > 0).then(|| format!("and {} more", grouped(more as i64)))}
                    " · "<a class="link" href=format!("/admin/permissions/{name}")>"Who may now?"</a>
                </p>
            </details>
        </li>
    }
}
