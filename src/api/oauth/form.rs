//! What an OAuth request sends: one form, and the program's id and secret in it or in a header (RFC 6749, 2.3.1).

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::error::{Problem, Result};
use crate::api::presented::bearer;

/// A request as it was sent.
#[derive(Debug)]
pub struct Asked {
    pairs: Vec<(String, String)>,
    said: Said,
}

/// What the `Authorization` header says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    /// The id and the secret of client credentials.
    Basic(String, String),
    /// A token.
    Bearer(String),
}

impl<S: Send + Sync> FromRequest<S> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(Problem::request("send a form: application/x-www-form-urlencoded"));
        }
        let said = said(request.headers())?;
        let body = String::from_request(request, state).await;
        let body = body.map_err(|_| Problem::request("the body is no text in UTF-8"))?;
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(&body).map_err(|_| Problem::request("the body is no form"))?;
        let twice =
            pairs.iter().enumerate().find(|(at, (name, _))| pairs[..*at].iter().any(|(other, _)| other == name));
        if twice.is_some() {
            return Err(Problem::request("a parameter is there twice"));
        }
        if pairs.iter().any(|(_, text)| text.contains('\0')) {
            return Err(Problem::request("a parameter holds what can't be in one"));
        }
        Ok(Self { pairs, said })
    }
}

impl Asked {
    /// The text of a parameter; empty without it.
    pub fn text(&self, name: &str) -> &str {
        self.pairs.iter().find(|(other, _)| other == name).map_or("", |(_, text)| text)
    }

    /// The text of a parameter that there must be.
    pub fn needed(&self, name: &str) -> Result<&str> {
        match self.text(name) {
            "" => Err(Problem::request(format!("{name} is missing"))),
            text => Ok(text),
        }
    }

    /// The program's id and secret, said in one way.
    pub fn client(&self) -> Result<(&str, &str)> {
        let (id, secret) = (self.text("client_id"), self.text("client_secret"));
        match &self.said {
            Said::Bearer(_) => Err(Problem::client()),
            Said::Basic(..) if !secret.is_empty() => Err(Problem::request("say the secret in one way, not in two")),
            Said::Basic(name, _) if !id.is_empty() && id != name => {
                Err(Problem::request("client_id is not the one in the header"))
            }
            Said::Basic(id, secret) => Ok((id, secret)),
            Said::Nothing if id.is_empty() || secret.is_empty() => Err(Problem::client()),
            Said::Nothing => Ok((id, secret)),
        }
    }

    /// The token of the header, where one says who is calling.
    pub fn bearer(&self) -> Option<&str> {
        match &self.said {
            Said::Bearer(token) => Some(token),
            _ => None,
        }
    }
}

/// A token, or an id and a secret, each encoded as in a form.
fn said(headers: &HeaderMap) -> Result<Said> {
    if let Ok(token) = bearer(headers) {
        return Ok(token.map_or(Said::Nothing, |token| Said::Bearer(token.to_owned())));
    }
    let value = headers.get(header::AUTHORIZATION).ok_or_else(Problem::client)?;
    let text = value.to_str().map_err(|_| Problem::client())?;
    let (scheme, coded) = text.split_once(' ').ok_or_else(Problem::client)?;
    if !scheme.eq_ignore_ascii_case("basic") || headers.get_all(header::AUTHORIZATION).iter().nth(1).is_some() {
        return Err(Problem::client());
    }
    let bytes = STANDARD.decode(coded.trim()).map_err(|_| Problem::client())?;
    let pair = String::from_utf8(bytes).map_err(|_| Problem::client())?;
    let (id, secret) = pair.split_once(':').ok_or_else(Problem::client)?;
    Ok(Said::Basic(decoded(id)?, decoded(secret)?))
}

fn decoded(text: &str) -> Result<String> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(&format!("v={text}")).map_err(|_| Problem::client())?;
    match pairs.into_iter().next() {
        Some((_, text)) if !text.contains('\0') => Ok(text),
        _ => Err(Problem::client()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Said> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, text.parse().unwrap());
        said(&headers)
    }

    #[test]
    fn a_header_says_an_id_and_a_secret() {
        let coded = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert_eq!(of(&coded("a:b:c")).unwrap(), Said::Basic("a".into(), "b:c".into()));
        assert_eq!(of(&coded("a%20b:c%2B")).unwrap(), Said::Basic("a b".into(), "c+".into()));
        assert_eq!(of("Bearer x").unwrap(), Said::Bearer("x".into()));
        for wrong in ["Basic", "Basic !", "Bearer", "Digest x", &coded("nothing"), &coded("a:b%00")] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
