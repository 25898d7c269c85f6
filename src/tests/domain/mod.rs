//! The actions, on a real database.

mod access;
mod audit;
mod bulk;
mod codes;
mod grants;
mod groups;
mod guards;
pub mod large;
mod limits;
mod lists;
mod matrix;
mod names;
mod races;
mod roles;
mod sessions;
mod setup;
pub mod stage;
mod state;
mod tenants;
mod undo;
mod users;
mod waiting;
mod work;
