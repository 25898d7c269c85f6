//! The HTTP server: who is calling, layers, assets, errors. The pages themselves are in [`crate::ui`].

pub mod assets;
pub mod cookies;
pub mod dev;
pub mod error;
mod layers;
pub mod request;
mod run;
pub mod telemetry;

use std::sync::Arc;

use axum::Router;
use ipnet::IpNet;

pub use run::{prepare, run};

use crate::domain::ctx::Services;

/// What every request shares.
#[derive(Clone, Debug)]
pub struct AppState {
    /// What verbs work with.
    pub services: Services,
    /// How the outside sees this server.
    pub site: Arc<Site>,
}

/// How the outside sees this server.
#[derive(Clone, Debug)]
pub struct Site {
    /// Base of links, without a slash at the end.
    pub public_url: String,
    /// Proxies whose word is taken for the client's address.
    pub trusted_proxies: Vec<IpNet>,
}

impl Site {
    /// Whether browsers come by https: turns on Secure cookies and HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The whole application as one router.
pub fn router(state: AppState) -> Router {
    layers::wrap(crate::ui::routes(&state), state)
}
