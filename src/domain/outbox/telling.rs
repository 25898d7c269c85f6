//! Telling people what happened to their account, in the change that did it.

use super::{
    enqueue::enqueue,
    letter::{CredentialChange, Letter},
};
use crate::{
    db::Tx,
    domain::{ctx::Ctx, error::Result, users},
    model::id::UserId,
};

/// Writes to somebody, where mail reaches them.
pub async fn tell(ctx: &Ctx, tx: &mut Tx, user: UserId, letter: Letter) -> Result<()> {
    if let Some(to) = users::store::recipient(tx, user).await? {
        enqueue(ctx, tx, &to, (letter, None)).await?;
    }
    Ok(())
}

/// Tells somebody that what they sign in by was changed; `called` is its name, if it has one.
pub async fn of_credential(
    ctx: &Ctx,
    tx: &mut Tx,
    user: UserId,
    (change, called): (CredentialChange, &str),
) -> Result<()> {
    tell(ctx, tx, user, Letter::CredentialChanged { change, called: called.to_owned() }).await
}
