//! Whether a typed code is the one that somebody has to type.

use super::{mailed, recovery, store, totp};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        outbox::{letter::CredentialChange, telling},
        users::store::Credentials,
    },
    model::{
        id::{SessionId, UserId},
        user::SecondFactor,
    },
};

/// What the secret of a person's app is sealed for.
#[must_use]
pub fn purpose(user: UserId) -> String {
    format!("authenticator of {user}")
}

/// Takes a code of somebody who has a second factor; `false` where it is wrong, too old, or was taken before. Whoever has
/// recovery codes may type one of them, and is told. `session` is the sign-in that waits for it.
pub async fn take(
    ctx: &Ctx,
    tx: &mut Tx,
    user: &Credentials,
    (session, typed): (Option<SessionId>, &str),
) -> Result<bool> {
    let is_right = match user.second_factor {
        SecondFactor::Totp => of_app(ctx, tx, user.id, typed).await?,
        SecondFactor::Email => mailed::take(ctx, tx, (user.id, session), typed).await?,
        SecondFactor::None => false,
    };
    if is_right || !recovery::take(ctx, tx, user.id, typed).await? {
        return Ok(is_right);
    }
    telling::of_credential(ctx, tx, user.id, (CredentialChange::RecoveryCodeUsed, "")).await?;
    Ok(true)
}

async fn of_app(ctx: &Ctx, tx: &mut Tx, user: UserId, typed: &str) -> Result<bool> {
    let sealed = store::totp_secret(tx, user).await?.unwrap_or_default();
    let secret = ctx.services.key.open(&purpose(user), &sealed);
    let secret = secret.ok_or_else(|| Error::Internal("the secret of an authenticator can't be opened".into()))?;
    match totp::step_of(&secret, typed, ctx.now()) {
        Some(step) => Ok(store::take_step(tx, user, step, totp::unbelieved(ctx.now())).await?),
        None => Ok(false),
    }
}
