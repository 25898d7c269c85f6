//! Coming into a tenant, and whether a membership counts.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    joining::{end_where_barred, joined},
    leaving::TakeBackMembership,
    queries::{both, protect, require_not_above_caller},
    store,
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::administrators,
        action::Action,
        affected::Affected,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        tenants::queries::require,
        users::{self},
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        tenant::MembershipStatus,
    },
};

/// Makes a user a member.
#[derive(Clone, Copy, Debug)]
pub struct AddMembership {
    /// Whom.
    pub user: UserId,
    /// Of which.
    pub tenant: TenantId,
}

impl Command for AddMembership {
    const ACTION: Action = Action::AddMembership;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        let tenant = require(ctx, tx, self.tenant).await?;
        if !store::join(ctx.stamp(), tx, (user.id, tenant.id), MembershipStatus::Active).await? {
            return Err(FieldErrors::one("email", "they belong to it already; change that in the list").into());
        }
        let change = joined(ctx, tx, (&user, &tenant), MembershipStatus::Active).await?;
        let back = TakeBackMembership { user: user.id, tenant: tenant.id, unused: true };
        Ok(Applied::changed((), change.undo(&back)))
    }
}

/// Sets whether a membership counts; refuses if somebody else changed it since `version`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SetMembership {
    /// Whose.
    pub user: UserId,
    /// Of which.
    pub tenant: TenantId,
    /// The version that somebody looked at.
    pub version: i64,
    /// Whether it shall count.
    pub status: MembershipStatus,
}

impl Command for SetMembership {
    const ACTION: Action = Action::UpdateMembership;
    type Done = ();

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let Self { user, status, version, .. } = *self;
        let (tenant, membership) = both(ctx, tx, user, self.tenant).await?;
        if membership.version != version {
            return Err(Error::Stale);
        }
        if membership.status == status {
            return Ok(Applied::unchanged(()));
        }
        match (membership.status, status) {
            // An owner loses nothing by what waits for them being opened.
            (MembershipStatus::Pending, MembershipStatus::Active) if membership.is_owner => {
                require_not_above_caller(ctx, tx, &membership).await?;
            }
            _ => protect(ctx, tx, &membership).await?,
        }
        let watch = administrators::watch(ctx, tx).await?;
        if !store::set_status(tx, membership.id, status, version).await? {
            return Err(Error::Stale);
        }
        watch.check(ctx, tx).await?;
        end_where_barred(ctx, tx, user).await?;
        let name = users::queries::require(ctx, tx, user).await?.display_name;
        let change = Change::new(Self::ACTION, tenant.target())
            .of(Some(tenant.id))
            .about(user)
            .before(json!({ "status": membership.status }))
            .after(json!({ "member": name, "status": status }))
            .undo(&Self { version: version + 1, status: membership.status, ..*self });
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for SetMembership {
    const KIND: &'static str = "set-membership";

    fn subject(&self) -> String {
        format!("{} {}", self.user, self.tenant)
    }
}
