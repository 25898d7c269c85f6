//! What stands in the address of a request: read once, and refused by its name.

use std::str::FromStr;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::problem::{Problem, Result};
use crate::{http::state::AppState, model::page::Numbered};

/// Behind it there is nothing, wherever one counts.
pub const NUMBER_MAX: i64 = i32::MAX as i64;
/// What may be there more than once.
const REPEATED: [&str; 1] = ["serviceIds"];

/// The query, as pairs. The same name twice is refused, as is what no text can hold.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl FromRequestParts<AppState> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self> {
        Self::read(parts.uri.query().unwrap_or_default())
    }
}

impl Parameters {
    fn read(query: &str) -> Result<Self> {
        let unreadable = || Problem::Unreadable("the query can't be read".into());
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| unreadable())?;
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains(['\0', '\u{fffd}'])) {
            return Err(unreadable());
        }
        let twice =
            |at: usize, name: &str| !REPEATED.contains(&name) && pairs[..at].iter().any(|(other, _)| other == name);
        match pairs.iter().enumerate().find(|(at, (name, _))| twice(*at, name)) {
            Some((_, (name, _))) => Err(Problem::parameter(name, "is there twice")),
            None => Ok(Self(pairs)),
        }
    }

    /// The text of a parameter.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// All texts of a parameter that may be repeated, or hold several with commas between.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(other, _)| other == name);
        named.flat_map(|(_, value)| value.split(',')).map(str::trim)
    }

    /// Which page is asked for, of at most so many rows.
    pub fn page(&self, (usual, most): (i64, i64)) -> Result<Numbered> {
        let (number, size) = (self.number("page", 0, 0)?, self.number("size", usual, 1)?);
        match size <= most {
            true => Ok(Numbered { number, size }),
            false => Err(Problem::parameter("size", &format!("must be from 1 to {most}"))),
        }
    }

    /// A whole number from `least` to [`NUMBER_MAX`]; `usual` without it.
    pub fn number(&self, name: &str, usual: i64, least: i64) -> Result<i64> {
        self.within(name, usual, (least, NUMBER_MAX))
    }

    /// A whole number between these; `usual` without it.
    pub fn within(&self, name: &str, usual: i64, (least, most): (i64, i64)) -> Result<i64> {
        let Some(text) = self.text(name) else {
            return Ok(usual);
        };
        let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Problem::parameter(name, &format!("must be a whole number from {least} to {most}")))
    }

    /// One of these words.
    pub fn word<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        read(text).map(Some).ok_or_else(|| Problem::parameter(name, "is none of its values"))
    }

    /// The names of all that were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// `true` or `false`; `usual` without it.
    pub fn flag(&self, name: &str, usual: bool) -> Result<bool> {
        match self.text(name) {
            None => Ok(usual),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(Problem::parameter(name, "must be true or false")),
        }
    }
}

/// An id out of the path; `None` for what can't be one.
pub fn id<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_or_refused() {
        let read = Parameters::read("offset=2&count=%31&extended=false").unwrap();
        assert_eq!((read.number("offset", 0, 0).unwrap(), read.number("count", 5, 1).unwrap()), (2, 1));
        assert_eq!(read.number("size", 7, 1).unwrap(), 7);
        assert!(!read.flag("extended", true).unwrap());
        for wrong in ["a=1&a=2", "a=%00", "a=%ff"] {
            assert!(Parameters::read(wrong).is_err(), "{wrong}");
        }
        for wrong in ["offset=-1", "offset=x", "offset=", "offset=9223372036854775808", "offset=1.5"] {
            assert!(Parameters::read(wrong).unwrap().number("offset", 0, 0).is_err(), "{wrong}");
        }
        assert!(Parameters::read("extended=1").unwrap().flag("extended", true).is_err());
    }
}
