//! Why an operation did nothing, before its family says it in its own way.

use std::sync::Arc;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::domain::error::Error;

/// What an operation returns.
pub type Result<T> = std::result::Result<T, Problem>;

/// Why an operation did nothing. It travels beside the response, whose body the family's layer writes ([`face`](super::face)).
#[derive(Clone, Debug)]
pub enum Problem {
    /// The domain's reason.
    Domain(Arc<Error>),
    /// What was sent can't be read, as a sentence.
    Unreadable(String),
    /// What the family has a word of its own for, in this operation.
    Coded(StatusCode, &'static str, String),
    /// Another request had the key that this one names (`Idempotency-Key`).
    KeyReused,
    /// What the server itself refuses: no such path or method, a body that is too large or too slow.
    Status(StatusCode),
}

/// What whoever names a key again is told.
pub const KEY_REUSED: &str = "Another request had this Idempotency-Key; name another key";

impl Problem {
    /// Nobody says who is calling, or in a way that isn't taken.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Error::Unauthenticated.into()
    }

    /// A value of the address that can't be one.
    #[must_use]
    pub fn parameter(name: &str, message: &str) -> Self {
        crate::model::error::FieldErrors::one(name, message).into()
    }
}

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Domain(Arc::new(error.into()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The status is the family's to say, too.
        let mut response = StatusCode::BAD_REQUEST.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
