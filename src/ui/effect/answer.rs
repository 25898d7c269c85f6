//! The answer to a form that asked what it would do.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use serde_json::json;

use super::Changes;
use crate::{
    domain::access::preview::effect::Effect,
    ui::{render::fragment, visit::Visit},
};

/// For an island the effect alone, for everybody else the page with it.
pub fn answer(visit: &Visit, effect: Effect, page: impl FnOnce(Effect) -> Response) -> Response {
    match visit.wants_json() {
        true => Json(json!({ "effect": fragment(|| view! { <Changes effect/> }) })).into_response(),
        false => page(effect),
    }
}
