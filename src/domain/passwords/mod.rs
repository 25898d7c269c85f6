//! Passwords: the rules they must keep, and hashing on a bounded pool.

mod hasher;
mod rules;

pub use hasher::{Hasher, Verdict};
pub use rules::Password;
