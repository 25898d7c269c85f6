//! Deleting a group, and bringing it back.

use serde::{Deserialize, Serialize};

use super::{
    closure,
    draft::Member,
    member_store,
    members::require_covers,
    read::require,
    store::{self, Group},
    verbs::taken,
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        deleted,
        engine::{
            administrators,
            what_if::{Effect, People, what_if},
        },
        error::{Error, Result},
        events::{self, Change},
        grants::{self, Grant},
        tenants,
        undo::Inverse,
        verb::Verb,
    },
    model::{
        id::{GroupId, TenantId},
        timestamp::Timestamp,
    },
};

/// A group as it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptGroup {
    tenant_id: TenantId,
    name: String,
    description: String,
    version: i64,
    created_at: Timestamp,
    members: Vec<Member>,
    inside_of: Vec<GroupId>,
    grants: Vec<Grant>,
}

/// Removes a group. Its members lose what it gave them.
pub async fn delete(ctx: &Ctx, id: GroupId, seen: i64) -> Result<Group> {
    ctx.require(Verb::DeleteGroup)?;
    let mut tx = ctx.begin().await?;
    let group = delete_in(ctx, &mut tx, id, seen).await?;
    tx.commit().await?;
    Ok(group)
}

/// What [`delete`] would do.
pub async fn what_if_deleted(ctx: &Ctx, id: GroupId, seen: i64) -> Result<Effect> {
    ctx.require(Verb::DeleteGroup)?;
    let dry = ctx.rehearsing();
    what_if(&dry, &People::Group(id).into(), async |tx| delete_in(&dry, tx, id, seen).await.map(drop)).await
}

/// [`delete`] within a larger change.
pub async fn delete_in(ctx: &Ctx, tx: &mut Tx, id: GroupId, seen: i64) -> Result<Group> {
    ctx.require(Verb::DeleteGroup)?;
    let group = require(ctx, tx, id).await?;
    if group.version != seen {
        return Err(Error::Stale);
    }
    require_covers(ctx, tx, id).await?;
    let watch = administrators::watch(ctx, tx).await?;
    if !ctx.is_rehearsal() {
        let kept = keep(tx, &group).await?;
        deleted::keep_group(ctx, tx, (id, &group.name), &kept).await?;
    }
    store::delete(tx, id).await?;
    watch.check(ctx, tx).await?;
    let change = Change::new(Verb::DeleteGroup, group.target()).of(Some(group.tenant_id)).before(group.state());
    events::record(ctx, tx, change.inverse(Inverse::RestoreGroup { group: id })).await?;
    Ok(group)
}

/// [`delete_in`] of a group that nobody used yet.
pub async fn delete_unused_in(ctx: &Ctx, tx: &mut Tx, id: GroupId, seen: i64) -> Result<()> {
    ctx.require(Verb::DeleteGroup)?;
    let group = require(ctx, tx, id).await?;
    let kept = keep(tx, &group).await?;
    match kept.members.is_empty() && kept.inside_of.is_empty() && kept.grants.is_empty() {
        true => delete_in(ctx, tx, id, seen).await.map(drop),
        false => Err(Error::Stale),
    }
}

async fn keep(tx: &mut Tx, group: &Group) -> Result<KeptGroup> {
    let people = member_store::every_user(tx, group.id).await?.into_iter().map(Member::User);
    let groups = member_store::children(tx, group.id, i64::MAX).await?.into_iter().map(|child| Member::Group(child.id));
    Ok(KeptGroup {
        tenant_id: group.tenant_id,
        name: group.name.clone(),
        description: group.description.clone(),
        version: group.version,
        created_at: group.created_at,
        members: people.chain(groups).collect(),
        inside_of: member_store::parents(tx, group.id, i64::MAX).await?.into_iter().map(|parent| parent.id).collect(),
        grants: grants::all_of_group(tx, group.id).await?,
    })
}

/// Brings a deleted group back, with the members and the access that are still there.
pub async fn restore_in(ctx: &Ctx, tx: &mut Tx, id: GroupId) -> Result<Group> {
    ctx.require(Verb::RestoreGroup)?;
    let kept: KeptGroup = deleted::take_group(tx, id).await?;
    let tenant = tenants::require(ctx, tx, kept.tenant_id).await?;
    let group = Group {
        id,
        tenant_id: tenant.id,
        tenant_name: tenant.name,
        name: kept.name,
        description: kept.description,
        version: kept.version + 1,
        created_at: kept.created_at,
    };
    if !store::insert(tx, &group).await? {
        return Err(taken());
    }
    for member in kept.members {
        if can_hold(ctx, tx, &group, member).await? {
            member_store::add(ctx, tx, id, member).await?;
        }
    }
    for outer in kept.inside_of {
        if store::find(ctx, tx, outer).await?.is_some() && !closure::contains(tx, id, outer).await? {
            member_store::add(ctx, tx, outer, Member::Group(id)).await?;
        }
    }
    grants::restore(tx, &kept.grants).await?;
    require_covers(ctx, tx, id).await?;
    let inverse = Inverse::DeleteGroup { group: id, version: group.version, unused: false };
    let change = Change::new(Verb::RestoreGroup, group.target()).of(Some(group.tenant_id)).after(group.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(group)
}

/// Whether a member is still there, and may still be in the group.
async fn can_hold(ctx: &Ctx, tx: &mut Tx, group: &Group, member: Member) -> Result<bool> {
    match member {
        Member::User(user) => tenants::is_member(tx, user, group.tenant_id).await,
        Member::Group(inner) => {
            Ok(store::find(ctx, tx, inner).await?.is_some() && !closure::contains(tx, inner, group.id).await?)
        }
    }
}
