//! Errors as contract 003 says them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    api::{
        face::{Asked, sentence},
        problem::{KEY_REUSED, Problem},
    },
    domain::error::{Error, Refused},
    model::error::FieldErrors,
};

/// Beginnings of messages that go on after the name of what is wrong.
const GOES_ON: [&str; 3] = ["is ", "must ", "holds "];

/// The status, and the body that the contract's conventions name.
pub fn face(problem: &Problem, asked: &Asked) -> (StatusCode, Value) {
    let (status, message) = match problem {
        Problem::Domain(error) => domain(error),
        Problem::Unreadable(message) => (StatusCode::BAD_REQUEST, message.clone()),
        Problem::Coded(status, _, message) => (*status, message.clone()),
        Problem::KeyReused => (StatusCode::BAD_REQUEST, KEY_REUSED.replace("; ", ", ")),
        Problem::Status(status) => (*status, sentence(*status).to_owned()),
    };
    let message = fixed(status).map_or(message, str::to_owned);
    let request = asked.request.unwrap_or_default().simple().to_string();
    (status, json!({ "status_code": status.as_u16(), "message": message, "request_id": request }))
}

/// What is said with some statuses, whatever the reason.
fn fixed(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::NOT_FOUND => "Not Found",
        StatusCode::TOO_MANY_REQUESTS => "Too Many Requests",
        _ => return None,
    })
}

fn domain(error: &Error) -> (StatusCode, String) {
    let status = match error {
        Error::Invalid(fields) => return (StatusCode::BAD_REQUEST, named(fields)),
        Error::Internal(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return (status, sentence(status).to_owned());
        }
        Error::Unauthenticated
        | Error::NotFromHere
        | Error::ProofTooOld
        | Error::WrongCredentials
        | Error::WrongCode
        | Error::WrongPasskey
        | Error::CodeNeeded => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_)
        | Error::MustChangePassword
        | Error::MustConfirmAddress
        | Error::Refused(Refused::MoreThanYourself(_) | Refused::LongerThanYourself | Refused::LostMeanwhile) => {
            StatusCode::FORBIDDEN
        }
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Stale | Error::Refused(_) | Error::InTheWay(_) => StatusCode::BAD_REQUEST,
        Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Storage | Error::Unknown => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, error.to_string())
}

/// Each member or parameter that is wrong, and why.
fn named(fields: &FieldErrors) -> String {
    let one = |(name, message): (&str, &str)| {
        let between = if GOES_ON.iter().any(|begins| message.starts_with(begins)) { " " } else { ": " };
        // A semicolon stands between two of them alone.
        format!("{name}{between}{}", message.replace("; ", ", "))
    };
    fields.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_all_that_is_wrong() {
        let mut fields = FieldErrors::one("locale", "must be like en_US");
        fields.add("roles", "is required");
        fields.add("password", "this is a row of keys; write a few words");
        let expected =
            "locale must be like en_US; roles is required; password: this is a row of keys, write a few words";
        assert_eq!(domain(&fields.into()), (StatusCode::BAD_REQUEST, expected.to_owned()));
    }
}
