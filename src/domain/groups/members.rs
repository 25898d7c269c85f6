//! Who comes into a group and who goes.

use serde_json::json;

use super::{
    closure,
    draft::{Member, Typed},
    member_store,
    read::require,
    store::Group,
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        engine::{
            self, administrators,
            what_if::{Affected, Effect, People, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change},
        tenants,
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{error::FieldErrors, fields::Fields, id::GroupId},
};

/// Nobody puts others where they get more than oneself has, or takes them away from there.
pub async fn require_covers(ctx: &Ctx, conn: &mut Conn, group: GroupId) -> Result<()> {
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
    what_if_member(&dry, (group, member), async |tx| add_in(&dry, tx, group, member).await.map(drop)).await
}

async fn what_if_member(
    ctx: &Ctx,
    (group, member): (GroupId, Member),
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Effect> {
    let people = match member {
        Member::User(user) => People::Users(vec![user]),
        Member::Group(inner) => People::Group(inner),
    };
    let mut conn = ctx.read().await?;
    let group = require(ctx, &mut conn, group).await?;
    let reaches = engine::holdings_of_group(&mut conn, group.id, ctx.now()).await?.anywhere();
    drop(conn);
    what_if(ctx, &Affected::by(people, reaches), change).await
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
            if closure::contains(tx, inner.id, group.id).await? {
                return Err(Refused::Cycle.into());
            }
            inner.name
        }
    };
    require_covers(ctx, tx, group.id).await?;
    let new = member_store::add(ctx, tx, group.id, member).await?;
    if new {
        let inverse = Inverse::RemoveFromGroup { group: group.id, member };
        let change = Change::new(Verb::AddToGroup, group.target()).of(Some(group.tenant_id)).about(member);
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
    what_if_member(&dry, (group, member), async |tx| remove_in(&dry, tx, group, member).await.map(drop)).await
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
    let watch = administrators::watch(ctx, tx).await?;
    if !member_store::remove(tx, group.id, member).await? {
        return Err(Error::NotFound("member"));
    }
    watch.check(ctx, tx).await?;
    let change = Change::new(Verb::RemoveFromGroup, group.target()).of(Some(group.tenant_id)).about(member);
    let inverse = Inverse::AddToGroup { group: group.id, member };
    events::record(ctx, tx, change.before(json!({ "member": name })).inverse(inverse)).await?;
    Ok(group)
}
