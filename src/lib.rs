//! Castellan: a self-hosted user-management console in one binary.
//!
//! The core is cut by noun ([`domain`]), the edges by surface (`pages`, [`cli`]); dependencies point one
//! way: edges → domain → [`db`], and [`model`] is plain data that all share. This file alone says which
//! half a module belongs to: feature `ssr` is the server, `hydrate` the browser.

// Views are types of their own, nested as deep as their pages.
#![recursion_limit = "256"]

pub mod functions;
pub mod islands;
pub mod model;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod domain;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
mod pages;

#[cfg(feature = "ssr")]
pub use app::SURFACES;

/// Wakes the islands of a page; called by `boot.js`.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
