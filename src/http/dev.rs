//! Reloading open pages while somebody works on them: only where `cargo xtask dev` asks for it.

use std::sync::LazyLock;

use axum::{Router, http::header, routing::get};

use super::state::AppState;
use crate::domain::clock::Clock;

/// Whether `cargo xtask dev` started this server.
pub static ACTIVE: LazyLock<bool> = LazyLock::new(|| std::env::var_os("CASTELLAN_DEV_RELOAD").is_some());

/// Changes with every start.
static START: LazyLock<String> = LazyLock::new(|| Clock::System.id().to_string());

/// Reloads the page once another server answers than the one that it came from.
const SCRIPT: &str = "let first; setInterval(async () => {
  const start = await fetch('/dev/start').then((answer) => answer.text()).catch(() => first);
  first ??= start;
  if (start !== first) location.reload();
}, 400);";

/// The script and what it asks for; nothing where nobody works on the pages.
pub fn routes() -> Router<AppState> {
    if !*ACTIVE {
        return Router::new();
    }
    Router::new()
        .route("/dev/reload.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) }))
        .route("/dev/start", get(|| async { START.as_str() }))
}
