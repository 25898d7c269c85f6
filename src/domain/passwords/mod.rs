//! Passwords: the rules they must keep, and hashing on a bounded pool.

mod common;
pub mod hasher;
mod memory;
pub mod minimum;
mod names;
mod parts;
pub mod rules;
mod runs;
