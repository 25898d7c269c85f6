//! Errors as contract 001 says them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    api::{
        face::{Asked, sentence},
        problem::{KEY_REUSED, Problem},
    },
    domain::error::{Error, Refused},
    http::error::capitalised,
    model::error::FieldErrors,
};

/// The status, and the body that the contract's conventions name.
pub fn face(problem: &Problem, _: &Asked) -> (StatusCode, Value) {
    match problem {
        Problem::Domain(error) => domain(error),
        Problem::Unreadable(message) => told(StatusCode::BAD_REQUEST, &capitalised(message)),
        Problem::Coded(status, _, message) => told(*status, message),
        Problem::KeyReused => told(StatusCode::BAD_REQUEST, KEY_REUSED),
        Problem::Status(status) => told(*status, sentence(*status)),
    }
}

fn told(status: StatusCode, message: &str) -> (StatusCode, Value) {
    (status, json!({ "message": message }))
}

fn domain(error: &Error) -> (StatusCode, Value) {
    let status = match error {
        Error::Invalid(fields) => return (StatusCode::BAD_REQUEST, invalid(fields)),
        Error::Unauthenticated => return told(StatusCode::UNAUTHORIZED, "Send a token that works"),
        Error::WrongCredentials => return told(StatusCode::UNAUTHORIZED, "Wrong e-mail or password"),
        Error::WrongCode | Error::WrongPasskey | Error::CodeNeeded => {
            return told(StatusCode::UNAUTHORIZED, "Wrong code");
        }
        Error::Forbidden(_) => return told(StatusCode::FORBIDDEN, "Forbidden"),
        Error::NotFound("user") => return told(StatusCode::NOT_FOUND, "User not found"),
        Error::NotFound("group" | "role") => return told(StatusCode::NOT_FOUND, "Group not found"),
        Error::Refused(Refused::BuiltIn) => {
            return told(StatusCode::FORBIDDEN, "This group is built in and can't be changed");
        }
        Error::MustChangePassword
        | Error::MustConfirmAddress
        | Error::NotFromHere
        | Error::ProofTooOld
        | Error::Refused(
            Refused::MoreThanYourself(_)
            | Refused::LongerThanYourself
            | Refused::OfInstallation
            | Refused::NoSecondFactor
            | Refused::PasskeyNeeded,
        ) => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Stale | Error::Refused(_) | Error::InTheWay(_) => StatusCode::CONFLICT,
        Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Storage | Error::Unknown => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return told(status, sentence(status));
        }
    };
    told(status, &capitalised(&error.to_string()))
}

/// Every message, by the member or parameter that it is about.
fn invalid(fields: &FieldErrors) -> Value {
    let mut errors: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, message) in fields.iter() {
        errors.entry(name).or_default().push(message);
    }
    json!({ "message": "Request is not valid", "errors": errors })
}
