//! What programs use: translation only, no rule and no SQL.

mod oauth;
pub mod presented;

use axum::Router;

use crate::server::state::AppState;

/// Every operation for programs.
pub fn routes() -> Router<AppState> {
    oauth::routes()
}
