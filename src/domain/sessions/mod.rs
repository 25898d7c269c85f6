//! Browser sign-ins.

pub mod caller;
pub mod commands;
pub mod device;
pub mod password;
pub mod pending;
pub mod programs;
pub mod proof;
pub mod queries;
pub mod refusing;
pub mod start;
pub mod store;
