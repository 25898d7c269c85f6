//! What the pages of client credentials, tokens, service keys and key pairs have in common.

pub mod call;
pub mod delete;
pub mod forms;
mod life;
pub mod once;
pub mod parts;
pub mod table;
