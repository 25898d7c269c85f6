//! What every request shares.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::FromRef};
use ipnet::IpNet;
use leptos::{config::LeptosOptions, prelude::AnyView};
use tokio::sync::Semaphore;

use super::access::Access;
use crate::{
    config::{Config, Forwarded},
    domain::{access::preview::effect::Effect, ctx::Services, secrets::SecretKey},
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
    /// What Leptos knows of the site: `Leptos.toml`.
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// What is served: handed to the server, which knows none of it.
#[derive(Debug)]
pub struct Surfaces {
    /// Every page's path, as leptos_router writes it, with who may open it.
    pub pages: &'static [(&'static str, Access)],
    /// The routes of the pages, for the router that finds out which there are.
    pub routes: fn() -> AnyView,
    /// The document.
    pub app: fn() -> AnyView,
    /// What a change would do, as a piece of a page.
    pub effect: fn(Effect) -> String,
    /// Files that are made when they are asked for.
    pub exports: fn() -> Router<AppState>,
    /// What programs use.
    pub api: fn(&AppState) -> Router<AppState>,
}

impl Surfaces {
    /// Whether strangers may see a page. Public paths have no parameters.
    #[must_use]
    pub fn is_public(&self, path: &str) -> bool {
        self.pages.iter().any(|(page, access)| *page == path && *access == Access::Public)
    }
}

/// More changes at once are told that the server is busy. They run to their end even if their clients hang up, so it
/// isn't connections that bound them.
const CHANGES: usize = 128;

impl AppState {
    /// The state of an application.
    #[must_use]
    pub fn new(services: Services, site: Site, surfaces: &'static Surfaces) -> Self {
        let changes = Arc::new(Semaphore::new(CHANGES));
        Self { services, site: Arc::new(site), surfaces, changes, leptos: leptos_options() }
    }
}

/// `Leptos.toml`, carried along: the binary is one file. It is checked by the tests, so there is nothing to fall back to
/// but what Leptos itself takes for granted.
fn leptos_options() -> LeptosOptions {
    let conf = leptos::config::get_config_from_str(include_str!("../../Leptos.toml"));
    conf.unwrap_or_else(|_| LeptosOptions::builder().output_name("castellan").build())
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
    /// Whether a mail server takes what is written.
    pub has_mail: bool,
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
            has_mail: config.smtp_url.is_some(),
            trusted_proxies: config.trusted_proxies.clone(),
            forwarded: config.forwarded,
            installation: key.installation(),
        }
    }

    /// What links for others begin with; nothing where no address is known by which they reach this server.
    #[must_use]
    pub fn base_of_links(&self) -> &str {
        if self.has_links { &self.public_url } else { "" }
    }

    /// Whether browsers come by https: turns on Secure cookies and HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
