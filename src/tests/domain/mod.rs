//! The actions, on a real database.

mod access;
mod audit;
mod bulk;
mod codes;
mod grants;
mod groups;
mod guards;
mod key_pairs;
pub mod large;
mod limits;
mod lists;
mod matrix;
mod names;
mod races;
mod resealing;
mod roles;
mod sessions;
mod setup;
pub mod stage;
pub mod state;
mod tenants;
mod tokens;
mod undo;
mod usage;
mod users;
mod waiting;
mod work;
