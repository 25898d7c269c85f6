//! The cookies: the session, the marks of a known browser, the theme, the language, the reader's zone, what the last action
//! did, what was typed when a session ended, the link that a page of a mailed one is about, and the question for a passkey.
//! Their names hold the installation's, because ports don't part cookies: two servers on one host would sign each other's
//! users out.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite, time::Duration};
use serde::{Serialize, de::DeserializeOwned};

use super::state::Site;
use crate::{
    domain::{secrets::SecretKey, throttle},
    model::words::words,
};

words! {
    /// A cookie of ours.
    Name {
        /// The session's token.
        Session = "",
        /// The marks by which the browser is known.
        Known = "-known",
        /// The colours.
        Theme = "-theme",
        /// The language of pages for strangers, and of one's own.
        Language = "-language",
        /// The zone that the browser's clock is set to. A script sets it, so that times are its reader's.
        Zone = "-zone",
        /// What was typed into a form whose sender's session had ended.
        Typed = "-typed",
        /// What a mailed link carried.
        Link = "-link",
        /// What a browser was asked for a passkey.
        Passkey = "-passkey",
        /// What the last action did.
        Done = "-done",
    }
}

impl Name {
    /// What browsers call it. `__Host-` binds it to this host where they come by https.
    #[must_use]
    pub fn of(self, site: &Site) -> String {
        let prefix = if site.is_https() { "__Host-" } else { "" };
        format!("{prefix}castellan-{}{}", site.installation, self.word())
    }
}

/// One name may come more than once: a cookie of another path or domain stands beside ours. More are not looked at.
const NAMESAKES: usize = 4;

/// The values of a cookie, as the request has them. Only one of them is ours.
pub fn all<'a>(site: &Site, headers: &'a HeaderMap, name: Name) -> impl Iterator<Item = &'a str> {
    let name = name.of(site);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let values = lines.flat_map(|line| line.split(';')).filter_map(move |pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    });
    values.filter(|value| !value.is_empty()).take(NAMESAKES)
}

/// The value of a cookie that `parse` takes for one of ours.
pub fn read<'a, T>(
    site: &Site,
    headers: &'a HeaderMap,
    name: Name,
    parse: impl FnMut(&'a str) -> Option<T>,
) -> Option<T> {
    all(site, headers, name).find_map(parse)
}

/// Makes the browser known after it signed in.
#[must_use]
pub fn known(site: &Site, marks: &str) -> HeaderValue {
    build(site, Name::Known, marks, Duration::seconds(throttle::known::KNOWN_FOR))
}

/// Remembers the chosen theme for a year.
#[must_use]
pub fn theme(site: &Site, theme: &str) -> HeaderValue {
    build(site, Name::Theme, theme, Duration::days(365))
}

/// Remembers the chosen language for a year.
#[must_use]
pub fn language(site: &Site, code: &str) -> HeaderValue {
    build(site, Name::Language, code, Duration::days(365))
}

/// Browsers keep no longer cookies.
const SEALED_MAX: usize = 3_800;

/// Keeps something for so many seconds that only this server can read; nothing where it is too long once sealed.
pub fn sealed<T: Serialize>(
    site: &Site,
    name: Name,
    (key, held): (&SecretKey, &T),
    seconds: i64,
) -> Option<HeaderValue> {
    let sealed = key.seal(&purpose(name), serde_json::to_string(held).ok()?.as_bytes());
    let text = URL_SAFE_NO_PAD.encode(sealed);
    (text.len() <= SEALED_MAX).then(|| build(site, name, &text, Duration::seconds(seconds)))
}

/// What [`sealed`] kept.
pub fn unsealed<T: DeserializeOwned>(key: &SecretKey, (site, headers): (&Site, &HeaderMap), name: Name) -> Option<T> {
    let open = |text| serde_json::from_slice(&key.open(&purpose(name), &URL_SAFE_NO_PAD.decode(text).ok()?)?).ok();
    read(site, headers, name, open)
}

fn purpose(name: Name) -> String {
    format!("the cookie {}", name.word())
}

/// Forgets a cookie.
#[must_use]
pub fn none(site: &Site, name: Name) -> HeaderValue {
    build(site, name, "", Duration::ZERO)
}

/// Tells the next page what the last action did, as a code; no page stays out longer than a minute.
#[must_use]
pub fn done(site: &Site, code: &str) -> HeaderValue {
    build(site, Name::Done, code, Duration::minutes(1))
}

/// Lax, not Strict: links in mail must find the reader signed in. Values are our own tokens and words.
fn build(site: &Site, name: Name, value: &str, lives: Duration) -> HeaderValue {
    let cookie = Cookie::build((name.of(site), value))
        .path("/")
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(lives)
        .build();
    HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}
