//! What every request shares.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use ipnet::IpNet;
use tokio::sync::Semaphore;

use crate::{
    config::{Config, Forwarded},
    domain::{ctx::Services, secrets::SecretKey},
};

/// What every request shares.
#[derive(Clone, Debug)]
pub struct AppState {
    /// What actions work with.
    pub services: Services,
    /// How the outside sees this server.
    pub site: Arc<Site>,
    /// What it serves.
    pub surfaces: &'static Surfaces,
    /// Changes that may be under way at once.
    pub changes: Arc<Semaphore>,
}

/// What is served: handed to the server, which knows none of it.
#[derive(Debug)]
pub struct Surfaces {
    /// The table of pages.
    pub pages: fn(&AppState) -> Router<AppState>,
    /// Whether strangers may see a path.
    pub is_public: fn(&str) -> bool,
    /// What programs use.
    pub api: fn(&AppState) -> Router<AppState>,
}

/// More changes at once are told that the server is busy. They run to their end even if their clients hang up, so it
/// isn't connections that bound them.
const CHANGES: usize = 128;

impl AppState {
    /// The state of an application.
    #[must_use]
    pub fn new(services: Services, site: Site, surfaces: &'static Surfaces) -> Self {
        Self { services, site: Arc::new(site), surfaces, changes: Arc::new(Semaphore::new(CHANGES)) }
    }
}

/// How the outside sees this server.
#[derive(Clone, Debug)]
pub struct Site {
    /// Base of links, without a slash at the end.
    pub public_url: String,
    /// Whether it is for this machine only: it listens on loopback, and no public URL was set.
    pub is_local_only: bool,
    /// Whether others can use its links: not where it listens on every address and no public URL was set.
    pub has_links: bool,
    /// Proxies whose word is taken for the client's address.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they say it.
    pub forwarded: Forwarded,
    /// What tells its cookies from those of another installation.
    pub installation: String,
}

impl Site {
    /// The site that `config` describes, which listens on `address`.
    #[must_use]
    pub fn new(config: &Config, address: SocketAddr, key: &SecretKey) -> Self {
        Self {
            public_url: config.public_url.clone().unwrap_or_else(|| format!("http://{address}")),
            is_local_only: config.public_url.is_none() && address.ip().is_loopback(),
            has_links: config.public_url.is_some() || !address.ip().is_unspecified(),
            trusted_proxies: config.trusted_proxies.clone(),
            forwarded: config.forwarded,
            installation: key.installation(),
        }
    }

    /// Whether browsers come by https: turns on Secure cookies and HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
