//! A JSON body: an object, of which every member is read before anything is refused, so that a caller mends everything at
//! once. What isn't asked for is ignored.

use std::str::FromStr;

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{StatusCode, header},
};
use serde_json::{Map, Value};

use super::problem::{Problem, Result};
use crate::{http::state::AppState, model::error::FieldErrors};

/// More than anybody names in one request.
const LISTED_MAX: usize = 100;

/// The object that was sent, and what is wrong with it so far.
#[derive(Debug, Default)]
pub struct Body {
    members: Map<String, Value>,
    problems: FieldErrors,
}

impl FromRequest<AppState> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self> {
        if kind(&request) != "application/json" {
            return Err(Problem::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state).await;
        Self::read(&bytes.map_err(|_| Problem::Status(StatusCode::BAD_REQUEST))?)
    }
}

/// One that may be absent: nothing at all was sent, of whatever media type.
impl OptionalFromRequest<AppState> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Option<Self>> {
        match request.body().is_end_stream() {
            true => Ok(None),
            false => <Self as FromRequest<AppState>>::from_request(request, state).await.map(Some),
        }
    }
}

impl Body {
    fn read(bytes: &[u8]) -> Result<Self> {
        // It refuses what is nested deeper than anybody means.
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| Problem::Unreadable(format!("the body is no JSON: {error}")))?;
        match value {
            Value::Object(members) => Ok(Self { members, problems: FieldErrors::default() }),
            _ => Err(Problem::Unreadable("send a JSON object".into())),
        }
    }

    /// A text that there must be.
    pub fn text(&mut self, name: &str) -> String {
        match self.members.get(name) {
            None | Some(Value::Null) => self.wrong(name, "is required"),
            Some(Value::String(text)) if text.contains('\0') => self.wrong(name, "holds what can't be in a text"),
            Some(Value::String(text)) => text.clone(),
            Some(_) => self.wrong(name, "must be a string"),
        }
    }

    /// Whether a member was sent; `null` says no more than nothing.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    /// A text that may be absent.
    pub fn text_if(&mut self, name: &str) -> Option<String> {
        self.has(name).then(|| self.text(name))
    }

    /// A line that there must be, of so many characters at most, without blanks around it.
    pub fn line(&mut self, name: &str, most: usize) -> String {
        let text = self.text(name).trim().to_owned();
        if self.has(name) && !self.is_refused(name) && !(1..=most).contains(&text.chars().count()) {
            return self.wrong(name, &format!("must have 1 to {most} characters"));
        }
        text
    }

    /// The same where it may be absent.
    pub fn line_if(&mut self, name: &str, most: usize) -> Option<String> {
        self.has(name).then(|| self.line(name, most))
    }

    /// A list of texts that may be absent.
    pub fn texts_if(&mut self, name: &str) -> Option<Vec<String>> {
        self.has(name).then(|| self.texts(name))
    }

    /// A yes or no that there must be.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.members.get(name) {
            None | Some(Value::Null) => self.wrong(name, "is required"),
            Some(Value::Bool(flag)) => *flag,
            Some(_) => self.wrong(name, "must be true or false"),
        }
    }

    /// An object that may be absent, as it was sent, if it is no longer than `most` bytes.
    pub fn object_if(&mut self, name: &str, most: usize) -> Option<Value> {
        match self.members.get(name).filter(|value| !value.is_null()) {
            None => None,
            Some(value) if !value.is_object() => self.wrong(name, "must be an object"),
            Some(value) if value.to_string().len() > most => self.wrong(name, "is too large"),
            Some(value) => Some(value.clone()),
        }
    }

    /// A list of texts that there must be; it may be empty.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let texts: Option<Vec<String>> = match self.members.get(name) {
            None | Some(Value::Null) => return self.wrong(name, "is required"),
            Some(Value::Array(values)) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        match texts {
            Some(texts) if texts.len() > LISTED_MAX => self.wrong(name, &format!("must name at most {LISTED_MAX}")),
            Some(texts) if texts.iter().any(|text| text.contains('\0')) => {
                self.wrong(name, "holds what can't be in a text")
            }
            Some(texts) => texts,
            None => self.wrong(name, "must be a list of strings"),
        }
    }

    /// A list of texts that there must be, or one text with commas between them; blanks around them don't count, and each is
    /// there once.
    pub fn names(&mut self, name: &str) -> Vec<String> {
        let texts = match self.members.get(name) {
            Some(Value::String(text)) if text.trim().is_empty() => Vec::new(),
            Some(Value::String(_)) => self.text(name).split(',').map(str::to_owned).collect(),
            _ => self.texts(name),
        };
        if texts.len() > LISTED_MAX {
            return self.wrong(name, &format!("must name at most {LISTED_MAX}"));
        }
        let mut names: Vec<String> = Vec::with_capacity(texts.len());
        for text in texts.iter().map(|text| text.trim()) {
            if !names.iter().any(|other| other == text) {
                names.push(text.to_owned());
            }
        }
        names
    }

    /// A list of ids that may be absent, each once.
    pub fn ids_if<T: FromStr + Ord>(&mut self, name: &str) -> Option<Vec<T>> {
        let texts = self.texts_if(name)?;
        let ids: std::result::Result<Vec<T>, _> = texts.iter().map(|text| text.parse()).collect();
        match ids {
            Ok(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                Some(ids)
            }
            Err(_) => self.wrong(name, "must be a list of UUIDs"),
        }
    }

    /// An id that there must be.
    pub fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        match self.members.get(name) {
            None | Some(Value::Null) => self.wrong(name, "is required"),
            Some(value) => match value.as_str().and_then(|text| text.parse().ok()) {
                Some(id) => Some(id),
                None => self.wrong(name, "must be a UUID"),
            },
        }
    }

    /// A text, if the member is one; nothing is refused.
    #[must_use]
    pub fn said(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// Whether one of these members was sent.
    #[must_use]
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// A whole number that there must be.
    pub fn number(&mut self, name: &str) -> i64 {
        match self.members.get(name).map(|value| (value.is_null(), value.as_i64())) {
            None | Some((true, _)) => self.wrong(name, "is required"),
            Some((_, Some(number))) => number,
            Some((_, None)) => self.wrong(name, "must be a whole number"),
        }
    }

    /// Whole numbers that may be absent, in order, each once.
    pub fn numbers_if(&mut self, name: &str) -> Option<Vec<i64>> {
        let values = self.values_if(name)?;
        let numbers: Option<Vec<i64>> = values.iter().map(Value::as_i64).collect();
        match numbers {
            Some(mut numbers) => {
                numbers.sort_unstable();
                numbers.dedup();
                Some(numbers)
            }
            None => self.wrong(name, "must be a list of whole numbers"),
        }
    }

    /// A list that may be absent, of what the family itself reads.
    pub fn values_if(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.members.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Array(values)) if values.len() > LISTED_MAX => {
                self.wrong(name, &format!("must name at most {LISTED_MAX}"))
            }
            Some(Value::Array(values)) => Some(values.clone()),
            Some(_) => self.wrong(name, "must be a list"),
        }
    }

    /// A yes or no that may be absent.
    pub fn flag_if(&mut self, name: &str) -> Option<bool> {
        self.has(name).then(|| self.flag(name))
    }

    /// Whether a member was sent as `null`, where that says something.
    #[must_use]
    pub fn is_null(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(Value::is_null)
    }

    /// Refuses a member that must be there and isn't.
    pub fn require(&mut self, name: &str) {
        if !self.has(name) {
            self.problems.add(name, "is required");
        }
    }

    /// Adds what is wrong with a member in the light of others.
    pub fn refuse(&mut self, name: &str, message: &str) {
        self.problems.add(name, message);
    }

    /// Adds what somebody else found wrong with members of which nothing is said yet.
    pub fn refuse_others(&mut self, found: &FieldErrors) {
        for (name, message) in found.iter() {
            if !self.is_refused(name) {
                self.problems.add(name, message);
            }
        }
    }

    /// Whether something is wrong with a member.
    #[must_use]
    pub fn is_refused(&self, name: &str) -> bool {
        self.problems.of(name).is_some()
    }

    /// What was read of a member, or what is wrong with it.
    pub fn check<T>(&mut self, name: &str, read: std::result::Result<T, String>) -> Option<T> {
        read.map_err(|message| self.refuse(name, &message)).ok()
    }

    /// Goes on only if nothing was wrong.
    pub fn finish(self) -> Result<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems.into()) }
    }

    fn wrong<T: Default>(&mut self, name: &str, message: &str) -> T {
        self.problems.add(name, message);
        T::default()
    }
}

/// A body that is one text: a JSON string, or plain text.
pub struct OneText(pub String);

impl FromRequest<AppState> for OneText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self> {
        let kind = kind(&request);
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| Problem::Status(StatusCode::BAD_REQUEST))?;
        let unreadable = |message: String| Problem::Unreadable(message);
        let text = match kind.as_str() {
            "application/json" => serde_json::from_slice(&bytes)
                .map_err(|error| unreadable(format!("the body is no JSON string: {error}")))?,
            "text/plain" => String::from_utf8(bytes.to_vec()).map_err(|_| unreadable("the body is no UTF-8".into()))?,
            _ => return Err(Problem::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
        };
        match text.contains('\0') {
            true => Err(unreadable("the body holds what can't be in a text".into())),
            false => Ok(Self(text)),
        }
    }
}

/// The media type of a body, without its parameters.
fn kind(request: &Request) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::error::Error;

    fn read(text: &str) -> Body {
        Body::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn each_member_is_read_and_everything_wrong_is_told_at_once() {
        let mut body = read(r#"{"name":"a","version":2,"list":["x"],"more":null}"#);
        assert_eq!((body.text("name"), body.number("version"), body.texts("list")), ("a".into(), 2, vec!["x".into()]));
        assert!(body.finish().is_ok());
        let mut body = read(r#"{"name":7,"version":"2","list":[1],"null":null,"nul":"\u0000"}"#);
        for name in ["name", "null", "missing", "nul"] {
            assert_eq!(body.text(name), "", "{name}");
        }
        assert_eq!((body.number("version"), body.texts("list"), body.texts("missing")), (0, vec![], vec![]));
        let wrong = match body.finish() {
            Err(Problem::Domain(error)) => match &*error {
                Error::Invalid(fields) => fields.iter().count(),
                _ => 0,
            },
            _ => 0,
        };
        assert_eq!(wrong, 7);
    }

    #[test]
    fn one_thing_is_said_of_a_member() {
        let mut body = read(r#"{"number":7,"blank":" ","nul":"\u0000"}"#);
        assert!(["number", "blank", "nul"].iter().all(|name| body.line(name, 9).is_empty()));
        body.refuse_others(&FieldErrors::one("blank", "is wrong, too"));
        body.refuse_others(&FieldErrors::one("other", "is wrong, too"));
        assert_eq!(body.problems.iter().count(), 4);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "[]", "\"a\"", "null", &deep, "{\"a\":\"\u{1}\"}"] {
            assert!(Body::read(text.as_bytes()).is_err(), "{}", &text[..text.len().min(9)]);
        }
        assert!(Body::read(&[b'{', b'"', 0xff, b'"', b':', b'1', b'}']).is_err(), "no UTF-8");
    }
}
