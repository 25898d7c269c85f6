//! Making and changing groups.

use super::{
    draft::{Draft, GroupUpdate},
    read::require,
    store::{self, Group},
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        events::{self, Change},
        tenants,
        undo::Inverse,
        verb::Verb,
    },
    model::{error::FieldErrors, id::GroupId},
};

/// Makes a group.
pub async fn create(ctx: &Ctx, draft: Draft) -> Result<Group> {
    ctx.require(Verb::AddGroup)?;
    let mut tx = ctx.begin().await?;
    let found = match draft.tenant.or(ctx.tenant()) {
        Some(wanted) => tenants::require(ctx, &mut tx, wanted).await,
        None => Err(Error::NotFound("tenant")),
    };
    let tenant = found.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
    let group = Group {
        id: GroupId(ctx.id()),
        tenant_id: tenant.id,
        tenant_name: tenant.name,
        name: draft.name,
        description: draft.description,
        version: 1,
        created_at: ctx.now(),
    };
    if !store::insert(&mut tx, &group).await? {
        return Err(taken());
    }
    let inverse = Inverse::DeleteGroup { group: group.id, version: 1, unused: true };
    let change = Change::new(Verb::AddGroup, group.target()).of(Some(group.tenant_id)).after(group.state());
    events::record(ctx, &mut tx, change.inverse(inverse)).await?;
    tx.commit().await?;
    Ok(group)
}

pub(super) fn taken() -> Error {
    FieldErrors::one("name", "there is already a group of this name in the tenant").into()
}

/// Changes a group's name and description; refuses if somebody else changed it since.
pub async fn update(ctx: &Ctx, id: GroupId, update: &GroupUpdate) -> Result<Group> {
    ctx.require(Verb::UpdateGroup)?;
    let mut tx = ctx.begin().await?;
    let group = update_in(ctx, &mut tx, id, update).await?;
    tx.commit().await?;
    Ok(group)
}

/// [`update`] within a larger change.
pub async fn update_in(ctx: &Ctx, tx: &mut Tx, id: GroupId, update: &GroupUpdate) -> Result<Group> {
    ctx.require(Verb::UpdateGroup)?;
    let before = require(ctx, tx, id).await?;
    let same = (&before.name, &before.description) == (&update.name, &update.description);
    if same && before.version == update.version {
        return Ok(before);
    }
    let namesake = store::find_by_name(tx, before.tenant_id, &update.name).await?;
    if namesake.is_some_and(|group| group.id != id) {
        return Err(taken());
    }
    if !store::update(tx, id, update).await? {
        return Err(Error::Stale);
    }
    let after = require(ctx, tx, id).await?;
    let inverse = Inverse::UpdateGroup {
        group: id,
        version: after.version,
        name: before.name.clone(),
        description: before.description.clone(),
    };
    let change = Change::new(Verb::UpdateGroup, after.target()).of(Some(after.tenant_id)).inverse(inverse);
    events::record(ctx, tx, change.before(before.state()).after(after.state())).await?;
    Ok(after)
}
