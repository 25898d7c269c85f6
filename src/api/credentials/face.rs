//! Errors as contract 000 says them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    api::{
        face::{Asked, code_of, sentence},
        problem::{KEY_REUSED, Problem},
    },
    domain::error::{Error, Refused},
    model::error::FieldErrors,
};

/// The status, and the body that the contract's conventions name.
pub fn face(problem: &Problem, _: &Asked) -> (StatusCode, Value) {
    match problem {
        Problem::Domain(error) => domain(error),
        Problem::Unreadable(message) => told(StatusCode::BAD_REQUEST, "validation_error", message),
        Problem::Coded(status, code, message) => told(*status, code, message),
        Problem::KeyReused => told(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", KEY_REUSED),
        Problem::Status(status) => told(*status, code_of(*status).unwrap_or("validation_error"), sentence(*status)),
    }
}

fn told(status: StatusCode, code: &str, message: &str) -> (StatusCode, Value) {
    (status, json!({ "code": code, "message": message }))
}

fn domain(error: &Error) -> (StatusCode, Value) {
    let (status, code) = match error {
        Error::Invalid(fields) if fields.is_taken() => {
            let message = fields.iter().map(|(_, message)| message).collect::<Vec<_>>().join("; ");
            return told(StatusCode::CONFLICT, "conflict", &message);
        }
        Error::Invalid(fields) => return (StatusCode::BAD_REQUEST, invalid(fields)),
        Error::Unauthenticated => return told(StatusCode::UNAUTHORIZED, "unauthenticated", "Send a token that works"),
        Error::WrongCredentials | Error::WrongCode | Error::WrongPasskey | Error::CodeNeeded => {
            (StatusCode::UNAUTHORIZED, "unauthenticated")
        }
        Error::MustChangePassword => (StatusCode::FORBIDDEN, "password_change_required"),
        Error::MustConfirmAddress => (StatusCode::FORBIDDEN, "email_not_verified"),
        Error::Forbidden(_)
        | Error::NotFromHere
        | Error::ProofTooOld
        | Error::Refused(Refused::MoreThanYourself(_)) => (StatusCode::FORBIDDEN, "forbidden"),
        Error::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
        Error::Refused(Refused::DeadLink) => (StatusCode::BAD_REQUEST, "invalid_code"),
        Error::Refused(Refused::SamePassword) => (StatusCode::BAD_REQUEST, "password_reused"),
        Error::Refused(Refused::AlreadyVerified) => (StatusCode::CONFLICT, "already_verified"),
        Error::Refused(Refused::GroupNotEmpty) => (StatusCode::CONFLICT, "group_not_empty"),
        Error::Stale | Error::Refused(_) | Error::InTheWay(_) => (StatusCode::CONFLICT, "conflict"),
        Error::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, "throttled"),
        Error::Busy | Error::Storage | Error::Unknown => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Error::Internal(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return told(status, "internal", sentence(status));
        }
    };
    told(status, code, &error.to_string())
}

fn invalid(fields: &FieldErrors) -> Value {
    let field = |(name, message): (&str, &str)| json!({ "field": name, "message": message });
    json!({
        "code": "validation_error",
        "message": "Request is not valid",
        "errors": fields.iter().map(field).collect::<Vec<_>>(),
    })
}
