//! The console: pages rendered on the server, one folder for each family of pages. A handler gets the
//! caller's context, calls one action, and translates.

mod account;
mod audit;
mod choices;
mod deleted;
mod done;
mod effect;
mod failure;
mod form;
mod gate;
mod grants;
mod groups;
mod language;
mod layout;
mod overtaken;
mod pager;
mod parts;
mod path;
mod permissions;
mod place;
mod render;
mod roles;
mod routes;
mod tenants;
mod times;
mod typed;
mod users;
mod visit;
mod why;
mod workplace;

pub use routes::{Access, ROUTES, Route, is_public, routes};
