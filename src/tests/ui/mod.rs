//! The console through its real router.

mod access;
mod bad_input;
mod headers;
mod sign_in;
mod users;
