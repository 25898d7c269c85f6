//! The first step of sign-in: name and password. Unknown logins, wrong passwords, temporary ones that are over and disabled
//! users cost the same and are told the same.

use super::refusing::refuse;
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        passwords::{
            hasher::{Hasher, Verdict},
            rules::Password,
        },
        refusals::{self, kind::RefusalKind},
        second_factor, tenants, throttle,
        users::{self, allowlist, store::Credentials},
    },
};

/// Somebody whose password was right.
pub struct Proved {
    /// Their login, as it is stored.
    pub login: String,
    /// What it was compared with.
    pub user: Credentials,
    /// A hash with newer parameters, where the stored one has old ones.
    upgraded: Option<String>,
    attempt: throttle::Try,
}

/// Compares name and password; wrong ones are counted. `known` are the marks of a browser that signed in before.
pub async fn prove(ctx: &Ctx, (login, password): (&str, &str), known: &str) -> Result<Proved> {
    let login = users::naming::stored_login(&mut *ctx.read().await?, login).await?;
    let device = throttle::known::device(ctx, known, &login);
    let attempt = throttle::sign_in(ctx, &login, device.as_deref()).await?;
    match check(ctx, password, &login).await {
        Ok(Some((mut user, upgraded))) => {
            demand_another(ctx, &mut user, password).await?;
            Ok(Proved { login, user, upgraded, attempt })
        }
        Ok(None) => {
            refuse(ctx, RefusalKind::WrongPassword, &login, &attempt).await?;
            Err(Error::WrongCredentials)
        }
        // Not compared: nobody failed.
        Err(other) => {
            attempt.was_none(ctx).await?;
            Err(other)
        }
    }
}

impl Proved {
    /// Within the change that the password buys: gives the try back, if the user still is as they were. Between the
    /// comparison and now they may have been disabled, or their password changed.
    pub async fn settle(&self, ctx: &Ctx, tx: &mut Tx) -> Result<()> {
        if users::store::credentials(tx, &self.login).await?.is_none_or(|now| now != self.user) {
            return Err(Error::WrongCredentials);
        }
        if let Some(hash) = &self.upgraded {
            users::store::upgrade_password(tx, self.user.id, hash).await?;
        }
        self.attempt.was_right(ctx, tx).await
    }

    /// It was right and then in vain: nobody failed.
    pub async fn give_back(&self, ctx: &Ctx) -> Result<()> {
        self.attempt.was_none(ctx).await
    }
}

/// Whose login it is, if the password is theirs, with a hash to store instead of an older one.
async fn check(ctx: &Ctx, password: &str, login: &str) -> Result<Option<(Credentials, Option<String>)>> {
    let found = users::store::credentials(&mut *ctx.read().await?, login).await?;
    let hash = found.as_ref().filter(|user| user.can_sign_in(ctx.now())).and_then(|user| user.password_hash.clone());
    let verdict = verify(ctx.hasher().await, password, hash).await?;
    Ok(match (found, verdict) {
        // Only whoever knows the password learns that there is a list.
        (Some(user), Verdict::Right { .. }) if !allowlist::admits(&user.ip_allowlist, ctx.origin.address) => {
            refusals::note(ctx, RefusalKind::NotFromHere, Some(login));
            return Err(Error::NotFromHere);
        }
        (Some(user), Verdict::Right { upgraded }) => Some((user, upgraded)),
        _ => None,
    })
}

/// A right password that is less than passwords have to be by now, or older, is changed like a temporary one. Only now is it
/// known what it is.
async fn demand_another(ctx: &Ctx, user: &mut Credentials, typed: &str) -> Result<()> {
    let (least, lifetime) = {
        let conn = &mut *ctx.read().await?;
        let needs_factor = second_factor::store::is_asked(conn, user.id, ctx.now()).await?;
        let asked = tenants::asked::of_user(conn, user.id).await?;
        (asked.least_password(needs_factor), asked.password_lifetime())
    };
    let over = user.password_changed_at.zip(lifetime).map(|(since, lasts)| since.plus_seconds(lasts));
    let is_over = over.is_some_and(|over| over <= ctx.now());
    if user.password_temporary || (Password::attempt(typed).has(least) && !is_over) {
        return Ok(());
    }
    let mut tx = ctx.begin().await?;
    users::store::must_change_password(&mut tx, user).await?;
    tx.commit().await?;
    user.password_temporary = true;
    Ok(())
}

/// Somebody who can't sign in is verified against nothing, which costs the same.
async fn verify(hasher: &Hasher, typed: &str, hash: Option<String>) -> Result<Verdict> {
    hasher.verify(Password::attempt(typed), hash).await
}
