//! What is asked about passkeys, and what browsers are asked for them.

use super::{
    ceremony::{Question, RelyingParty, Step},
    store::{self, PasskeyRow},
};
use crate::{
    db::Conn,
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        sessions::pending::Pending,
    },
    model::id::PasskeyId,
};

/// All of whoever is calling.
pub async fn list(ctx: &Ctx) -> Result<Vec<PasskeyRow>> {
    let user = ctx.user()?.id;
    Ok(store::list(&mut *ctx.read().await?, user).await?)
}

/// One of whoever is calling; somebody else's isn't there.
pub async fn own(ctx: &Ctx, conn: &mut Conn, id: PasskeyId) -> Result<PasskeyRow> {
    let user = ctx.user()?.id;
    store::find(conn, id).await?.filter(|passkey| passkey.user_id == user).ok_or(Error::NotFound("passkey"))
}

/// Asks whoever is calling for another passkey.
pub async fn ask_for_new(ctx: &Ctx, site: &RelyingParty) -> Result<Question> {
    let user = ctx.user()?;
    let own = store::credential_ids(&mut *ctx.read().await?, user.id).await?;
    site.ask_for_new(user, &own, ctx.now())
}

/// Asks whoever gave their password for one of their passkeys; `None` where they have none.
pub async fn ask_for_own(ctx: &Ctx, site: &RelyingParty, pending: &Pending) -> Result<Option<Question>> {
    let own = store::credential_ids(&mut *ctx.read().await?, pending.user()).await?;
    let session = pending.session();
    (!own.is_empty()).then(|| site.ask_for(&own, |state| Step::Second(session, state), ctx.now())).transpose()
}

/// Asks whoever is signed in for one of their passkeys, once more; `None` where they have none.
pub async fn ask_again(ctx: &Ctx, site: &RelyingParty) -> Result<Option<Question>> {
    let (user, session) = (ctx.user()?.id, ctx.session()?);
    let own = store::credential_ids(&mut *ctx.read().await?, user).await?;
    (!own.is_empty()).then(|| site.ask_for(&own, |state| Step::Again(session, state), ctx.now())).transpose()
}

/// Whether whoever is calling has a passkey.
pub async fn has_any(ctx: &Ctx) -> Result<bool> {
    Ok(store::count(&mut *ctx.read().await?, ctx.user()?.id).await? > 0)
}

/// Whether whoever gave their password has a passkey.
pub async fn can_answer(ctx: &Ctx, pending: &Pending) -> Result<bool> {
    Ok(store::count(&mut *ctx.read().await?, pending.user()).await? > 0)
}
