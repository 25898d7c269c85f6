//! The integration target: the domain and the real router, on both engines every time.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod api;
mod cli;
mod domain;
mod process;
mod schema;
mod structure;
mod support;
mod ui;
