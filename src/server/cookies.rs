//! The four cookies: the session, the theme, the tenant that one works in, and what the last action did.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

use super::Site;
use crate::domain::sessions;

/// Reads a cookie of the request.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

/// The session cookie's name: `__Host-` binds it to this host where browsers come by https.
#[must_use]
pub fn session_name(site: &Site) -> &'static str {
    if site.is_https() { "__Host-session" } else { "session" }
}

/// The cookie that signs a browser in.
#[must_use]
pub fn session(site: &Site, token: &str) -> HeaderValue {
    build(site, session_name(site), token, Duration::seconds(sessions::LIFETIME))
}

/// The cookie that signs a browser out.
#[must_use]
pub fn no_session(site: &Site) -> HeaderValue {
    build(site, session_name(site), "", Duration::ZERO)
}

/// Remembers the chosen theme for a year.
#[must_use]
pub fn theme(site: &Site, theme: &str) -> HeaderValue {
    build(site, "theme", theme, Duration::days(365))
}

/// Remembers the tenant that one works in, for as long as a sign-in lasts; the empty id is everywhere.
#[must_use]
pub fn tenant(site: &Site, id: &str) -> HeaderValue {
    build(site, "tenant", id, Duration::seconds(sessions::LIFETIME))
}

/// Tells the next page what the last action did, as a code; no page stays out longer than a minute.
#[must_use]
pub fn done(site: &Site, code: &str) -> HeaderValue {
    build(site, "done", code, Duration::minutes(1))
}

/// Forgets what the last action did.
#[must_use]
pub fn nothing_done(site: &Site) -> HeaderValue {
    build(site, "done", "", Duration::ZERO)
}

/// Lax, not Strict: links in mail must find the reader signed in. Values are our own tokens and words.
fn build(site: &Site, name: &'static str, value: &str, lives: Duration) -> HeaderValue {
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(lives)
        .build();
    HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}
