//! Errors as contract 004 says them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    api::{
        face::{Asked, sentence},
        problem::{KEY_REUSED, Problem},
    },
    domain::{
        domain_rules::DomainRule,
        error::{Error, Refused},
    },
    http::error::capitalised,
    model::error::FieldErrors,
};

/// The status, and the body that the contract's conventions name.
pub fn face(problem: &Problem, _: &Asked) -> (StatusCode, Value) {
    match problem {
        Problem::Domain(error) => domain(error),
        Problem::Unreadable(message) => told(StatusCode::BAD_REQUEST, message),
        Problem::Coded(status, code, message) => {
            coded(*status, code.parse().unwrap_or_else(|_| status.as_u16()), message)
        }
        Problem::KeyReused => told(StatusCode::BAD_REQUEST, KEY_REUSED),
        Problem::Status(status) => told(*status, sentence(*status)),
    }
}

fn told(status: StatusCode, message: &str) -> (StatusCode, Value) {
    coded(status, status.as_u16(), message)
}

fn coded(status: StatusCode, code: u16, message: &str) -> (StatusCode, Value) {
    (status, json!({ "error": { "code": code, "message": capitalised(message) } }))
}

fn domain(error: &Error) -> (StatusCode, Value) {
    let status = match error {
        Error::Invalid(fields) => return told(StatusCode::BAD_REQUEST, &all(fields)),
        Error::Unauthenticated => return told(StatusCode::UNAUTHORIZED, "Send a credential that works"),
        Error::NotFound(noun) => return told(StatusCode::NOT_FOUND, &format!("{noun} not found")),
        Error::Refused(Refused::InDomain(DomainRule::NotActive)) => {
            return coded(StatusCode::BAD_REQUEST, 116, &error.to_string());
        }
        Error::WrongCredentials | Error::WrongCode | Error::WrongPasskey | Error::CodeNeeded => {
            StatusCode::UNAUTHORIZED
        }
        Error::Forbidden(_)
        | Error::MustChangePassword
        | Error::MustConfirmAddress
        | Error::NotFromHere
        | Error::ProofTooOld
        | Error::Refused(
            Refused::MoreThanYourself(_)
            | Refused::LongerThanYourself
            | Refused::LostMeanwhile
            | Refused::InDomain(DomainRule::ResellersOnly),
        ) => StatusCode::FORBIDDEN,
        Error::Stale | Error::Refused(_) | Error::InTheWay(_) => StatusCode::BAD_REQUEST,
        Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Storage | Error::Unknown => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return told(status, sentence(status));
        }
    };
    told(status, &error.to_string())
}

/// Everything that is wrong, by member, in one sentence: the contract has one message and no list.
fn all(fields: &FieldErrors) -> String {
    let each: Vec<String> = fields.iter().map(|(name, message)| format!("`{name}` {message}")).collect();
    format!("request is not valid: {}", each.join("; "))
}
