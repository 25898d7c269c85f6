//! The console through its real router.

mod access;
mod bad_input;
mod headers;
mod places;
mod roles;
mod sign_in;
mod switched;
mod users;
