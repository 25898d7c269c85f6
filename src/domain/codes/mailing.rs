//! Letters with a link, whose code nobody but their recipient is told.

use super::{Issued, Purpose, make};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Refused, Result},
        outbox::{
            enqueue::enqueue,
            letter::{Inviting, Letter},
        },
        tenants::memberships,
        users,
    },
    model::{
        id::{MessageId, TenantId, UserId},
        tenant::MembershipStatus,
        user::UserStatus,
    },
};

/// Writes a message with a link.
pub async fn send(ctx: &Ctx, tx: &mut Tx, purpose: Purpose, user: UserId) -> Result<MessageId> {
    let letter: fn(UserId, Option<String>) -> Letter = match purpose {
        Purpose::VerifyEmail => |user, code| Letter::VerifyEmail { user, code },
        Purpose::PasswordReset => |user, code| Letter::PasswordReset { user, code },
        Purpose::Activation => |user, code| Letter::Activation { user, code, into: None },
        Purpose::ChangeAddress | Purpose::StopAddressChange => return Err(Refused::OneAddress.into()),
    };
    let letter = letter(user, Some(make(ctx, tx, purpose, Issued::to(user)).await?));
    enclose(ctx, tx, user, (letter, Some(purpose))).await
}

/// Writes a message to somebody who was made a profile, with a link to set a password where that leads anywhere.
pub async fn send_profile(ctx: &Ctx, tx: &mut Tx, user: UserId, has_link: bool) -> Result<MessageId> {
    let code = match has_link {
        true => Some(make(ctx, tx, Purpose::Activation, Issued::to(user)).await?),
        false => None,
    };
    let purpose = has_link.then_some(Purpose::Activation);
    enclose(ctx, tx, user, (Letter::ProfileMade { user, code }, purpose)).await
}

/// Writes a message to somebody who was let into a tenant. It has a link where they have something to do: to set their first
/// password, or to open a membership that waits for them.
pub async fn invite(ctx: &Ctx, tx: &mut Tx, kind: Inviting, (user, tenant): (UserId, TenantId)) -> Result<MessageId> {
    let found = users::store::find(None, tx, user).await?.ok_or(Refused::Gone("person"))?;
    let membership = memberships::store::find(tx, user, tenant).await?.ok_or(Refused::Gone("membership"))?;
    let waits = found.status == UserStatus::Pending || membership.status == MembershipStatus::Pending;
    let code = match waits {
        true => Some(make(ctx, tx, Purpose::Activation, Issued::to(user).into(tenant)).await?),
        false => None,
    };
    let letter = kind.letter(user, code, (tenant, membership.tenant_name));
    enclose(ctx, tx, user, (letter, waits.then_some(Purpose::Activation))).await
}

/// Writes the same letter anew, with a new code; `None` for one that has none.
pub async fn send_again(ctx: &Ctx, tx: &mut Tx, letter: &Letter) -> Result<Option<MessageId>> {
    let (purpose, user) = match letter {
        Letter::Activation { user, into: Some(into), .. } => {
            return invite(ctx, tx, Inviting::Activation, (*user, into.id)).await.map(Some);
        }
        Letter::Invitation { user, into, .. } => {
            return invite(ctx, tx, Inviting::Invitation, (*user, into.id)).await.map(Some);
        }
        Letter::ProfileMade { user, .. } => return send_profile(ctx, tx, *user, true).await.map(Some),
        Letter::VerifyEmail { user, .. } => (Purpose::VerifyEmail, *user),
        Letter::PasswordReset { user, .. } => (Purpose::PasswordReset, *user),
        Letter::Activation { user, .. } => (Purpose::Activation, *user),
        _ => return Ok(None),
    };
    send(ctx, tx, purpose, user).await.map(Some)
}

async fn enclose(
    ctx: &Ctx,
    tx: &mut Tx,
    user: UserId,
    (letter, purpose): (Letter, Option<Purpose>),
) -> Result<MessageId> {
    let to = users::store::recipient(tx, user).await?.ok_or(Refused::Disabled)?;
    let end = purpose.map(|purpose| ctx.now().plus_seconds(purpose.lifetime()));
    enqueue(ctx, tx, &to, (letter, end)).await
}
