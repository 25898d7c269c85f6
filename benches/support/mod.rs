//! What the benchmark is made of.

pub mod bare;
pub mod client;
pub mod families;
pub mod installation;
pub mod load;
pub mod page;
pub mod postgres;
pub mod report;
