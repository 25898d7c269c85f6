//! The console through its real router.

mod access;
mod bad_input;
mod effect;
mod headers;
mod places;
mod sign_in;
mod switched;
mod users;
