//! The HTTP server: who is calling, layers, assets, errors. The pages themselves are in [`crate::ui`].

mod address;
pub mod assets;
mod bare;
pub mod chores;
mod connections;
pub mod cookies;
pub mod dev;
pub mod error;
pub mod layers;
mod origin;
pub mod rates;
pub mod request;
pub mod run;
pub mod start;
pub mod state;
pub mod telemetry;
