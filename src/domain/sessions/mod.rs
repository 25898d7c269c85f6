//! Browser sign-ins.

pub mod caller;
pub mod commands;
pub mod refusing;
pub mod store;
