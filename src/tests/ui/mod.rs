//! The console through its real router.

mod access;
mod audit;
mod bad_input;
mod headers;
mod places;
mod sign_in;
mod switched;
mod undo;
mod users;
