//! The secret of an app that is offered and not bound yet. It goes to the page sealed, for one session, and comes back with a
//! code of the app: nothing is written before that, and reading the page again offers another.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::totp;
use crate::domain::{
    ctx::Ctx,
    error::{Error, Result},
};

/// A secret that is offered.
pub struct Offer {
    /// What the app is given.
    pub secret: Vec<u8>,
    /// The same for the form.
    pub sealed: String,
}

/// Offers the caller a secret.
pub fn make(ctx: &Ctx) -> Result<Offer> {
    let secret = totp::new_secret();
    let sealed = URL_SAFE_NO_PAD.encode(ctx.services.key.seal(&purpose(ctx)?, &secret));
    Ok(Offer { secret, sealed })
}

/// The secret that was offered to the caller in this session.
pub fn open(ctx: &Ctx, sealed: &str) -> Result<Offer> {
    let purpose = purpose(ctx)?;
    let secret = URL_SAFE_NO_PAD.decode(sealed).ok().and_then(|bytes| ctx.services.key.open(&purpose, &bytes));
    Ok(Offer { secret: secret.ok_or(Error::Stale)?, sealed: sealed.to_owned() })
}

fn purpose(ctx: &Ctx) -> Result<String> {
    Ok(format!("authenticator offered in {}", ctx.session()?))
}
