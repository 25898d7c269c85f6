//! Passwords: the rules they must keep, and hashing on a bounded pool.

mod common;
pub mod hasher;
mod memory;
mod names;
mod parts;
pub mod rules;
mod runs;
