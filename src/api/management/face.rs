//! Errors as contract 002 says them.

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
pub fn face(problem: &Problem, asked: &Asked) -> (StatusCode, Value) {
    let (status, code, message, fields) = match problem {
        Problem::Domain(error) => domain(error),
        Problem::Unreadable(message) => (StatusCode::BAD_REQUEST, "validation", message.clone(), None),
        Problem::Coded(status, code, message) => (*status, *code, message.clone(), None),
        Problem::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", KEY_REUSED.to_owned(), None),
        Problem::Status(status) => {
            (*status, code_of(*status).unwrap_or("validation"), sentence(*status).to_owned(), None)
        }
    };
    let mut body = json!({
        "httpStatus": status.as_u16(),
        "apiErrorCode": code,
        "message": message,
        "requestMethod": asked.method.as_str(),
        "requestUri": asked.path,
    });
    if let Some(fields) = fields {
        let field = |(name, message): (&str, &str)| json!({ "field": name, "message": message });
        body["fieldErrors"] = fields.iter().map(field).collect();
    }
    (status, body)
}

type Told<'a> = (StatusCode, &'static str, String, Option<&'a FieldErrors>);

fn domain(error: &Error) -> Told<'_> {
    let told = |status, code| (status, code, error.to_string(), None);
    match error {
        Error::Invalid(fields) if fields.is_taken() => {
            let message = fields.iter().map(|(_, message)| message).collect::<Vec<_>>().join("; ");
            (StatusCode::CONFLICT, "conflict", message, Some(fields))
        }
        Error::Invalid(fields) => {
            (StatusCode::BAD_REQUEST, "validation", "Request is not valid".to_owned(), Some(fields))
        }
        Error::Unauthenticated => {
            (StatusCode::UNAUTHORIZED, "unauthenticated", "Send a token that works".to_owned(), None)
        }
        Error::WrongCredentials => told(StatusCode::UNAUTHORIZED, "unauthenticated"),
        Error::WrongCode | Error::WrongPasskey => told(StatusCode::UNAUTHORIZED, "wrong_otp"),
        Error::CodeNeeded => told(StatusCode::UNAUTHORIZED, "otp_required"),
        Error::MustChangePassword => told(StatusCode::FORBIDDEN, "password_change_required"),
        Error::MustConfirmAddress => told(StatusCode::FORBIDDEN, "email_not_verified"),
        Error::Refused(Refused::NoSecondFactor | Refused::PasskeyNeeded) => {
            told(StatusCode::FORBIDDEN, "second_factor_required")
        }
        Error::Forbidden(_)
        | Error::NotFromHere
        | Error::ProofTooOld
        | Error::Refused(Refused::MoreThanYourself(_) | Refused::BuiltIn) => told(StatusCode::FORBIDDEN, "forbidden"),
        Error::NotFound(_) => told(StatusCode::NOT_FOUND, "not_found"),
        Error::Stale => told(StatusCode::CONFLICT, "stale_version"),
        Error::Refused(_) | Error::InTheWay(_) => told(StatusCode::CONFLICT, "conflict"),
        Error::Throttled(_) => told(StatusCode::TOO_MANY_REQUESTS, "throttled"),
        Error::Busy | Error::Storage | Error::Unknown => told(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Error::Internal(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            (status, "internal", sentence(status).to_owned(), None)
        }
    }
}
