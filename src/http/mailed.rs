//! What a mailed link carried, as the browser keeps it for the page that the link is about: sealed.

use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{
    cookies::{self, Name},
    state::Site,
};
use crate::domain::secrets::SecretKey;

/// How long its page may stay open, in seconds. The code itself may end before.
const KEPT_FOR: i64 = 60 * 60;

/// Whose code it is, and the code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mailed {
    /// The path of its page.
    pub page: String,
    /// Whose.
    pub user: String,
    /// The code.
    pub code: String,
}

impl Mailed {
    /// For the browser; nothing where it is too long to be one of ours.
    #[must_use]
    pub fn cookie(&self, site: &Site, key: &SecretKey) -> Option<HeaderValue> {
        cookies::sealed(site, Name::Link, (key, self), KEPT_FOR)
    }

    /// What the browser was given, if it was.
    pub fn of(key: &SecretKey, request: (&Site, &HeaderMap)) -> Option<Self> {
        cookies::unsealed(key, request, Name::Link)
    }
}
