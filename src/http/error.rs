//! The one mapping from a domain error to an HTTP status.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{
    domain::error::Error,
    model::error::{FieldErrors, Refusal},
};

/// The status that says it best.
#[must_use]
pub const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::WrongCredentials
        | Error::WrongCode
        | Error::WrongPasskey
        | Error::CodeNeeded
        | Error::Unauthenticated
        | Error::ProofTooOld => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) | Error::MustChangePassword | Error::MustConfirmAddress | Error::NotFromHere => {
            StatusCode::FORBIDDEN
        }
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Stale | Error::Refused(_) | Error::InTheWay(_) => StatusCode::CONFLICT,
        Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Storage => StatusCode::SERVICE_UNAVAILABLE,
        Error::Unknown | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What the caller is told: a sentence, and a message for each field. Internals go to the log alone.
#[must_use]
pub fn refusal(error: &Error) -> Refusal {
    let (message, fields) = match error {
        Error::Invalid(fields) => ("Nothing was saved. Correct what is marked below.".into(), fields.clone()),
        Error::Internal(inside) => {
            tracing::error!(error = inside, "request failed");
            ("Something broke on our side, and nothing was saved. Try again.".into(), FieldErrors::default())
        }
        other => (sentence(&other.to_string()), FieldErrors::default()),
    };
    Refusal { message, fields }
}

/// Domain messages are lower-case and have no full stop; on a page they stand as sentences.
pub fn sentence(message: &str) -> String {
    format!("{}.", capitalised(message))
}

/// The text with a capital at its beginning.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

/// When to come back, in seconds, where waiting helps. After an end that isn't known nobody should just repeat it.
#[must_use]
pub const fn retry_after(error: &Error) -> Option<i64> {
    match error {
        Error::Throttled(seconds) => Some(*seconds),
        Error::Busy => Some(5),
        Error::Storage => Some(60),
        _ => None,
    }
}

/// Says it in the head of an answer.
pub fn say_when(headers: &mut HeaderMap, error: &Error) {
    if let Some(wait) = retry_after(error) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
}
