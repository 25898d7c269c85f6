//! `/account`: what everybody sees and changes of themselves, in their language and without a script.

pub mod access;
pub mod address;
pub mod codes;
pub mod factor;
pub mod profile;
pub mod security;
pub mod tokens;
