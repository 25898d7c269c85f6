//! Letting somebody in who is known elsewhere, and telling them.

use super::{joining::joined, leaving::TakeBackMembership, store};
use crate::{
    db::{Conn, Tx},
    domain::{
        action::Action,
        change::Change,
        codes::mailing,
        command::{Applied, Command},
        ctx::Ctx,
        error::Result,
        outbox::letter::Inviting,
        tenants::queries::require,
        users::{self, store::User},
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        scope::Scope,
        tenant::MembershipStatus,
        user::UserKind,
    },
};

/// Whose an address is, as it looks from a tenant that somebody shall be let into.
#[derive(Debug)]
pub enum Known {
    /// Nobody's yet.
    Nobody,
    /// A program's.
    Program,
    /// Somebody's who belongs to the tenant, or is invited.
    Member,
    /// Somebody's who is known elsewhere alone.
    Elsewhere(Box<User>),
}

/// Whose an address is.
pub async fn known(conn: &mut Conn, tenant: TenantId, login: &str) -> Result<Known> {
    let Some(user) = users::store::find_by_login(None, conn, login).await? else {
        return Ok(Known::Nobody);
    };
    Ok(match user.kind {
        UserKind::ServiceAccount => Known::Program,
        UserKind::Human if store::is_member(conn, user.id, tenant).await? => Known::Member,
        UserKind::Human => Known::Elsewhere(Box::new(user)),
    })
}

/// Makes somebody a member whom a program names by their address: they may be of other tenants alone, and not seen from
/// this one.
#[derive(Clone, Copy, Debug)]
pub struct Admit {
    /// Whom.
    pub user: UserId,
    /// Of which.
    pub tenant: TenantId,
    /// Whether it counts at once, or waits for them.
    pub status: MembershipStatus,
}

impl Command for Admit {
    const ACTION: Action = Action::AddMembership;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let tenant = require(ctx, tx, self.tenant).await?;
        let user = users::queries::require(&ctx.clone().working_in(Scope::Everywhere), tx, self.user).await?;
        if !store::join(ctx.stamp(), tx, (user.id, tenant.id), self.status).await? {
            return Err(FieldErrors::one("email", "they belong to it already").into());
        }
        let change = joined(ctx, tx, (&user, &tenant), self.status).await?;
        let back = TakeBackMembership { user: user.id, tenant: tenant.id, unused: true };
        Ok(Applied::changed((), change.undo(&back)))
    }
}

/// Tells somebody by mail that they were let in. It has a link exactly where they have something to do: to set their first
/// password, or to open a membership that waits for them. An older link to the same tenant stops working.
#[derive(Clone, Copy, Debug)]
pub struct SendInvitation {
    /// Whom.
    pub user: UserId,
    /// Into which.
    pub tenant: TenantId,
    /// In which words.
    pub letter: Inviting,
}

impl Command for SendInvitation {
    const ACTION: Action = Action::SendActivation;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        mailing::invite(ctx, tx, self.letter, (user.id, self.tenant)).await?;
        let change = Change::new(Self::ACTION, user.target()).of(Some(self.tenant));
        Ok(Applied::changed((), change))
    }
}
