//! Going out of a tenant, and back.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    both,
    joining::joined,
    protect, require,
    store::{self, KeptMembership, Membership},
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine::{
            administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change},
        grants::{self, Grant},
        groups::{self, Member},
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{
        id::{GroupId, TenantId, UserId},
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
pub async fn remove(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<Removed> {
    ctx.require(Verb::RemoveMembership)?;
    let mut tx = ctx.begin().await?;
    let removed = remove_in(ctx, &mut tx, user, tenant).await?;
    tx.commit().await?;
    Ok(removed)
}

/// What [`remove`] would do.
pub async fn what_if_removed(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<(Effect, Removed)> {
    ctx.require(Verb::RemoveMembership)?;
    let dry = ctx.rehearsing();
    let effect =
        what_if(&dry, &Affected::user(user), async |tx| remove_in(&dry, tx, user, tenant).await.map(drop)).await?;
    let last = store::count_of_user(&mut ctx.read().await?, user).await? <= 1;
    Ok((effect, if last { Removed::Deleted } else { Removed::Left }))
}

/// A membership as it was, with what hung on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Left {
    user: UserId,
    membership: KeptMembership,
    groups: Vec<GroupId>,
    grants: Vec<Grant>,
}

impl Left {
    /// Who left.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }
}

/// Brings somebody back who left, into the same groups and with the same access.
pub async fn return_in(ctx: &Ctx, tx: &mut Tx, left: Left) -> Result<()> {
    ctx.require(Verb::AddMembership)?;
    let tenant = require(ctx, tx, left.membership.tenant_id).await?;
    // Whoever left can't be seen from inside any more.
    let user = users::require(&ctx.clone().working_in(Scope::Everywhere), tx, left.user).await?;
    if !store::put_back(tx, user.id, &left.membership).await? {
        return Err(Error::Stale);
    }
    for group in left.groups {
        match groups::require(ctx, tx, group).await {
            Ok(_) => {}
            Err(Error::NotFound(_)) => continue,
            Err(other) => return Err(other),
        }
        groups::require_covers(ctx, tx, group).await?;
        groups::add_member(ctx, tx, group, Member::User(user.id)).await?;
    }
    grants::restore(tx, &left.grants).await?;
    joined(ctx, tx, (&user, &tenant), (left.membership.status, false)).await
}

/// [`remove`] within a larger change.
pub async fn remove_in(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<Removed> {
    ctx.require(Verb::RemoveMembership)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    protect(ctx, tx, &membership).await?;
    if store::count_of_user(tx, user).await? == 1 {
        users::delete_in(ctx, tx, user).await?;
        return Ok(Removed::Deleted);
    }
    let left = leaving(ctx, tx, &membership).await?;
    for group in &left.groups {
        groups::require_covers(ctx, tx, *group).await?;
    }
    let name = users::require(ctx, tx, user).await?.display_name;
    let watch = administrators::watch(ctx, tx).await?;
    store::delete(tx, &membership).await?;
    watch.check(ctx, tx).await?;
    let inverse = Inverse::AddMembership(Box::new(left));
    let change = Change::new(Verb::RemoveMembership, tenant.target()).of(Some(tenant.id)).about(user).inverse(inverse);
    events::record(ctx, tx, change.before(json!({ "member": name, "status": membership.status }))).await?;
    Ok(Removed::Left)
}

/// What goes with a membership.
async fn leaving(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<Left> {
    let inside = ctx.clone().working_in(Scope::Tenant(membership.tenant_id));
    let groups = groups::groups_of_user(&inside, tx, membership.user_id, i64::MAX).await?;
    let grants = grants::all_of_user(tx, membership.user_id).await?;
    let kept = store::kept(tx, membership.user_id, Some(membership.tenant_id)).await?;
    Ok(Left {
        user: membership.user_id,
        membership: kept.into_iter().next().ok_or(Error::NotFound("membership"))?,
        groups: groups.into_iter().map(|group| group.id).collect(),
        grants: grants.into_iter().filter(|grant| grant.tenant_id == Some(membership.tenant_id)).collect(),
    })
}

/// Removes somebody who joined; with `unused`, only if they got nothing since. Never their last membership.
pub async fn remove_again_in(ctx: &Ctx, tx: &mut Tx, (user, tenant): (UserId, TenantId), unused: bool) -> Result<()> {
    ctx.require(Verb::RemoveMembership)?;
    let (_, membership) = both(ctx, tx, user, tenant).await?;
    let left = leaving(ctx, tx, &membership).await?;
    let untouched = left.groups.is_empty() && left.grants.is_empty();
    if unused && !untouched {
        return Err(Error::Stale);
    }
    match store::count_of_user(tx, user).await? {
        ..=1 => Err(Refused::OnlyMembership.into()),
        _ => remove_in(ctx, tx, user, tenant).await.map(drop),
    }
}
