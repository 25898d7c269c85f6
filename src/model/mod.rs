//! Plain data and parsing, shared by the server and the browser. No I/O.

pub mod client;
pub mod error;
pub mod fields;
pub mod forms;
pub mod id;
pub mod mail;
pub mod merge;
pub mod once;
pub mod page;
pub mod permission;
pub mod principal;
pub mod scope;
pub mod stamp;
pub mod tenant;
pub mod timestamp;
pub mod token;
pub mod user;
pub mod words;
