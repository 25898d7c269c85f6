//! What is done with roles.

use super::{
    draft::{Draft, RoleUpdate, Rollback},
    store::{self, Listed, Role, RoleChoice},
    versions::{self, Version},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        deleted,
        engine::{
            Holdings, administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change},
        grants,
        keyset::{self, Place},
        names::Words,
        ulid,
        undo::Inverse,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::RoleId,
        page::{First, Page},
    },
};

/// One page of the roles that can be seen from where the caller works, by name.
pub async fn list(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    ctx.require(Verb::ListRoles)?;
    let place = Place::decode(after, RoleId(String::new()));
    let (rows, total) = store::page(ctx, &mut ctx.read().await?, &place, &Words::of(search)).await?;
    Ok(keyset::page(rows, total, |role| Place { name: role.name_key.clone(), id: role.id.clone() }))
}

/// Roles that can be seen from where the caller works, to choose from on a form, by name.
pub async fn choices(ctx: &Ctx) -> Result<First<RoleChoice>> {
    ctx.require(Verb::ListRoles)?;
    Ok(keyset::first(store::choices(ctx, &mut ctx.read().await?, ctx.tenant().is_none()).await?))
}

/// Roles that can be given where the caller works: a tenant's own only inside it.
pub async fn choices_here(ctx: &Ctx) -> Result<First<RoleChoice>> {
    ctx.require(Verb::ListRoles)?;
    Ok(keyset::first(store::choices(ctx, &mut ctx.read().await?, false).await?))
}

/// The role with this id.
pub async fn read(ctx: &Ctx, id: &RoleId) -> Result<Role> {
    ctx.require(Verb::ReadRole)?;
    require(ctx, &mut ctx.read().await?, id).await
}

/// The role with this id, which must be there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: &RoleId) -> Result<Role> {
    store::find(ctx, conn, id).await?.ok_or(Error::NotFound("role"))
}

/// Versions of a role before `before`, newest first, and whether there are older ones.
pub async fn versions(ctx: &Ctx, id: &RoleId, before: Option<i64>) -> Result<(Role, Vec<Version>, bool)> {
    ctx.require(Verb::ReadRole)?;
    let mut conn = ctx.read().await?;
    let role = require(ctx, &mut conn, id).await?;
    let mut rows = versions::versions(&mut conn, id, before.unwrap_or(i64::MAX)).await?;
    let more = rows.len() as i64 > keyset::PAGE;
    rows.truncate(keyset::PAGE as usize);
    Ok((role, rows, more))
}

/// One version of a role.
pub async fn version(ctx: &Ctx, id: &RoleId, version: i64) -> Result<Version> {
    ctx.require(Verb::ReadRole)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    versions::version(&mut conn, id, version).await?.ok_or(Error::NotFound("version"))
}

/// Makes a role where the caller works.
pub async fn create(ctx: &Ctx, draft: Draft) -> Result<Role> {
    ctx.require(Verb::AddRole)?;
    let mut tx = ctx.begin().await?;
    let role = create_in(ctx, &mut tx, draft).await?;
    tx.commit().await?;
    Ok(role)
}

/// [`create`] within a larger change.
pub async fn create_in(ctx: &Ctx, tx: &mut Tx, draft: Draft) -> Result<Role> {
    ctx.require(Verb::AddRole)?;
    ctx.require_covers(&Holdings::of(ctx.scope, draft.permissions()))?;
    let number = store::next_number(tx).await?;
    let role = Role::new((ulid::new_role(ctx), number), ctx.tenant(), &draft);
    insert(ctx, tx, &role, &draft).await?;
    let role = require(ctx, tx, &role.id).await?;
    let inverse = Inverse::DeleteRole { role: role.id.clone(), version: role.version, unused: true };
    let change = Change::new(Verb::AddRole, role.target()).of(role.tenant_id).after(role.state()).inverse(inverse);
    events::record(ctx, tx, change).await?;
    Ok(role)
}

async fn insert(ctx: &Ctx, tx: &mut Tx, role: &Role, draft: &Draft) -> Result<()> {
    if !store::insert(ctx, tx, role).await? {
        return Err(taken());
    }
    store::set_patterns(tx, &role.id, &draft.patterns).await?;
    versions::keep_version(ctx, tx, &role.id, draft).await
}

fn taken() -> Error {
    FieldErrors::one("name", "there is already a role of this name").into()
}

/// Built-in roles never change, and those of the installation only from outside of tenants.
fn require_changeable(ctx: &Ctx, role: &Role) -> Result<()> {
    if role.builtin {
        return Err(Refused::BuiltIn.into());
    }
    match ctx.tenant().is_some() && role.tenant_id.is_none() {
        true => Err(Refused::OfInstallation.into()),
        false => Ok(()),
    }
}

/// Changes a role; refuses if somebody else changed it since `update.version`. What changes nothing makes no version.
pub async fn update(ctx: &Ctx, id: &RoleId, update: RoleUpdate) -> Result<Role> {
    ctx.require(Verb::UpdateRole)?;
    let mut tx = ctx.begin().await?;
    let role = update_in(ctx, &mut tx, id, &update).await?;
    tx.commit().await?;
    Ok(role)
}

/// What [`update`] would do.
pub async fn what_if_updated(ctx: &Ctx, id: &RoleId, update: RoleUpdate) -> Result<Effect> {
    ctx.require(Verb::UpdateRole)?;
    let dry = ctx.rehearsing();
    what_if(&dry, Affected::Role(id), async |tx| update_in(&dry, tx, id, &update).await.map(drop)).await
}

async fn update_in(ctx: &Ctx, tx: &mut Tx, id: &RoleId, update: &RoleUpdate) -> Result<Role> {
    let before = require(ctx, tx, id).await?;
    require_changeable(ctx, &before)?;
    if before.version != update.version {
        return Err(Error::Stale);
    }
    let draft = &update.draft;
    if draft.says_the_same_as(&before) {
        return Ok(before);
    }
    let (old, new) = (before.permissions(), draft.permissions());
    ctx.require_covers(&Holdings::of(before.scope(), old.minus(new).union(new.minus(old))))?;
    let namesake = store::find_by_name(tx, &draft.name, before.scope()).await?;
    if namesake.is_some_and(|role| role.id != before.id) {
        return Err(taken());
    }
    let watch = administrators::watch(ctx, tx).await?;
    if !store::update(tx, id, draft, update.version).await? {
        return Err(Error::Stale);
    }
    store::set_patterns(tx, id, &draft.patterns).await?;
    versions::keep_version(ctx, tx, id, draft).await?;
    watch.check(ctx, tx).await?;
    let after = require(ctx, tx, id).await?;
    let inverse = Inverse::SetRole { role: id.clone(), version: after.version, to: before.version };
    let change = Change::new(Verb::UpdateRole, after.target()).of(after.tenant_id).inverse(inverse);
    let mut state = after.state();
    if let Some(map) = state.as_object_mut().filter(|_| !draft.reason.is_empty()) {
        map.insert("reason".into(), draft.reason.clone().into());
    }
    events::record(ctx, tx, change.before(before.state()).after(state)).await?;
    Ok(after)
}

/// Makes a role what it was at an earlier version, as a new version.
pub async fn roll_back(ctx: &Ctx, id: &RoleId, back: &Rollback) -> Result<Role> {
    ctx.require(Verb::UpdateRole)?;
    let mut tx = ctx.begin().await?;
    let role = roll_back_in(ctx, &mut tx, id, back).await?;
    tx.commit().await?;
    Ok(role)
}

async fn roll_back_in(ctx: &Ctx, tx: &mut Tx, id: &RoleId, back: &Rollback) -> Result<Role> {
    require(ctx, tx, id).await?;
    let old = versions::version(tx, id, back.to).await?.ok_or(Error::NotFound("version"))?;
    let reason = match back.reason.as_str() {
        "" => format!("Back to version {}", back.to),
        reason => reason.to_owned(),
    };
    let draft = Draft { reason, ..Draft::from(&old) };
    update_in(ctx, tx, id, &RoleUpdate { draft, version: back.version }).await
}

/// [`roll_back`] within a larger change.
pub async fn set_to_version_in(ctx: &Ctx, tx: &mut Tx, (id, to): (&RoleId, i64), seen: i64) -> Result<Role> {
    ctx.require(Verb::UpdateRole)?;
    roll_back_in(ctx, tx, id, &Rollback { to, version: seen, reason: String::new() }).await
}

/// Removes a role and takes it from everybody who holds it.
pub async fn delete(ctx: &Ctx, id: &RoleId, seen: i64) -> Result<Role> {
    ctx.require(Verb::DeleteRole)?;
    let mut tx = ctx.begin().await?;
    let role = delete_in(ctx, &mut tx, id, seen).await?;
    tx.commit().await?;
    Ok(role)
}

/// What [`delete`] would do: who holds the role, and what they lose.
pub async fn what_if_deleted(ctx: &Ctx, id: &RoleId, seen: i64) -> Result<Effect> {
    ctx.require(Verb::DeleteRole)?;
    let dry = ctx.rehearsing();
    what_if(&dry, Affected::Role(id), async |tx| delete_in(&dry, tx, id, seen).await.map(drop)).await
}

/// [`delete`] within a larger change.
pub async fn delete_in(ctx: &Ctx, tx: &mut Tx, id: &RoleId, seen: i64) -> Result<Role> {
    ctx.require(Verb::DeleteRole)?;
    let role = require(ctx, tx, id).await?;
    require_changeable(ctx, &role)?;
    if role.version != seen {
        return Err(Error::Stale);
    }
    ctx.require_covers(&Holdings::of(role.scope(), role.permissions()))?;
    let watch = administrators::watch(ctx, tx).await?;
    deleted::keep_role(ctx, tx, &role).await?;
    store::delete(tx, id).await?;
    watch.check(ctx, tx).await?;
    let change = Change::new(Verb::DeleteRole, role.target()).of(role.tenant_id).before(role.state());
    events::record(ctx, tx, change.inverse(Inverse::RestoreRole { role: id.clone() })).await?;
    Ok(role)
}

/// [`delete_in`] of a role that was given to nobody yet.
pub async fn delete_unused_in(ctx: &Ctx, tx: &mut Tx, id: &RoleId, seen: i64) -> Result<()> {
    ctx.require(Verb::DeleteRole)?;
    match grants::is_given(tx, id).await? {
        false => delete_in(ctx, tx, id, seen).await.map(drop),
        true => Err(Error::Stale),
    }
}

/// Brings a deleted role back, with the grants whose holders are still there.
pub async fn restore_in(ctx: &Ctx, tx: &mut Tx, id: &RoleId) -> Result<Role> {
    ctx.require(Verb::RestoreRole)?;
    let kept = deleted::take_role(tx, id).await?;
    if ctx.tenant().is_some() && ctx.tenant() != kept.tenant_id {
        return Err(Error::NotFound("role"));
    }
    let draft =
        Draft { name: kept.name, description: kept.description, patterns: kept.patterns, reason: "Restored".into() };
    ctx.require_covers(&Holdings::of(kept.tenant_id.into(), draft.permissions()))?;
    let number = match kept.number {
        Some(number) => number,
        None => store::next_number(tx).await?,
    };
    let mut role = Role::new((id.clone(), number), kept.tenant_id, &draft);
    role.version = kept.version + 1;
    insert(ctx, tx, &role, &draft).await?;
    deleted::give_back(tx, id).await?;
    let role = require(ctx, tx, id).await?;
    let inverse = Inverse::DeleteRole { role: id.clone(), version: role.version, unused: false };
    let change = Change::new(Verb::RestoreRole, role.target()).of(role.tenant_id).after(role.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(role)
}
