//! Contract 003: the people of one partner portal (`/v1/partner-portals`).

mod answers;
mod asked;
mod counted;
mod face;
mod users;

use std::sync::Arc;

use axum::{Extension, Router, middleware::from_fn_with_state, routing::any};

use super::{
    face::{Face, show, unknown},
    operations::{Access::Needs, BEARER, Family, Parameter, Value, operations},
};
use crate::{
    domain::caller::Takes,
    http::{layers::for_programs, rates::Rates, state::AppState},
    model::{permission::Permission, token::TokenKind},
};

/// A key of a program's own account.
const TAKES: Takes = Takes { bearers: &[TokenKind::ServiceKey], clients: false, stand_alone: false, signed: false };

const AFTER: Parameter = Parameter::optional("after", Value::Text, "The cursor of the page before.");
const LIMIT: Parameter =
    Parameter::optional("limit", Value::Number(1, users::LIMITS.1), "How many at most; 50 if absent.");

operations! {
    "003-1" get "/{portalId}/users" "List the portal's users, in the order in which they came to it." {
        access: Needs(Permission::UsersRead), query: &[AFTER, LIMIT], answers: (200, Some("Page")), fails: &[404, 429]
    } => users::list;
    "003-2" get "/{portalId}/users/{userId}" "Show a user." {
        access: Needs(Permission::UsersRead), answers: (200, Some("PortalUser")), fails: &[404, 429]
    } => users::read;
    "003-3" post "/{portalId}/users" "Make a user, or let somebody in who is known elsewhere." {
        access: Needs(Permission::UsersAdd), makes: true, asks: Some("UserCreate"), answers: (200, Some("PortalUser")), fails: &[404, 429]
    } => users::create;
    "003-4" delete "/{portalId}/users/{userId}" "Remove a user from the portal; whoever belongs to no other tenant is deleted." {
        access: Needs(Permission::UsersDelete), answers: (200, Some("Deleted")), fails: &[404, 429]
    } => users::delete;
}

const PREFIX: &str = "/v1/partner-portals";

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "portals",
    title: "Partner portals: the people of one portal (contract 003).",
    prefix: PREFIX,
    security: &[BEARER],
    key_reused: 400,
    places: &[("{portalId}", Value::Text), ("{userId}", Value::Text)],
    operations: OPERATIONS,
    schemas: include_str!("schemas.json"),
};

/// Paths that are the family's, and lead nowhere. What stands for itself wins.
const UNKNOWN: [&str; 7] = ["", "/", "//", "//{*rest}", "/{portalId}", "/{portalId}/", "/{portalId}/{*rest}"];

/// The operations, by their paths.
pub fn routes(state: &AppState) -> Router<AppState> {
    let counted = from_fn_with_state((state.clone(), Arc::new(Rates::default())), counted::count);
    let mut all = Router::new().nest(PREFIX, table(state).route_layer(counted));
    for other in UNKNOWN {
        all = all.route(&format!("{PREFIX}{other}"), any(unknown));
    }
    for_programs(all, state).layer(Extension(TAKES)).layer(from_fn_with_state(face::face as Face, show))
}
