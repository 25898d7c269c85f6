//! The SQL of groups.

use sqlx::{query_as, query_scalar};

use super::draft::Member;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::Result,
        events::Target,
        keyset::{PAGE, Place},
    },
    model::{
        id::{GroupId, GroupMemberId, TenantId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    LIST = "select g.id, g.name, g.description, g.tenant_id, t.name as tenant_name,
            (select count(*) from group_members m where m.group_id = g.id and m.user_id is not null) as people,
            (select count(*) from group_members m where m.group_id = g.id and m.member_group_id is not null) as groups,
            (select count(*) from grants x where x.group_id = g.id) as grants
        from groups g join tenants t on t.id = g.tenant_id
        where (g.name, g.id) > ($1, $2) and (cast($3 as uuid) is null or g.tenant_id = $3)
            and lower(g.name) like $4 escape '\\'
        order by g.name, g.id limit $5";
    COUNT = "select count(*) from groups
        where (cast($1 as uuid) is null or tenant_id = $1) and lower(name) like $2 escape '\\'";
    FIND = "select g.id, g.tenant_id, t.name as tenant_name, g.name, g.description, g.version, g.created_at
        from groups g join tenants t on t.id = g.tenant_id
        where g.id = $1 and (cast($2 as uuid) is null or g.tenant_id = $2)";
    FIND_BY_NAME = "select g.id, g.tenant_id, t.name as tenant_name, g.name, g.description, g.version, g.created_at
        from groups g join tenants t on t.id = g.tenant_id where g.tenant_id = $1 and g.name = $2";
    INSERT = "insert into groups (id, tenant_id, name, description, version, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    UPDATE = "update groups set name = $2, description = $3, version = version + 1 where id = $1 and version = $4";
    DELETE = "delete from groups where id = $1";
    MEMBERS = "select u.id, u.display_name, u.login, u.name_key, m.added_at
        from group_members m join users u on u.id = m.user_id
        where m.group_id = $1 and (u.name_key, u.id) > ($2, $3) order by u.name_key, u.id limit $4";
    COUNT_MEMBERS = "select count(*) from group_members where group_id = $1 and user_id is not null";
    /// People who are in the group only through groups in it, with one of the groups that they are in directly.
    INHERITED = "with recursive reach (group_id) as (
            select member_group_id from group_members where group_id = $1 and member_group_id is not null
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        ), inside (user_id, via) as (
            select m.user_id, min(g.name) from reach r join group_members m on m.group_id = r.group_id
                join groups g on g.id = m.group_id
            where m.user_id is not null and m.group_id <> $1 group by m.user_id
        )
        select u.id, u.display_name, u.login, u.name_key, i.via from inside i join users u on u.id = i.user_id
        where (u.name_key, u.id) > ($2, $3)
            and not exists (select 1 from group_members m where m.group_id = $1 and m.user_id = u.id)
        order by u.name_key, u.id limit $4";
    COUNT_INHERITED = "with recursive reach (group_id) as (
            select member_group_id from group_members where group_id = $1 and member_group_id is not null
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        )
        select count(distinct m.user_id) from reach r join group_members m on m.group_id = r.group_id
        where m.user_id is not null
            and not exists (select 1 from group_members d where d.group_id = $1 and d.user_id = m.user_id)";
    CHILDREN = "select g.id, g.name from group_members m join groups g on g.id = m.member_group_id
        where m.group_id = $1 order by g.name, g.id";
    PARENTS = "select g.id, g.name from group_members m join groups g on g.id = m.group_id
        where m.member_group_id = $1 order by g.name, g.id";
    OF_USER = "select g.id, g.name from group_members m join groups g on g.id = m.group_id
        where m.user_id = $1 and (cast($2 as uuid) is null or g.tenant_id = $2) order by g.name, g.id";
    /// Whether $2 is $1 or inside it, at any depth.
    CONTAINS = "with recursive reach (group_id) as (
            select id from groups where id = $1
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        )
        select count(*) from reach where group_id = $2";
    ADD = "insert into group_members (id, group_id, user_id, member_group_id, added_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing";
    REMOVE_USER = "delete from group_members where group_id = $1 and user_id = $2";
    REMOVE_GROUP = "delete from group_members where group_id = $1 and member_group_id = $2";
    EVERY_USER = "select user_id from group_members where group_id = $1 and user_id is not null";
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Group {
    /// UUIDv7.
    pub id: GroupId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Group {
    /// The group as the audit log's target.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::group(self.id, &self.name)
    }

    /// What the audit log keeps of it.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "description": self.description, "tenant": self.tenant_name })
    }
}

/// A group as the list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// UUIDv7.
    pub id: GroupId,
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// People directly in it.
    pub people: i64,
    /// Groups directly in it.
    pub groups: i64,
    /// What is given to it.
    pub grants: i64,
}

/// A group by its name.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GroupRef {
    /// UUIDv7.
    pub id: GroupId,
    /// Short name.
    pub name: String,
}

/// Somebody who is in a group directly.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MemberView {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address, which is the login.
    pub login: String,
    /// The name that lists are ordered by.
    pub name_key: String,
    /// Since when.
    pub added_at: Timestamp,
}

/// Somebody who is in a group through another.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Inherited {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address, which is the login.
    pub login: String,
    /// The name that lists are ordered by.
    pub name_key: String,
    /// A group inside that they are in directly.
    pub via: String,
}

/// One page of groups and how many there are.
pub async fn page(ctx: &Ctx, conn: &mut Conn, place: &Place<GroupId>, like: &str) -> Result<(Vec<Listed>, i64)> {
    let rows = on!(conn, |c| query_as(LIST)
        .bind(&place.name)
        .bind(place.id)
        .bind(ctx.tenant())
        .bind(like)
        .bind(PAGE + 1)
        .fetch_all(c)
        .await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT).bind(ctx.tenant()).bind(like).fetch_one(c).await?)))
}

/// The group with this id, if it can be seen from where the caller works.
pub async fn find(ctx: &Ctx, conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(ctx.tenant()).fetch_optional(c).await?))
}

/// The group of this name in a tenant.
pub async fn find_by_name(conn: &mut Conn, tenant: TenantId, name: &str) -> Result<Option<Group>> {
    Ok(on!(conn, |c| query_as(FIND_BY_NAME).bind(tenant).bind(name).fetch_optional(c).await?))
}

/// Inserts a group; `false` if its name is taken.
pub async fn insert(tx: &mut Tx, group: &Group) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(group.id)
        .bind(group.tenant_id)
        .bind(&group.name)
        .bind(&group.description)
        .bind(group.version)
        .bind(group.created_at)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Updates a group whose version is still `update.version`; `false` if it isn't.
pub async fn update(tx: &mut Tx, id: GroupId, update: &super::GroupUpdate) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(UPDATE)
        .bind(id)
        .bind(&update.name)
        .bind(&update.description)
        .bind(update.version)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Removes a group with its memberships and grants.
pub async fn delete(tx: &mut Tx, id: GroupId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// One page of the people directly in a group, and how many there are.
pub async fn members(conn: &mut Conn, id: GroupId, place: &Place<UserId>) -> Result<(Vec<MemberView>, i64)> {
    let rows =
        on!(conn, |c| query_as(MEMBERS).bind(id).bind(&place.name).bind(place.id).bind(PAGE + 1).fetch_all(c).await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT_MEMBERS).bind(id).fetch_one(c).await?)))
}

/// One page of the people in a group through others only, and how many there are.
pub async fn inherited(conn: &mut Conn, id: GroupId, place: &Place<UserId>) -> Result<(Vec<Inherited>, i64)> {
    let rows = on!(conn, |c| query_as(INHERITED)
        .bind(id)
        .bind(&place.name)
        .bind(place.id)
        .bind(PAGE + 1)
        .fetch_all(c)
        .await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT_INHERITED).bind(id).fetch_one(c).await?)))
}

/// Groups directly in a group.
pub async fn children(conn: &mut Conn, id: GroupId) -> Result<Vec<GroupRef>> {
    Ok(on!(conn, |c| query_as(CHILDREN).bind(id).fetch_all(c).await?))
}

/// Groups that a group is directly in.
pub async fn parents(conn: &mut Conn, id: GroupId) -> Result<Vec<GroupRef>> {
    Ok(on!(conn, |c| query_as(PARENTS).bind(id).fetch_all(c).await?))
}

/// Groups that a user is directly in, as seen from where the caller works.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<Vec<GroupRef>> {
    Ok(on!(conn, |c| query_as(OF_USER).bind(user).bind(ctx.tenant()).fetch_all(c).await?))
}

/// Whether `inner` is `outer` or inside it.
pub async fn contains(conn: &mut Conn, outer: GroupId, inner: GroupId) -> Result<bool> {
    let found: i64 = on!(conn, |c| query_scalar(CONTAINS).bind(outer).bind(inner).fetch_one(c).await?);
    Ok(found > 0)
}

/// Adds a member; `false` if it is one already.
pub async fn add(ctx: &Ctx, tx: &mut Tx, group: GroupId, member: Member) -> Result<bool> {
    let (user, inner) = match member {
        Member::User(user) => (Some(user), None),
        Member::Group(group) => (None, Some(group)),
    };
    let rows = on!(tx, |c| sqlx::query(ADD)
        .bind(GroupMemberId(ctx.id()))
        .bind(group)
        .bind(user)
        .bind(inner)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Removes a member; `false` if it wasn't one.
pub async fn remove(tx: &mut Tx, group: GroupId, member: Member) -> Result<bool> {
    let rows = match member {
        Member::User(user) => {
            on!(tx, |c| sqlx::query(REMOVE_USER).bind(group).bind(user).execute(c).await?.rows_affected())
        }
        Member::Group(inner) => {
            on!(tx, |c| sqlx::query(REMOVE_GROUP).bind(group).bind(inner).execute(c).await?.rows_affected())
        }
    };
    Ok(rows == 1)
}

/// Everybody directly in a group.
pub async fn every_user(conn: &mut Conn, id: GroupId) -> Result<Vec<UserId>> {
    Ok(on!(conn, |c| query_scalar(EVERY_USER).bind(id).fetch_all(c).await?))
}
