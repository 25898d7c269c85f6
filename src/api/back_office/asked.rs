//! How a path and a query name what they are about.

use crate::{
    api::{parameters::NUMBER_MAX, problem::Result},
    domain::error::Error,
};

/// Rows of one page, and at most.
pub const LIMITS: (i64, i64) = (20, 100);

/// The number in a path. What is none is nobody's.
pub fn number(text: &str, what: &'static str) -> Result<i64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_number && (1..=NUMBER_MAX).contains(number));
    Ok(number.ok_or(Error::NotFound(what))?)
}
