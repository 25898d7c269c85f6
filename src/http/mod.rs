//! The HTTP server: who is calling, layers, sessions, how functions are called, assets, errors. It knows no page: those are
//! in `crate::pages`.

pub mod access;
mod address;
pub mod assets;
mod bare;
pub mod chores;
mod connections;
pub mod cookies;
pub mod dev;
pub mod error;
pub mod fields;
pub mod flash;
pub mod functions;
pub mod kept;
pub mod languages;
pub mod layers;
pub mod letters;
pub mod link;
mod mailed;
mod origin;
pub mod page;
pub mod passkey;
mod place;
pub mod rates;
pub mod request;
pub mod run;
pub mod sessions;
pub mod start;
pub mod state;
pub mod telemetry;
pub mod times;
pub mod visit;
