//! Browser sign-ins.

pub mod caller;
pub mod commands;
pub mod store;
