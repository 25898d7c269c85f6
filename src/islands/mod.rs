//! The parts of pages that also run in the browser. Each is rendered on the server first and does its
//! work there when no script runs.

mod browser;
mod ended;
mod filter;
mod live_form;
mod user_list;

pub use ended::Ended;
pub use filter::Filter;
pub use live_form::{FormScope, FormSignals, LiveForm, LiveMessage, WouldDo, message, note};
pub use user_list::{BulkButtons, UserList};
