//! Going out of a tenant, and back.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    joining::{end_where_barred, joined},
    queries::{both, protect},
    store::{self, KeptMembership, Membership},
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
        error::{Error, Refused, Result},
        grants::{self, store::Grant},
        groups,
        tenants::{queries::require, store::Tenant},
        users,
    },
    model::{
        id::{GroupId, TenantId, UserId},
        principal::Principal,
        scope::Scope,
    },
};

/// What removing a membership did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// They belong elsewhere still.
    Left,
    /// It was their last, so they were deleted.
    Deleted,
}

/// Removes a user from a tenant, from its groups, and from what was given to them in it. Whoever belongs nowhere
/// after that is deleted.
#[derive(Clone, Copy, Debug)]
pub struct RemoveMembership {
    /// Whom.
    pub user: UserId,
    /// From which.
    pub tenant: TenantId,
    /// Whether whoever belongs nowhere after that stays: programs of the installation look after such people, too.
    pub keeps_person: bool,
}

impl RemoveMembership {
    /// Of somebody who is deleted if it is their last.
    #[must_use]
    pub const fn of(user: UserId, tenant: TenantId) -> Self {
        Self { user, tenant, keeps_person: false }
    }
}

impl Command for RemoveMembership {
    const ACTION: Action = Action::RemoveMembership;
    type Done = Removed;

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Removed>> {
        let (tenant, membership) = both(ctx, tx, self.user, self.tenant).await?;
        protect(ctx, tx, &membership).await?;
        if !self.keeps_person && store::count_of_user(tx, self.user).await? == 1 {
            let user = users::queries::require(ctx, tx, self.user).await?;
            return Ok(Applied::changed(Removed::Deleted, users::removal::remove(ctx, tx, &user).await?));
        }
        let change = leave(ctx, tx, (&tenant, &membership)).await?;
        Ok(Applied::changed(Removed::Left, change))
    }
}

async fn leave(ctx: &Ctx, tx: &mut Tx, (tenant, membership): (&Tenant, &Membership)) -> Result<Change> {
    let left = leaving(ctx, tx, membership).await?;
    for group in &left.groups {
        groups::queries::require_not_above_caller(ctx, tx, *group).await?;
    }
    let name = users::queries::require(ctx, tx, left.user).await?.display_name;
    let watch = administrators::watch(ctx, tx).await?;
    store::delete(tx, membership).await?;
    watch.check(ctx, tx).await?;
    end_where_barred(ctx, tx, left.user).await?;
    let change = Change::new(Action::RemoveMembership, tenant.target()).of(Some(tenant.id)).about(left.user);
    Ok(change.before(json!({ "member": name, "status": membership.status })).undo(&left))
}

/// Brings somebody back who left, into the same groups and with the same access.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReturnMembership {
    user: UserId,
    membership: KeptMembership,
    groups: Vec<GroupId>,
    grants: Vec<Grant>,
}

impl Command for ReturnMembership {
    const ACTION: Action = Action::AddMembership;
    type Done = ();

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let tenant = require(ctx, tx, self.membership.tenant_id).await?;
        // Whoever left can't be seen from inside any more.
        let everywhere = ctx.clone().working_in(Scope::Everywhere);
        let user = users::queries::require(&everywhere, tx, self.user).await?;
        if !store::put_back(tx, user.id, &self.membership).await? {
            return Err(Error::Stale);
        }
        for group in &self.groups {
            if groups::store::find(ctx.tenant(), tx, *group).await?.is_some() {
                groups::queries::require_not_above_caller(ctx, tx, *group).await?;
                groups::member_store::add(ctx.stamp(), tx, *group, Principal::User(user.id)).await?;
            }
        }
        grants::store::restore(tx, &self.grants).await?;
        let change = joined(ctx, tx, (&user, &tenant), self.membership.status).await?;
        let back = TakeBackMembership { user: user.id, tenant: tenant.id, unused: false };
        Ok(Applied::changed((), change.undo(&back)))
    }
}

impl UndoCommand for ReturnMembership {
    const KIND: &'static str = "add-membership";

    fn subject(&self) -> String {
        format!("{} {}", self.user, self.membership.tenant_id)
    }
}

/// What goes with a membership.
async fn leaving(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<ReturnMembership> {
    let inside = ctx.clone().working_in(Scope::Tenant(membership.tenant_id));
    let groups = groups::member_store::of_user(inside.tenant(), tx, membership.user_id, i64::MAX).await?;
    let grants = grants::store::all_of_user(tx, membership.user_id).await?;
    let kept = store::kept(tx, membership.user_id, Some(membership.tenant_id)).await?;
    Ok(ReturnMembership {
        user: membership.user_id,
        membership: kept.into_iter().next().ok_or(Error::NotFound("membership"))?,
        groups: groups.into_iter().map(|group| group.id).collect(),
        grants: grants.into_iter().filter(|grant| grant.tenant_id == Some(membership.tenant_id)).collect(),
    })
}

/// Removes somebody who joined; with `unused`, only if they got nothing since. Never their last membership.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TakeBackMembership {
    /// Whom.
    pub user: UserId,
    /// From which.
    pub tenant: TenantId,
    /// Only if they got nothing since.
    pub unused: bool,
}

impl Command for TakeBackMembership {
    const ACTION: Action = Action::RemoveMembership;
    type Done = ();

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let (tenant, membership) = both(ctx, tx, self.user, self.tenant).await?;
        let left = leaving(ctx, tx, &membership).await?;
        let untouched = left.groups.is_empty() && left.grants.is_empty();
        if self.unused && !untouched {
            return Err(Error::Stale);
        }
        if store::count_of_user(tx, self.user).await? <= 1 {
            return Err(Refused::OnlyMembership.into());
        }
        protect(ctx, tx, &membership).await?;
        let change = leave(ctx, tx, (&tenant, &membership)).await?;
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for TakeBackMembership {
    const KIND: &'static str = "remove-membership";

    fn subject(&self) -> String {
        format!("{} {}", self.user, self.tenant)
    }
}
