//! The SQL of memberships.

use serde::{Deserialize, Serialize};
use sqlx::{query_as, query_scalar};

use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::keyset::{LIMIT, PAGE, Place},
    model::{
        id::{MembershipId, TenantId, UserId},
        stamp::Stamp,
        tenant::MembershipStatus,
        timestamp::Timestamp,
    },
};

statements! {
    JOIN = "insert into memberships (id, user_id, tenant_id, status, kind, created_at)
        select $1, id, $3, $4, kind, $5 from users where id = $2 on conflict do nothing";
    OWNS = "select count(*) from memberships where user_id = $1 and is_owner";
    FIND = "select m.id, m.user_id, m.tenant_id, t.name as tenant_name, m.status, m.is_owner, m.version, m.created_at
        from memberships m join tenants t on t.id = m.tenant_id where m.user_id = $1 and m.tenant_id = $2";
    OF_USER = "select m.id, m.user_id, m.tenant_id, t.name as tenant_name, m.status, m.is_owner, m.version, m.created_at
        from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = $1 and (cast($2 as uuid) is null or m.tenant_id = $2) order by t.name_key, t.id limit $3";
    KEPT = "select id, tenant_id, status, tags, attributes, external_id, version, last_sign_in_at, created_at
        from memberships where user_id = $1 and (cast($2 as uuid) is null or tenant_id = $2)";
    PUT_BACK = "insert into memberships (id, user_id, tenant_id, status, tags, attributes, external_id, version,
            last_sign_in_at, created_at, kind)
        select $1, u.id, t.id, $4, $5, $6, $7, $8, $9, $10, u.kind from tenants t cross join users u
        where t.id = $3 and u.id = $2 on conflict do nothing";
    MEMBERS = "select u.id, u.display_name, u.login, m.name_key, u.disabled_at is not null as disabled, m.status, m.is_owner, m.version, m.created_at
        from memberships m cross join users u
        where m.tenant_id = $1 and (m.name_key, m.user_id) > ($2, $3) and u.id = m.user_id and m.kind = 'human'
        order by m.name_key, m.user_id limit $4";
    COUNT_MEMBERS = "select coalesce((select members from tenants where id = $1), 0)";
    SIGNED_IN = "update memberships set last_sign_in_at = $2
        where user_id = $1 and (select count(*) from memberships m where m.user_id = $1) = 1";
    COUNTING = "select count(*), coalesce(sum(case when status = 'active' then 1 else 0 end), 0) from memberships
        where user_id = $1";
    COUNT_OF_USER = "select count(*) from memberships where user_id = $1";
    OWNER = "select u.id, u.display_name from memberships m join users u on u.id = m.user_id
        where m.tenant_id = $1 and m.is_owner";
    SET_STATUS = "update memberships set status = $2, version = version + 1 where id = $1 and version = $3";
    NO_OWNER = "update memberships set is_owner = false, version = version + 1 where tenant_id = $1 and is_owner";
    SET_OWNER = "update memberships set is_owner = true, version = version + 1 where id = $1";
    SET_ATTRIBUTES = "update memberships set attributes = $2, version = version + 1 where id = $1";
    DELETE = "delete from memberships where id = $1";
    LEAVE_GROUPS = "delete from group_members
        where user_id = $1 and group_id in (select id from groups where tenant_id = $2)";
    END_GRANTS = "delete from grants where user_id = $1 and tenant_id = $2";
}

/// A user in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// UUIDv7.
    pub id: MembershipId,
    /// The user.
    pub user_id: UserId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// Whether it counts.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    /// Whether they own the tenant.
    pub is_owner: bool,
    /// Rises with every change.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// A member as the tenant's page shows them.
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
    /// Whether their account is disabled, whatever the membership says.
    pub disabled: bool,
    /// Whether the membership counts.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    /// Whether they own the tenant.
    pub is_owner: bool,
    /// Rises with every change.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// A membership as it was, to be put back. Owning isn't part of it: an owner neither leaves nor is deleted. What a
/// snapshot lacks, because it was made before that was kept, is what the schema gives to a new membership.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct KeptMembership {
    id: MembershipId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Whether it counted.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    #[serde(default = "no_tags")]
    tags: String,
    #[serde(default = "no_attributes")]
    attributes: String,
    external_id: Option<String>,
    #[serde(default)]
    version: i64,
    last_sign_in_at: Option<Timestamp>,
    created_at: Timestamp,
}

fn no_tags() -> String {
    "[]".into()
}

fn no_attributes() -> String {
    "{}".into()
}

/// A user's membership of a tenant, or all of them, to be put back later.
pub async fn kept(conn: &mut Conn, user: UserId, tenant: Option<TenantId>) -> Result<Vec<KeptMembership>> {
    Ok(on!(conn, |c| query_as(KEPT).bind(user).bind(tenant).fetch_all(c).await?))
}

/// Puts a membership back; `false` if the tenant is gone or the user belongs to it again.
pub async fn put_back(tx: &mut Tx, user: UserId, kept: &KeptMembership) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(PUT_BACK)
        .bind(kept.id)
        .bind(user)
        .bind(kept.tenant_id)
        .bind(kept.status.word())
        .bind(&kept.tags)
        .bind(&kept.attributes)
        .bind(&kept.external_id)
        .bind(kept.version + 1)
        .bind(kept.last_sign_in_at)
        .bind(kept.created_at)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Makes a user a member; `false` if they belong to the tenant already.
pub async fn join(
    stamp: Stamp,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    status: MembershipStatus,
) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(JOIN)
        .bind(stamp.id)
        .bind(user)
        .bind(tenant)
        .bind(status.word())
        .bind(stamp.at)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Notes a sign-in where it is clear which tenant it is to: for whoever belongs to one alone.
pub async fn signed_in(now: Timestamp, tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(SIGNED_IN).bind(user).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Whether somebody belongs to tenants, and counts in none of them.
pub async fn is_barred(conn: &mut Conn, user: UserId) -> Result<bool> {
    let (all, active): (i64, i64) = on!(conn, |c| query_as(COUNTING).bind(user).fetch_one(c).await?);
    Ok(all > 0 && active == 0)
}

/// The user's membership of the tenant.
pub async fn find(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<Option<Membership>> {
    Ok(on!(conn, |c| query_as(FIND).bind(user).bind(tenant).fetch_optional(c).await?))
}

/// The first of a user's memberships by name of the tenant, one more than is shown; from a tenant, only that one.
pub async fn of_user(tenant: Option<TenantId>, conn: &mut Conn, user: UserId) -> Result<Vec<Membership>> {
    Ok(on!(conn, |c| query_as(OF_USER).bind(user).bind(tenant).bind(LIMIT + 1).fetch_all(c).await?))
}

/// One page of a tenant's members and one more, and how many there are.
pub async fn members(conn: &mut Conn, tenant: TenantId, place: &Place<UserId>) -> Result<(Vec<MemberView>, i64)> {
    let rows = on!(conn, |c| query_as(MEMBERS)
        .bind(tenant)
        .bind(&place.name)
        .bind(place.id)
        .bind(PAGE + 1)
        .fetch_all(c)
        .await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT_MEMBERS).bind(tenant).fetch_one(c).await?)))
}

/// To how many tenants a user belongs.
pub async fn count_of_user(conn: &mut Conn, user: UserId) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(COUNT_OF_USER).bind(user).fetch_one(c).await?))
}

/// Whether the user owns a tenant.
pub async fn is_owner(conn: &mut Conn, user: UserId) -> Result<bool> {
    let owned: i64 = on!(conn, |c| query_scalar(OWNS).bind(user).fetch_one(c).await?);
    Ok(owned > 0)
}

/// Whether the user is an active member of the tenant.
pub async fn is_active(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<bool> {
    let membership = find(conn, user, tenant).await?;
    Ok(membership.is_some_and(|membership| membership.status == MembershipStatus::Active))
}

/// Whether the user belongs to the tenant, whatever the status.
pub async fn is_member(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<bool> {
    Ok(find(conn, user, tenant).await?.is_some())
}

/// The id and name of a tenant's owner.
pub async fn owner(conn: &mut Conn, tenant: TenantId) -> Result<Option<(UserId, String)>> {
    Ok(on!(conn, |c| query_as(OWNER).bind(tenant).fetch_optional(c).await?))
}

/// Sets a membership's status; `false` if somebody else changed it since `seen`.
pub async fn set_status(tx: &mut Tx, id: MembershipId, status: MembershipStatus, seen: i64) -> Result<bool> {
    let word = status.word();
    let rows = on!(tx, |c| sqlx::query(SET_STATUS).bind(id).bind(word).bind(seen).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Sets what a program keeps of a member, a JSON object.
pub async fn set_attributes(tx: &mut Tx, id: MembershipId, attributes: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_ATTRIBUTES).bind(id).bind(attributes).execute(c).await?.rows_affected());
    Ok(())
}

/// Leaves a tenant without an owner.
pub async fn set_no_owner(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    on!(tx, |c| sqlx::query(NO_OWNER).bind(tenant).execute(c).await?.rows_affected());
    Ok(())
}

/// Makes this membership the one that owns its tenant.
pub async fn set_owner(tx: &mut Tx, membership: &Membership) -> Result<()> {
    set_no_owner(tx, membership.tenant_id).await?;
    on!(tx, |c| sqlx::query(SET_OWNER).bind(membership.id).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes a membership, with the user's places in the tenant's groups and what was given to them in it.
pub async fn delete(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let (user, tenant) = (membership.user_id, membership.tenant_id);
    on!(tx, |c| sqlx::query(LEAVE_GROUPS).bind(user).bind(tenant).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(END_GRANTS).bind(user).bind(tenant).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(DELETE).bind(membership.id).execute(c).await?.rows_affected());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::KeptMembership;

    #[test]
    fn a_snapshot_of_before_has_what_a_new_membership_has() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let text = format!(r#"{{"id":"{id}","tenant_id":"{id}","status":"active","external_id":null,"created_at":7}}"#);
        let kept: KeptMembership = serde_json::from_str(&text).unwrap();
        assert_eq!((kept.tags.as_str(), kept.attributes.as_str(), kept.version), ("[]", "{}", 0));
    }
}
