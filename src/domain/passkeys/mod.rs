//! Passkeys (WebAuthn): what somebody proves themselves by in place of a password, or beside it. The private half stays in
//! their device, which asks for a finger, a face or a PIN before it signs.

pub mod ceremony;
pub mod check;
pub mod commands;
pub mod input;
pub mod queries;
pub mod sign_in;
pub mod store;
