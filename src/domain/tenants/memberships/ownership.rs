//! A tenant's one owner.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{queries::both, store};
use crate::{
    db::Tx,
    domain::{
        access,
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        users,
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        tenant::MembershipStatus,
    },
};

/// Makes a member the owner; whoever was it is an ordinary member then.
#[derive(Clone, Copy, Debug)]
pub struct MakeOwner {
    /// Whom.
    pub user: UserId,
    /// Of which.
    pub tenant: TenantId,
}

impl Command for MakeOwner {
    const ACTION: Action = Action::MakeOwner;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        make(ctx, tx, (self.user, self.tenant), &[MembershipStatus::Active]).await
    }
}

/// Makes somebody the owner whose membership is in one of these states.
async fn make(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    among: &[MembershipStatus],
) -> Result<Applied<()>> {
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    if !among.contains(&membership.status) {
        return Err(FieldErrors::one("user", "only active members can own a tenant").into());
    }
    let before = store::owner(tx, tenant.id).await?;
    if before.as_ref().is_some_and(|(owner, _)| *owner == user) {
        return Ok(Applied::unchanged(()));
    }
    if let Some((owner, _)) = &before {
        may_end(ctx, tx, *owner).await?;
    }
    store::set_owner(tx, &membership).await?;
    let name = users::queries::require(ctx, tx, user).await?.display_name;
    let change = Change::new(Action::MakeOwner, tenant.target()).of(Some(tenant.id)).about(user);
    let change = change.after(json!({ "owner": name }));
    Ok(Applied::changed(
        (),
        match before {
            Some((owner, name)) => {
                let back = ReturnOwnership { user: owner, tenant: tenant.id, instead_of: Some(user) };
                change.before(json!({ "owner": name })).undo(&back)
            }
            None => change.undo(&EndOwnership { user, tenant: tenant.id }),
        },
    ))
}

/// Makes a member the owner of a tenant that has none: whoever becomes its first administrator (contract 000, rule 6). Their
/// membership may wait for them: a tenant's first user has nobody else who could own it meanwhile (contract 004, rule 11).
#[derive(Clone, Copy, Debug)]
pub struct MakeFirstOwner {
    /// Whom.
    pub user: UserId,
    /// Of which.
    pub tenant: TenantId,
}

impl Command for MakeFirstOwner {
    const ACTION: Action = Action::MakeOwner;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        match store::owner(tx, self.tenant).await? {
            Some(_) => Ok(Applied::unchanged(())),
            None => {
                make(ctx, tx, (self.user, self.tenant), &[MembershipStatus::Active, MembershipStatus::Pending]).await
            }
        }
    }
}

/// Ownership protects, so it is taken from somebody else only by whoever could touch them anyway.
async fn may_end(ctx: &Ctx, tx: &mut Tx, owner: UserId) -> Result<()> {
    match ctx.user_id() == Some(owner) {
        true => Ok(()),
        false => ctx.require_covers(&access::load::potential(tx, owner, ctx.now()).await?),
    }
}

/// Makes the owner of before the owner again, if whoever came instead, or nobody, still is it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ReturnOwnership {
    user: UserId,
    tenant: TenantId,
    instead_of: Option<UserId>,
}

impl Command for ReturnOwnership {
    const ACTION: Action = Action::MakeOwner;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let now = store::owner(tx, self.tenant).await?.map(|(owner, _)| owner);
        match now == self.instead_of {
            true => MakeOwner { user: self.user, tenant: self.tenant }.apply(ctx, tx).await,
            false => Err(Error::Stale),
        }
    }
}

impl UndoCommand for ReturnOwnership {
    const KIND: &'static str = "make-owner";

    fn subject(&self) -> String {
        format!("{} {}", self.user, self.tenant)
    }
}

/// Leaves a tenant without an owner, as it was before `user` became the first, if they still are it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EndOwnership {
    user: UserId,
    tenant: TenantId,
}

impl Command for EndOwnership {
    const ACTION: Action = Action::EndOwnership;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = self.user;
        let (tenant, membership) = both(ctx, tx, user, self.tenant).await?;
        if !membership.is_owner {
            return Err(Error::Stale);
        }
        may_end(ctx, tx, user).await?;
        store::set_no_owner(tx, tenant.id).await?;
        let name = users::queries::require(ctx, tx, user).await?.display_name;
        let change = Change::new(Self::ACTION, tenant.target())
            .of(Some(tenant.id))
            .about(user)
            .before(json!({ "owner": name }))
            .undo(&ReturnOwnership { user, tenant: tenant.id, instead_of: None });
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for EndOwnership {
    const KIND: &'static str = "end-ownership";

    fn subject(&self) -> String {
        format!("{} {}", self.user, self.tenant)
    }
}
