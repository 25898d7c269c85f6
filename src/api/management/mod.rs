//! Contract 002: user management (`/auth`). It acts in the whole installation, as far as the caller may there.

mod answers;
mod changes;
mod face;
mod login;
mod roles;
mod users;

use axum::{
    Extension, Router,
    middleware::from_fn_with_state,
    routing::{any, get, patch, post},
};

use super::face::{Face, show, unknown};
use crate::{
    domain::caller::Takes,
    model::token::TokenKind,
    server::{layers::for_programs, state::AppState},
};

/// A token that acts for a person.
const TAKES: Takes =
    Takes { bearers: &[TokenKind::Access, TokenKind::Personal], clients: false, stand_alone: false, signed: false };

/// The operations, by their paths. What stands for itself wins over an id.
pub fn routes(state: &AppState) -> Router<AppState> {
    let table = Router::new()
        .route("/auth/users", post(changes::create))
        .route("/auth/login", post(login::login))
        .route("/auth/users/whoami", get(users::whoami))
        .route("/auth/users/username/{username}", get(users::by_name))
        .route("/auth/users/list", get(users::list))
        .route("/auth/users/basic/list", get(users::basic_list))
        .route("/auth/users/{locator}", get(users::by_locator).patch(changes::update).delete(users::delete))
        .route("/auth/users/{locator}/permissions", get(users::permissions))
        .route("/auth/users/{locator}/roles", patch(changes::roles))
        .route("/auth/users/{locator}/tenants", patch(changes::tenants))
        .route("/auth/roles/list", get(roles::list))
        .route("/auth/roles/permissions", get(roles::permissions))
        .route("/auth/roles", post(roles::create))
        .route("/auth/roles/{locator}", get(roles::by_locator).patch(roles::update).delete(roles::delete))
        .route("/auth", any(unknown))
        .route("/auth/{*rest}", any(unknown));
    for_programs(table, state).layer(Extension(TAKES)).layer(from_fn_with_state(face::face as Face, show))
}
