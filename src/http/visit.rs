//! What pages and server functions know of the request that they answer, and the ways to go on from it.

use std::{fmt::Display, ops::Deref, str::FromStr, sync::Arc};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
};
use jiff::tz::TimeZone;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;
use tower_sessions::Session;

use super::{
    cookies::{self, Name},
    flash::{Done, Notice},
    kept::Kept,
    languages::Languages,
    mailed::Mailed,
    request::{WorksIn, session_tokens},
    state::{Site, Surfaces},
};
use crate::{
    domain::{
        access::preview::effect::Effect,
        ctx::Ctx,
        error::{Error, Result},
        passkeys::ceremony::Asked,
    },
    mail::links,
    model::{fields::Fields, words::words},
};

words! {
    /// The colours a reader chose; without a choice the system's.
    Theme {
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

/// What is known of a request.
#[derive(Debug)]
pub struct Seen {
    /// Who is asking.
    pub ctx: Ctx,
    /// How the outside sees this server.
    pub site: Arc<Site>,
    /// What it serves.
    pub surfaces: &'static Surfaces,
    /// The colours the reader chose.
    pub theme: Option<Theme>,
    /// What their last action did.
    pub done: Option<Notice>,
    /// The name of the tenant that they work in.
    pub tenant: Option<String>,
    /// What addresses of the console begin with: `/admin`, or `/t/` and the tenant's short name.
    pub base: String,
    /// The path and query they are at, as their browser has it.
    pub here: String,
    /// Whether the page is one for strangers, or its reader is one.
    pub is_gate: bool,
    /// Whether the page is about whoever reads it.
    pub is_own: bool,
    /// In which languages they read.
    pub languages: Languages,
    /// What the address asks for.
    pub query: Fields,
    /// What they had typed into the page's form when their session ended.
    pub kept: Option<Kept>,
    /// What a mailed link carried that they opened.
    pub link: Option<Mailed>,
    /// What their browser was asked for a passkey, for whoever reads the answer.
    pub passkey: Option<Asked>,
    /// The browser's session, for whoever begins one.
    pub session: Option<Session>,
    /// What their clock is set to: as they say, or as a script does; else UTC.
    pub zone: TimeZone,
    /// The browser's name for itself.
    pub user_agent: String,
    /// The marks by which the browser is known; empty without any.
    pub known: String,
    /// What its session cookies carry: a sign-in that waits is found by it, though it makes nobody the caller.
    pub tokens: Vec<String>,
}

/// How whoever is signed in reads, as they say; empty where they don't, or nobody is.
#[derive(Debug, Default)]
pub struct Reads {
    /// Their language and region.
    pub locale: String,
    /// Their time zone, as the IANA names it.
    pub time_zone: String,
}

/// A request, as pages and functions see it.
#[derive(Clone, Debug)]
pub struct Visit(Arc<Seen>);

impl Deref for Visit {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.0
    }
}

impl Visit {
    /// Reads what there is to know of a request whose caller was found.
    pub async fn of(
        parts: &Parts,
        (ctx, reads): (Ctx, &Reads),
        (site, surfaces): (Arc<Site>, &'static Surfaces),
    ) -> Self {
        let headers = &parts.headers;
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_get = parts.method == axum::http::Method::GET;
        let done = match cookies::read(&site, headers, Name::Done, Notice::decode).filter(|_| is_get) {
            Some(notice) => Some(notice.checked(&ctx).await),
            None => None,
        };
        let query = Fields::decode(parts.uri.query().unwrap_or_default());
        let place = parts.extensions.get::<WorksIn>();
        let here = super::place::asked(parts).to_owned();
        Self(Arc::new(Seen {
            theme: cookies::read(&site, headers, Name::Theme, Theme::parse),
            done,
            tenant: place.map(|place| place.name.clone()),
            base: place.map_or_else(|| EVERYWHERE.to_owned(), |place| format!("/t/{}", place.slug)),
            kept: Kept::of(&ctx, (&site, headers), &here).filter(|_| is_get),
            link: Mailed::of(&ctx.services.key, (&site, headers)),
            passkey: if is_get { None } else { cookies::unsealed(&ctx.services.key, (&site, headers), Name::Passkey) },
            session: parts.extensions.get().cloned(),
            zone: zone((&site, headers), &reads.time_zone),
            here,
            is_own: is_own(parts.uri.path()),
            is_gate: surfaces.is_public(parts.uri.path()) || ctx.user().is_err(),
            languages: Languages::of((&site, headers), query.text("lang"), &reads.locale),
            query,
            user_agent: text(header::USER_AGENT).to_owned(),
            known: cookies::all(&site, headers, Name::Known).collect::<Vec<_>>().join("~"),
            tokens: session_tokens(&site, headers),
            ctx,
            site,
            surfaces,
        }))
    }

    /// What a change would do, as a piece of a page.
    #[must_use]
    pub fn would(&self, effect: Effect) -> String {
        (self.surfaces.effect)(effect)
    }
}

/// The reader's zone: as they said, or as their browser's script does.
fn zone((site, headers): (&Site, &HeaderMap), said: &str) -> TimeZone {
    let own = Some(said).filter(|name| !name.is_empty()).and_then(|name| TimeZone::get(name).ok());
    let browsers = || cookies::read(site, headers, Name::Zone, |name| TimeZone::get(name).ok());
    own.or_else(browsers).unwrap_or(TimeZone::UTC)
}

/// Pages of one's own account.
fn is_own(path: &str) -> bool {
    path.strip_prefix("/account").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What addresses of the console begin with for whoever works everywhere.
pub const EVERYWHERE: &str = "/admin";

/// The request that is being answered.
#[must_use]
pub fn visit() -> Visit {
    expect_context()
}

/// Its caller, and where they work.
#[must_use]
pub fn ctx() -> Ctx {
    visit().ctx.clone()
}

/// The address of a page of the console where the reader works: `to("/users")`.
#[must_use]
pub fn to(path: impl Display) -> String {
    format!("{}{path}", visit().base)
}

/// What the page's own address names, by the parameter's name in the table of pages. An id that can't be one is nobody's.
pub fn named<T: FromStr>(parameter: &str, noun: &'static str) -> Result<T> {
    use leptos::prelude::WithUntracked;
    let text = leptos_router::hooks::use_params_map().with_untracked(|all| all.get(parameter));
    text.and_then(|text| text.parse().ok()).ok_or(Error::NotFound(noun))
}

/// The address of a page after this one, in the language that the address of this one names.
#[must_use]
pub fn keeping_language(path: &str) -> String {
    let visit = visit();
    match (visit.query.text("lang"), visit.languages.best()) {
        ("", _) | (_, None) => path.to_owned(),
        (_, Some(texts)) => links::in_language(path, &texts.code),
    }
}

/// A form that was answered without a next page, for the page that it is on.
#[derive(Debug)]
pub struct Answered {
    /// The function's path.
    pub function: String,
    /// What was typed, but for secrets.
    pub typed: Fields,
    /// What the function answered, as JSON, or why it refused.
    pub outcome: Result<Bytes>,
}

impl Answered {
    /// The form that this page was sent, if it answers one.
    #[must_use]
    pub fn here() -> Option<Arc<Self>> {
        use_context()
    }

    /// Why it was refused, if it was.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.outcome.as_ref().err()
    }

    /// What it was answered, if that is what was asked for.
    #[must_use]
    pub fn value<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.outcome.as_ref().ok()?).ok()
    }
}

/// Goes on to another address of this server.
pub fn go(location: &str) {
    let options = expect_context::<ResponseOptions>();
    if let Ok(location) = HeaderValue::from_str(location) {
        options.insert_header(header::LOCATION, location);
        options.set_status(StatusCode::SEE_OTHER);
    }
}

/// Goes on to another page, which says what was done, and how often.
pub fn done(location: &str, done: Done, n: u64) {
    let visit = visit();
    set_cookie(cookies::done(&visit.site, &done.encode(n, visit.ctx.origin.request_id)));
    go(location);
}

/// Sends a cookie along.
pub fn set_cookie(cookie: HeaderValue) {
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
}
