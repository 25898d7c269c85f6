//! What is asked about groups.

use super::{
    input::NewMember,
    member_store::{self, GroupRef, Inherited, MemberView},
    store::{self, Group, Listed},
};
use crate::{
    db::Conn,
    domain::{
        access,
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        keyset::{self, Place},
        names::words::Words,
        users::{self, store::User},
    },
    model::{
        error::FieldErrors,
        id::{GroupId, TenantId, UserId},
        page::{Limited, Numbered, Page},
        principal::Principal,
    },
};

/// One page of the groups that can be seen from where the caller works, by name.
pub async fn list(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    ctx.require(Action::ListGroups)?;
    let place = Place::decode(after, GroupId(uuid::Uuid::nil()));
    let (rows, total) = store::page(ctx.tenant(), &mut *ctx.read().await?, &place, &Words::of(search)).await?;
    Ok(keyset::page(rows, total, |group| Place { name: group.name_key.clone(), id: group.id }))
}

/// A page of the groups of the tenant where the caller works, the oldest first, and how many there are.
pub async fn by_creation(ctx: &Ctx, tenant: TenantId, page: Numbered) -> Result<(Vec<Group>, i64)> {
    ctx.require(Action::ListGroups)?;
    Ok(store::by_creation(&mut *ctx.read().await?, tenant, page).await?)
}

/// The group with this id.
pub async fn read(ctx: &Ctx, id: GroupId) -> Result<Group> {
    ctx.require(Action::ReadGroup)?;
    require(ctx, &mut *ctx.read().await?, id).await
}

/// The group with this id, which must be there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: GroupId) -> Result<Group> {
    store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("group"))
}

/// One page of the people directly in a group, by name.
pub async fn members(ctx: &Ctx, id: GroupId, after: &str) -> Result<Page<MemberView>> {
    ctx.require(Action::ReadGroup)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    let (rows, total) = member_store::members(&mut conn, id, &Place::decode(after, nobody())).await?;
    Ok(keyset::page(rows, total, |member| Place { name: member.name_key.clone(), id: member.id }))
}

/// One page of the people who are in a group through other groups only, by name.
pub async fn inherited(ctx: &Ctx, id: GroupId, after: &str) -> Result<Page<Inherited>> {
    ctx.require(Action::ReadGroup)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    let (rows, total) = member_store::inherited(&mut conn, id, &Place::decode(after, nobody())).await?;
    Ok(keyset::page(rows, total, |member| Place { name: member.name_key.clone(), id: member.id }))
}

const fn nobody() -> UserId {
    UserId(uuid::Uuid::nil())
}

/// Groups next to a group.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// Directly in it.
    pub inside: Limited<GroupRef>,
    /// That it is directly in.
    pub outside: Limited<GroupRef>,
}

/// Groups directly in a group, and groups that it is directly in.
pub async fn neighbours(ctx: &Ctx, id: GroupId) -> Result<Neighbours> {
    ctx.require(Action::ReadGroup)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    Ok(Neighbours {
        inside: keyset::limited(member_store::children(&mut conn, id, keyset::LIMIT + 1).await?),
        outside: keyset::limited(member_store::parents(&mut conn, id, keyset::LIMIT + 1).await?),
    })
}

/// Groups that a user whom the caller sees is directly in.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Limited<GroupRef>> {
    ctx.require(Action::ReadUser)?;
    Ok(keyset::limited(member_store::of_user(ctx.tenant(), conn, user.id, keyset::LIMIT + 1).await?))
}

/// Nobody puts others where they get more than oneself has, or takes them away from there.
pub async fn require_not_above_caller(ctx: &Ctx, conn: &mut Conn, group: GroupId) -> Result<()> {
    ctx.require_covers(&access::load::effective_of_group(conn, group, ctx.now()).await?)
}

/// Whoever is meant by what was typed, as seen from where the caller works.
pub async fn resolve(ctx: &Ctx, member: NewMember) -> Result<Principal> {
    ctx.require(Action::AddToGroup)?;
    match member {
        NewMember::Known(member) => Ok(member),
        NewMember::Login(login) => {
            let user = users::store::find_by_login(ctx.tenant(), &mut *ctx.read().await?, &login).await?;
            let user = user.ok_or_else(|| FieldErrors::one("email", "nobody here signs in with this address"))?;
            Ok(Principal::User(user.id))
        }
    }
}

/// Why a group can't have a name.
pub fn taken() -> Error {
    FieldErrors::taken("name", "there is already a group of this name in the tenant").into()
}
