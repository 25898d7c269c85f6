//! The SQL of who and what is in a group.

use sqlx::{query_as, query_scalar};

use super::closure;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::keyset::{PAGE, Place},
    model::{
        id::{GroupId, GroupMemberId, TenantId, UserId},
        principal::Principal,
        stamp::Stamp,
        timestamp::Timestamp,
    },
};

statements! {
    MEMBERS = "select u.id, u.display_name, u.login, m.name_key, m.added_at
        from group_members m cross join users u
        where m.group_id = $1 and (m.name_key, m.user_id) > ($2, $3) and u.id = m.user_id
        order by m.name_key, m.user_id limit $4";
    COUNT_MEMBERS = "select coalesce((select people from groups where id = $1), 0)";
    /// People who are in the group only through groups in it, with one of the groups that they are in directly.
    INHERITED = "with inside (user_id, via) as (
            select m.user_id, min(g.name) from group_closure c cross join group_members m join groups g on g.id = m.group_id
            where c.ancestor_id = $1 and c.group_id <> $1 and m.group_id = c.group_id and m.user_id is not null
            group by m.user_id
        )
        select u.id, u.display_name, u.login, u.name_key, i.via from inside i join users u on u.id = i.user_id
        where (u.name_key, u.id) > ($2, $3)
            and not exists (select 1 from group_members m where m.group_id = $1 and m.user_id = u.id)
        order by u.name_key, u.id limit $4";
    COUNT_INHERITED = "select count(distinct m.user_id) from group_closure c cross join group_members m
        where c.ancestor_id = $1 and c.group_id <> $1 and m.group_id = c.group_id and m.user_id is not null
            and not exists (select 1 from group_members d where d.group_id = $1 and d.user_id = m.user_id)";
    CHILDREN = "select g.id, g.name from group_members m join groups g on g.id = m.member_group_id
        where m.group_id = $1 order by g.name_key, g.id limit $2";
    PARENTS = "select g.id, g.name from group_members m join groups g on g.id = m.group_id
        where m.member_group_id = $1 order by g.name_key, g.id limit $2";
    OF_USER = "select g.id, g.name from group_members m join groups g on g.id = m.group_id
        where m.user_id = $1 and (cast($2 as uuid) is null or g.tenant_id = $2) order by g.name_key, g.id limit $3";
    ADD = "insert into group_members (id, group_id, user_id, member_group_id, added_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing";
    REMOVE_USER = "delete from group_members where group_id = $1 and user_id = $2";
    REMOVE_GROUP = "delete from group_members where group_id = $1 and member_group_id = $2";
    EVERY_USER = "select user_id from group_members where group_id = $1 and user_id is not null";
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

/// At most `limit` groups directly in a group, by name.
pub async fn children(conn: &mut Conn, id: GroupId, limit: i64) -> Result<Vec<GroupRef>> {
    Ok(on!(conn, |c| query_as(CHILDREN).bind(id).bind(limit).fetch_all(c).await?))
}

/// At most `limit` groups that a group is directly in, by name.
pub async fn parents(conn: &mut Conn, id: GroupId, limit: i64) -> Result<Vec<GroupRef>> {
    Ok(on!(conn, |c| query_as(PARENTS).bind(id).bind(limit).fetch_all(c).await?))
}

/// At most `limit` groups that a user is directly in, by name, as seen from where the caller works.
pub async fn of_user(tenant: Option<TenantId>, conn: &mut Conn, user: UserId, limit: i64) -> Result<Vec<GroupRef>> {
    Ok(on!(conn, |c| query_as(OF_USER).bind(user).bind(tenant).bind(limit).fetch_all(c).await?))
}

/// Adds a member; `false` if it is one already.
pub async fn add(stamp: Stamp, tx: &mut Tx, group: GroupId, member: Principal) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(ADD)
        .bind(GroupMemberId(stamp.id))
        .bind(group)
        .bind(member.user())
        .bind(member.group())
        .bind(stamp.at)
        .execute(c)
        .await?
        .rows_affected());
    if let (1, Some(inner)) = (rows, member.group()) {
        closure::join(tx, inner, group).await?;
    }
    Ok(rows == 1)
}

/// Removes a member; `false` if it wasn't one.
pub async fn remove(tx: &mut Tx, group: GroupId, member: Principal) -> Result<bool> {
    let rows = match member {
        Principal::User(user) => {
            on!(tx, |c| sqlx::query(REMOVE_USER).bind(group).bind(user).execute(c).await?.rows_affected())
        }
        Principal::Group(inner) => {
            on!(tx, |c| sqlx::query(REMOVE_GROUP).bind(group).bind(inner).execute(c).await?.rows_affected())
        }
    };
    if let (1, Principal::Group(inner)) = (rows, member) {
        closure::part(tx, inner).await?;
    }
    Ok(rows == 1)
}

/// Everybody directly in a group.
pub async fn every_user(conn: &mut Conn, id: GroupId) -> Result<Vec<UserId>> {
    Ok(on!(conn, |c| query_scalar(EVERY_USER).bind(id).fetch_all(c).await?))
}
