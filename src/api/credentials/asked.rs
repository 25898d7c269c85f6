//! About which id somebody asks, and what they change of it.

use std::str::FromStr;

use axum::http::StatusCode;

use crate::api::{
    body::Body,
    parameters::id as parsed,
    problem::{Problem, Result},
};

/// The id in the path.
pub fn id<T: FromStr>(text: &str) -> Result<T> {
    parsed(text).ok_or_else(|| Problem::parameter("id", "must be a UUID"))
}

/// Refuses a change that names nothing that can be changed (rule R22).
pub fn require_any(body: &Body, names: &[&str]) -> Result<()> {
    match body.has_any(names) {
        true => Ok(()),
        false => {
            let message = "Send at least one member to change".to_owned();
            Err(Problem::Coded(StatusCode::BAD_REQUEST, "no_fields", message))
        }
    }
}
