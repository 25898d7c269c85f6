//! What is done with groups.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    draft::{Draft, GroupUpdate, Member, Typed},
    store::{self, Group, GroupRef, Inherited, Listed, MemberView},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        deleted,
        engine::{
            self, administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change},
        grants::{self, Grant},
        keyset::{self, Place},
        parse::like,
        tenants,
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        fields::Fields,
        id::{GroupId, TenantId, UserId},
        page::Page,
        timestamp::Timestamp,
    },
};

/// One page of the groups that can be seen from where the caller works, by name.
pub async fn list(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    ctx.require(Verb::ListGroups)?;
    let place = Place::decode(after, GroupId(uuid::Uuid::nil()));
    let (rows, total) = store::page(ctx, &mut ctx.read().await?, &place, &like(search)).await?;
    Ok(keyset::page(rows, total, |group| Place { name: group.name.clone(), id: group.id }))
}

/// The group with this id.
pub async fn read(ctx: &Ctx, id: GroupId) -> Result<Group> {
    ctx.require(Verb::ReadGroup)?;
    require(ctx, &mut ctx.read().await?, id).await
}

/// The group with this id, which must be there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: GroupId) -> Result<Group> {
    store::find(ctx, conn, id).await?.ok_or(Error::NotFound("group"))
}

/// The group of this name in a tenant, for tests and the command line.
pub async fn by_name(ctx: &Ctx, tenant: TenantId, name: &str) -> Result<Option<Group>> {
    ctx.require(Verb::ReadGroup)?;
    store::find_by_name(&mut ctx.read().await?, tenant, name).await
}

/// One page of the people directly in a group, by name.
pub async fn members(ctx: &Ctx, id: GroupId, after: &str) -> Result<Page<MemberView>> {
    ctx.require(Verb::ReadGroup)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    let (rows, total) = store::members(&mut conn, id, &Place::decode(after, nobody())).await?;
    Ok(keyset::page(rows, total, |member| Place { name: member.name_key.clone(), id: member.id }))
}

/// One page of the people who are in a group through other groups only, by name.
pub async fn inherited(ctx: &Ctx, id: GroupId, after: &str) -> Result<Page<Inherited>> {
    ctx.require(Verb::ReadGroup)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    let (rows, total) = store::inherited(&mut conn, id, &Place::decode(after, nobody())).await?;
    Ok(keyset::page(rows, total, |member| Place { name: member.name_key.clone(), id: member.id }))
}

const fn nobody() -> UserId {
    UserId(uuid::Uuid::nil())
}

/// Groups next to a group.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// Directly in it.
    pub inside: Vec<GroupRef>,
    /// That it is directly in.
    pub outside: Vec<GroupRef>,
}

/// Groups directly in a group, and groups that it is directly in.
pub async fn neighbours(ctx: &Ctx, id: GroupId) -> Result<Neighbours> {
    ctx.require(Verb::ReadGroup)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    Ok(Neighbours { inside: store::children(&mut conn, id).await?, outside: store::parents(&mut conn, id).await? })
}

/// Groups that a user is directly in.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<Vec<GroupRef>> {
    ctx.require(Verb::ReadUser)?;
    let mut conn = ctx.read().await?;
    users::require(ctx, &mut conn, user).await?;
    store::of_user(ctx, &mut conn, user).await
}

/// Makes a group.
pub async fn create(ctx: &Ctx, draft: Draft) -> Result<Group> {
    ctx.require(Verb::AddGroup)?;
    let mut tx = ctx.begin().await?;
    let wanted = draft.tenant.or(ctx.tenant()).ok_or_else(choose_tenant)?;
    let tenant = tenants::require(ctx, &mut tx, wanted).await.map_err(|_| choose_tenant())?;
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

fn choose_tenant() -> Error {
    FieldErrors::one("tenant", "choose a tenant of the list").into()
}

fn taken() -> Error {
    FieldErrors::one("name", "there is already a group of this name in the tenant").into()
}

/// Changes a group's name and description; refuses if somebody else changed it since.
pub async fn update(ctx: &Ctx, id: GroupId, update: &GroupUpdate) -> Result<Group> {
    let mut tx = ctx.begin().await?;
    let group = update_in(ctx, &mut tx, id, update).await?;
    tx.commit().await?;
    Ok(group)
}

/// [`update`] within a larger change.
pub async fn update_in(ctx: &Ctx, tx: &mut Tx, id: GroupId, update: &GroupUpdate) -> Result<Group> {
    ctx.require(Verb::UpdateGroup)?;
    let before = require(ctx, tx, id).await?;
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
    what_if(&dry, Affected::Group(id), async |tx| delete_in(&dry, tx, id, seen).await.map(drop)).await
}

/// [`delete`] within a larger change.
pub async fn delete_in(ctx: &Ctx, tx: &mut Tx, id: GroupId, seen: i64) -> Result<Group> {
    ctx.require(Verb::DeleteGroup)?;
    let group = require(ctx, tx, id).await?;
    if group.version != seen {
        return Err(Error::Stale);
    }
    require_covers(ctx, tx, id).await?;
    let watch = administrators::watch(tx, ctx.now()).await?;
    let kept = keep(tx, &group).await?;
    deleted::keep_group(ctx, tx, (id, &group.name), &kept).await?;
    store::delete(tx, id).await?;
    watch.check(tx, ctx.now()).await?;
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
    let people = store::every_user(tx, group.id).await?.into_iter().map(Member::User);
    let groups = store::children(tx, group.id).await?.into_iter().map(|child| Member::Group(child.id));
    Ok(KeptGroup {
        tenant_id: group.tenant_id,
        name: group.name.clone(),
        description: group.description.clone(),
        version: group.version,
        created_at: group.created_at,
        members: people.chain(groups).collect(),
        inside_of: store::parents(tx, group.id).await?.into_iter().map(|parent| parent.id).collect(),
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
        return Err(Refused::ChangedSince.into());
    }
    for member in kept.members {
        if can_hold(ctx, tx, &group, member).await? {
            store::add(ctx, tx, id, member).await?;
        }
    }
    for outer in kept.inside_of {
        if store::find(ctx, tx, outer).await?.is_some() && !store::contains(tx, id, outer).await? {
            store::add(ctx, tx, outer, Member::Group(id)).await?;
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
            Ok(store::find(ctx, tx, inner).await?.is_some() && !store::contains(tx, inner, group.id).await?)
        }
    }
}

/// Nobody puts others where they get more than oneself has, or takes them away from there.
async fn require_covers(ctx: &Ctx, conn: &mut Conn, group: GroupId) -> Result<()> {
    ctx.require_covers(&engine::holdings_of_group(conn, group, ctx.now()).await?)
}

/// Puts a person or a group, as typed, into a group. Doing it twice is not an error.
pub async fn add(ctx: &Ctx, group: GroupId, fields: &Fields) -> Result<Group> {
    ctx.require(Verb::AddToGroup)?;
    let mut tx = ctx.begin().await?;
    let member = resolve(ctx, &mut tx, fields).await?;
    let (group, _) = add_in(ctx, &mut tx, group, member).await?;
    tx.commit().await?;
    Ok(group)
}

/// What [`add`] would do.
pub async fn what_if_added(ctx: &Ctx, group: GroupId, fields: &Fields) -> Result<Effect> {
    ctx.require(Verb::AddToGroup)?;
    let dry = ctx.rehearsing();
    let member = resolve(ctx, &mut ctx.read().await?, fields).await?;
    what_if_member(&dry, member, async |tx| add_in(&dry, tx, group, member).await.map(drop)).await
}

async fn what_if_member(ctx: &Ctx, member: Member, change: impl AsyncFnOnce(&mut Tx) -> Result<()>) -> Result<Effect> {
    match member {
        Member::User(user) => what_if(ctx, Affected::Users(&[user]), change).await,
        Member::Group(inner) => what_if(ctx, Affected::Group(inner), change).await,
    }
}

async fn resolve(ctx: &Ctx, conn: &mut Conn, fields: &Fields) -> Result<Member> {
    match Typed::parse(fields)? {
        Typed::Known(member) => Ok(member),
        Typed::Login(login) => {
            let user = users::find_by_login(ctx, conn, &login).await?;
            let user = user.ok_or_else(|| FieldErrors::one("email", "nobody here signs in with this address"))?;
            Ok(Member::User(user.id))
        }
    }
}

/// [`add`] within a larger change; says whether the member is new.
pub async fn add_in(ctx: &Ctx, tx: &mut Tx, group: GroupId, member: Member) -> Result<(Group, bool)> {
    ctx.require(Verb::AddToGroup)?;
    let group = require(ctx, tx, group).await?;
    let name = match member {
        Member::User(user) => {
            let user = users::require(ctx, tx, user).await?;
            if !tenants::is_member(tx, user.id, group.tenant_id).await? {
                let message = format!("they don't belong to {}; add them to the tenant first", group.tenant_name);
                return Err(FieldErrors::one("email", message).into());
            }
            user.display_name
        }
        Member::Group(inner) => {
            let inner = require(ctx, tx, inner).await?;
            if inner.tenant_id != group.tenant_id {
                return Err(FieldErrors::one("member_group", "choose a group of the same tenant").into());
            }
            if store::contains(tx, inner.id, group.id).await? {
                return Err(Refused::Cycle.into());
            }
            inner.name
        }
    };
    require_covers(ctx, tx, group.id).await?;
    let new = store::add(ctx, tx, group.id, member).await?;
    if new {
        let inverse = Inverse::RemoveFromGroup { group: group.id, member };
        let change = Change::new(Verb::AddToGroup, group.target()).of(Some(group.tenant_id));
        events::record(ctx, tx, change.after(json!({ "member": name })).inverse(inverse)).await?;
    }
    Ok((group, new))
}

/// Takes a person or a group out of a group.
pub async fn remove(ctx: &Ctx, group: GroupId, member: Member) -> Result<Group> {
    ctx.require(Verb::RemoveFromGroup)?;
    let mut tx = ctx.begin().await?;
    let group = remove_in(ctx, &mut tx, group, member).await?;
    tx.commit().await?;
    Ok(group)
}

/// What [`remove`] would do.
pub async fn what_if_removed(ctx: &Ctx, group: GroupId, member: Member) -> Result<Effect> {
    ctx.require(Verb::RemoveFromGroup)?;
    let dry = ctx.rehearsing();
    what_if_member(&dry, member, async |tx| remove_in(&dry, tx, group, member).await.map(drop)).await
}

/// [`remove`] within a larger change.
pub async fn remove_in(ctx: &Ctx, tx: &mut Tx, group: GroupId, member: Member) -> Result<Group> {
    ctx.require(Verb::RemoveFromGroup)?;
    let group = require(ctx, tx, group).await?;
    require_covers(ctx, tx, group.id).await?;
    let name = match member {
        Member::User(user) => users::require(ctx, tx, user).await?.display_name,
        Member::Group(inner) => require(ctx, tx, inner).await?.name,
    };
    let watch = administrators::watch(tx, ctx.now()).await?;
    if !store::remove(tx, group.id, member).await? {
        return Err(Error::NotFound("member"));
    }
    watch.check(tx, ctx.now()).await?;
    let change = Change::new(Verb::RemoveFromGroup, group.target()).of(Some(group.tenant_id));
    let inverse = Inverse::AddToGroup { group: group.id, member };
    events::record(ctx, tx, change.before(json!({ "member": name })).inverse(inverse)).await?;
    Ok(group)
}
