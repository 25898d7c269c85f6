//! Passwords: the rules they must keep, and hashing on a bounded pool.

mod common;
mod hasher;
mod memory;
mod names;
mod parts;
mod rules;
mod runs;

pub use hasher::{Hasher, Verdict};
pub use rules::{About, Password};
