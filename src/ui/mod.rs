//! The console: pages rendered on the server, one folder for each family of pages. A handler gets the
//! caller's context, calls one verb, and translates.

mod account;
mod audit;
mod bare;
mod failure;
mod form;
mod gate;
mod layout;
mod render;
mod routes;
mod times;
mod users;
mod visit;

pub use bare::broken;
pub use failure::{failure, not_found};
pub use routes::{Access, ROUTES, Route, is_public, routes};
