//! What one's own change of a password does, whether the old one is asked for or was typed just now.

use serde_json::json;

use super::{
    former_passwords,
    store::{self, User},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        calling::Proof,
        change::Change,
        codes,
        ctx::Ctx,
        error::{Error, Result},
        outbox::{letter::Letter, telling},
        sessions, tokens,
    },
    model::id::UserId,
};

/// Sets a password, and ends sessions, access and refresh tokens but for what is calling by `kept`; and links to set one.
pub async fn replace(
    ctx: &Ctx,
    tx: &mut Tx,
    user: UserId,
    (hash, kept): (&str, Option<&Proof>),
) -> Result<(User, Change)> {
    former_passwords::replace(ctx.now(), tx, user, hash).await?;
    let ended = match kept {
        Some(Proof::Session(session)) => sessions::store::end_others(tx, user, *session).await?,
        _ => sessions::store::end_all(tx, user).await?,
    };
    let token = if let Some(Proof::Token(token, _)) = kept { Some(*token) } else { None };
    tokens::store::end_access(tx, user, token).await?;
    codes::void_links(ctx, tx, user).await?;
    tell(ctx, tx, user).await?;
    let user = store::find(None, tx, user).await?.ok_or(Error::Unauthenticated)?;
    let change = Change::new(Action::ChangePassword, user.target()).after(json!({"sessions ended": ended}));
    Ok((user, change))
}

/// Tells somebody that they have another password.
pub async fn tell(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    telling::tell(ctx, tx, user, Letter::PasswordChanged).await
}
