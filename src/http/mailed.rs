//! What a mailed link carried, as the browser keeps it for the page that the link is about: sealed.

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    cookies::{self, Name},
    state::Site,
};
use crate::domain::secrets::SecretKey;

const PURPOSE: &str = "a mailed link";
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
    /// For the browser.
    #[must_use]
    pub fn cookie(&self, site: &Site, key: &SecretKey) -> HeaderValue {
        let sealed = key.seal(PURPOSE, serde_json::json!(self).to_string().as_bytes());
        cookies::sealed(site, Name::Link, &URL_SAFE_NO_PAD.encode(sealed), KEPT_FOR)
    }

    /// What the browser was given, if it was.
    pub fn of(key: &SecretKey, (site, headers): (&Site, &HeaderMap)) -> Option<Self> {
        let text: String = cookies::read(site, headers, Name::Link, |text| Some(text.to_owned()))?;
        let opened = key.open(PURPOSE, &URL_SAFE_NO_PAD.decode(text).ok()?)?;
        serde_json::from_slice(&opened).ok()
    }
}
