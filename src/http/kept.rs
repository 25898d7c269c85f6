//! What was typed into a form whose sender's session ended meanwhile: it goes to the browser, sealed, and comes back with
//! the page that the form is on once the same person has signed in again. It is shown, never sent by itself.

use axum::http::{HeaderMap, HeaderValue};
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
        cookies::sealed(site, Name::Typed, (&ctx.services.key, self), KEPT_FOR)
    }

    /// What the reader of this page had typed into its form.
    pub fn of(ctx: &Ctx, request: (&Site, &HeaderMap), here: &str) -> Option<Self> {
        let kept: Self = cookies::unsealed(&ctx.services.key, request, Name::Typed)?;
        let theirs = ctx.user_id() == Some(kept.by) && kept.at == here && kept.until > ctx.now();
        theirs.then_some(kept)
    }
}
