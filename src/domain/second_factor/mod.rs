//! The second step of sign-in: who needs one, and the codes that are typed there.

pub mod check;
pub mod commands;
pub mod mailed;
pub mod need;
pub mod offer;
pub mod recovery;
pub mod store;
pub mod totp;
