//! `/admin/audit`: who did what, when, from where, before and after; taking it back, checking it, and taking it
//! elsewhere.

mod back;
pub mod check;
mod differences;
pub mod export;
mod filter;
pub mod list;
pub mod row;
pub mod undo;
