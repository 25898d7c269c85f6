//! `/admin/audit`: who did what, when, from where, before and after; taking it back, checking it, and taking it
//! elsewhere.

mod differences;
pub mod export;
mod filter;
pub mod list;
pub mod row;
pub mod undo;
