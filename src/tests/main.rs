//! The integration target: the domain and the real router, on both engines every time.

mod domain;
mod schema;
mod support;
mod ui;
