//! What programs use: translation only, no rule and no SQL. A family is a folder; what they share stands beside.

mod back_office;
mod body;
mod credentials;
pub mod document;
mod domains;
mod face;
mod known;
mod management;
mod oauth;
pub mod operations;
mod parameters;
mod portals;
pub mod presented;
mod problem;
mod repeating;

use axum::Router;

use crate::http::state::AppState;

/// Every operation for programs.
pub fn routes(state: &AppState) -> Router<AppState> {
    oauth::routes(state)
        .merge(back_office::routes(state))
        .merge(management::routes(state))
        .merge(credentials::routes(state))
        .merge(domains::routes(state))
        .merge(portals::routes(state))
        .merge(document::routes())
}
