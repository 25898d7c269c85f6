//! The verbs, on a real database.

mod codes;
mod guards;
mod lists;
mod sessions;
mod setup;
mod users;
