//! Whoever is calling, and whether this is their password.

use super::store::{self, Credentials, User};
use crate::domain::{
    ctx::Ctx,
    error::{Error, Refused, Result},
    passwords::{hasher::Verdict, rules::Password},
    refusals::kind::RefusalKind,
    sessions::refusing::refuse,
    throttle,
};

/// Whoever is calling, wherever they work.
pub async fn own(ctx: &Ctx) -> Result<User> {
    let id = ctx.user()?.id;
    store::find(None, &mut *ctx.read().await?, id).await?.ok_or(Error::Unauthenticated)
}

/// What the caller's password was compared with, which was right. Wrong ones are counted, and limited as sign-in is.
pub async fn prove(ctx: &Ctx, user: &User, typed: &Password) -> Result<Credentials> {
    let attempt = throttle::old_password(ctx, &user.login).await?;
    let compared = compare(ctx, user, typed).await;
    match &compared {
        Err(Error::WrongCredentials) => refuse(ctx, RefusalKind::WrongPassword, &user.login, &attempt).await?,
        _ => attempt.was_none(ctx).await?,
    }
    compared
}

async fn compare(ctx: &Ctx, user: &User, typed: &Password) -> Result<Credentials> {
    let found = store::credentials(&mut *ctx.read().await?, &user.login).await?;
    let compared = found.filter(|found| found.id == user.id).ok_or(Refused::ServiceAccount)?;
    // A temporary one that is over is a wrong one here, too, though its token still works for a while.
    let hash = compared.password_hash.clone().filter(|_| compared.can_sign_in(ctx.now()));
    match ctx.hasher().await.verify(typed.clone(), hash).await? {
        Verdict::Wrong => Err(Error::WrongCredentials),
        Verdict::Right { .. } => Ok(compared),
    }
}
