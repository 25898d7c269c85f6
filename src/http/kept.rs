//! What was typed into a form whose sender's session ended meanwhile: it goes to the browser, sealed, and comes back with
//! the page that the form is on once the same person has signed in again. It is shown, never sent by itself.

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    cookies::{self, Name},
    state::Site,
};
use crate::{
    domain::ctx::Ctx,
    model::{fields::Fields, id::UserId, timestamp::Timestamp},
};

/// How long it is kept, in seconds.
const KEPT_FOR: i64 = 10 * 60;
/// Browsers keep no longer cookies: what is longer once sealed is not kept.
const SEALED_MAX: usize = 3_800;
const PURPOSE: &str = "a form that was typed";

/// A form as it was typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Whose page it was on.
    by: UserId,
    /// Of which page.
    at: String,
    until: Timestamp,
    /// The function that it is for.
    pub function: String,
    /// What was typed.
    pub typed: Fields,
}

impl Kept {
    /// What was typed into the form of a function, by whom and on which page.
    #[must_use]
    pub fn new(ctx: &Ctx, (by, page): (UserId, &str), function: String, typed: Fields) -> Self {
        Self { by, at: page.to_owned(), until: ctx.now().plus_seconds(KEPT_FOR), function, typed }
    }

    /// For the browser; nothing where it is too long for that.
    #[must_use]
    pub fn cookie(&self, site: &Site, ctx: &Ctx) -> Option<HeaderValue> {
        let sealed = ctx.services.key.seal(PURPOSE, serde_json::to_string(self).ok()?.as_bytes());
        let text = URL_SAFE_NO_PAD.encode(sealed);
        (text.len() <= SEALED_MAX).then(|| cookies::sealed(site, Name::Typed, &text, KEPT_FOR))
    }

    /// What the reader of this page had typed into its form.
    pub fn of(ctx: &Ctx, (site, headers): (&Site, &HeaderMap), here: &str) -> Option<Self> {
        let text: String = cookies::read(site, headers, Name::Typed, |text| Some(text.to_owned()))?;
        let opened = ctx.services.key.open(PURPOSE, &URL_SAFE_NO_PAD.decode(text).ok()?)?;
        let kept: Self = serde_json::from_slice(&opened).ok()?;
        let theirs = ctx.user_id() == Some(kept.by) && kept.at == here && kept.until > ctx.now();
        theirs.then_some(kept)
    }
}
