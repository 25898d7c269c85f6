//! The SQL of client credentials, and their rows. Of a secret only its hash is kept.

use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use super::input::NewClient;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{
        keyset::{PAGE, Place},
        names::{fold::folded, same::same},
    },
    model::{
        client::ClientRole,
        id::{ClientId, ClientSecretId, GroupId, GroupMemberId, TenantId},
        stamp::Stamp,
        timestamp::Timestamp,
    },
};

/// What is read of client credentials.
macro_rules! columns {
    () => {
        "select c.id, c.tenant_id, t.name as tenant_name, c.name, c.role, c.service_ids, c.allowed_from, c.expires_at,
            c.disabled_at, c.version, c.created_at, c.updated_at, c.last_used_at, c.last_used_from"
    };
}
/// The beginning of every list of them.
pub const COLUMNS: &str = columns!();

statements! {
    LIST = "select c.id, c.name, c.name_key, c.role, c.tenant_id, t.name as tenant_name, c.disabled_at, c.created_at, c.version,
            c.expires_at, c.last_used_at, c.last_used_from
        from clients c cross join tenants t
        where t.id = c.tenant_id and (c.name_key, c.id) > ($1, $2) and (cast($3 as uuid) is null or c.tenant_id = $3)
        order by c.name_key, c.id limit $4";
    COUNT = "select count(*) from clients where cast($1 as uuid) is null or tenant_id = $1";
    FIND = concat!(columns!(), " from clients c join tenants t on t.id = c.tenant_id
        where c.id = $1 and (cast($2 as uuid) is null or c.tenant_id = $2)");
    NAMESAKE = "select id from clients where tenant_id = $1 and same_key = $2";
    INSERT = "insert into clients (id, tenant_id, name, name_key, same_key, role, service_ids, allowed_from, expires_at, created_at,
            updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) on conflict do nothing";
    RENAME = "update clients set name = $2, name_key = $3, same_key = $4, version = version + 1, updated_at = $5
        where id = $1 and version = $6";
    SET_DISABLED = "update clients set disabled_at = $2, version = version + 1, updated_at = $3 where id = $1";
    DELETE = "delete from clients where id = $1";
    GROUPS = "select g.id, g.name from group_members m join groups g on g.id = m.group_id where m.client_id = $1 order by g.id";
    OF_GROUP = "select client_id from group_members where group_id = $1 and client_id is not null order by client_id";
    JOIN = "insert into group_members (id, group_id, client_id, added_at)
        select $1, $2, id, $4 from clients where id = $3 on conflict do nothing";
    SECRETS = "select id, created_at, last_used_at from client_secrets where client_id = $1 order by created_at desc, id desc";
    ADD_SECRET = "insert into client_secrets (id, client_id, secret_hash, created_at) values ($1, $2, $3, $4)";
    TOUCH = "update clients set updated_at = $2 where id = $1";
    END_TOKENS = "delete from tokens where client_id = $1";
    SET = "update clients set name = $2, name_key = $3, same_key = $4, service_ids = $5, version = version + 1, updated_at = $6
        where id = $1 and version = $7";
    LEAVE = "delete from group_members where client_id = $1 and group_id = $2";
    END_SECRET = "delete from client_secrets where id = $1";
}

/// Client credentials.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Client {
    /// UUIDv7; programs sign in with it.
    pub id: ClientId,
    /// The tenant that they belong to.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// What people call them.
    pub name: String,
    /// What they may be used for.
    #[sqlx(try_from = "String")]
    pub role: ClientRole,
    service_ids: String,
    /// The networks that they are taken from; empty for everywhere.
    pub allowed_from: String,
    /// When they end.
    pub expires_at: Option<Timestamp>,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
    /// Rises with every edit.
    pub version: i64,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last edited.
    pub updated_at: Timestamp,
    /// When they were last used.
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_used_from: Option<String>,
}

impl Client {
    /// The services that they stand for.
    #[must_use]
    pub fn services(&self) -> Vec<Uuid> {
        serde_json::from_str(&self.service_ids).unwrap_or_default()
    }
}

/// Client credentials as a list shows them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// UUIDv7.
    pub id: ClientId,
    /// What people call them.
    pub name: String,
    /// The name that the list is ordered by.
    pub name_key: String,
    /// What they may be used for.
    #[sqlx(try_from = "String")]
    pub role: ClientRole,
    /// The tenant that they belong to.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they end.
    pub expires_at: Option<Timestamp>,
    /// When they were last used.
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_used_from: Option<String>,
    /// Rises with every edit.
    pub version: i64,
}

/// A secret that works.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Secret {
    /// UUIDv7.
    pub id: ClientSecretId,
    /// Since when it works.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// One page of client credentials by name, and how many there are; of one tenant, or of all.
pub async fn page(tenant: Option<TenantId>, conn: &mut Conn, place: &Place<ClientId>) -> Result<(Vec<Listed>, i64)> {
    let rows =
        on!(conn, |c| query_as(LIST).bind(&place.name).bind(place.id).bind(tenant).bind(PAGE + 1).fetch_all(c).await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT).bind(tenant).fetch_one(c).await?)))
}

/// The credentials with this id; of one tenant, or of any.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: ClientId) -> Result<Option<Client>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// The credentials of this name, or of one that nobody can tell from it, in a tenant.
pub async fn namesake(conn: &mut Conn, tenant: TenantId, name: &str) -> Result<Option<ClientId>> {
    Ok(on!(conn, |c| query_scalar(NAMESAKE).bind(tenant).bind(same(name)).fetch_optional(c).await?))
}

/// Inserts client credentials without a secret; `false` if the name is taken.
pub async fn insert(tx: &mut Tx, id: ClientId, new: &NewClient, now: Timestamp) -> Result<bool> {
    let services = serde_json::json!(new.services).to_string();
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(new.tenant)
        .bind(&new.name)
        .bind(folded(&new.name))
        .bind(same(&new.name))
        .bind(new.role.word())
        .bind(services)
        .bind(new.allowed_from.text())
        .bind(new.expires_at)
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Gives client credentials another name, if their version is still `seen`; `false` if it isn't.
pub async fn rename(tx: &mut Tx, id: ClientId, name: &str, seen: i64, now: Timestamp) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(RENAME)
        .bind(id)
        .bind(name)
        .bind(folded(name))
        .bind(same(name))
        .bind(now)
        .bind(seen)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Locks client credentials out since `disabled`, or lets them in again.
pub async fn set_disabled(tx: &mut Tx, id: ClientId, disabled: Option<Timestamp>, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_DISABLED).bind(id).bind(disabled).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes client credentials with their secrets and tokens.
pub async fn delete(tx: &mut Tx, id: ClientId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// The groups that client credentials work for.
pub async fn groups(conn: &mut Conn, id: ClientId) -> Result<Vec<(GroupId, String)>> {
    Ok(on!(conn, |c| query_as(GROUPS).bind(id).fetch_all(c).await?))
}

/// The client credentials that work for a group.
pub async fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<ClientId>> {
    Ok(on!(conn, |c| query_scalar(OF_GROUP).bind(group).fetch_all(c).await?))
}

/// Puts client credentials, if they are there, into a group.
pub async fn join(stamp: Stamp, tx: &mut Tx, id: ClientId, group: GroupId) -> Result<()> {
    let row = GroupMemberId(stamp.id);
    on!(tx, |c| sqlx::query(JOIN).bind(row).bind(group).bind(id).bind(stamp.at).execute(c).await?.rows_affected());
    Ok(())
}

/// The secrets that work, the newest first.
pub async fn secrets(conn: &mut Conn, id: ClientId) -> Result<Vec<Secret>> {
    Ok(on!(conn, |c| query_as(SECRETS).bind(id).fetch_all(c).await?))
}

/// Adds a secret by its hash.
pub async fn add_secret(stamp: Stamp, tx: &mut Tx, id: ClientId, hash: &[u8]) -> Result<()> {
    let row = ClientSecretId(stamp.id);
    on!(tx, |c| sqlx::query(ADD_SECRET).bind(row).bind(id).bind(hash).bind(stamp.at).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends the access tokens that were given for client credentials, which are others from `now` on.
pub async fn end_tokens(tx: &mut Tx, id: ClientId, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(TOUCH).bind(id).bind(now).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(END_TOKENS).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// Gives client credentials another name and other services, if their version is still `seen`; `false` if it isn't.
pub async fn set(
    tx: &mut Tx,
    id: ClientId,
    (name, services): (&str, &[Uuid]),
    (seen, now): (i64, Timestamp),
) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(SET)
        .bind(id)
        .bind(name)
        .bind(folded(name))
        .bind(same(name))
        .bind(serde_json::json!(services).to_string())
        .bind(now)
        .bind(seen)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Takes client credentials out of a group.
pub async fn leave(tx: &mut Tx, id: ClientId, group: GroupId) -> Result<()> {
    on!(tx, |c| sqlx::query(LEAVE).bind(id).bind(group).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends a secret.
pub async fn end_secret(tx: &mut Tx, id: ClientSecretId) -> Result<()> {
    on!(tx, |c| sqlx::query(END_SECRET).bind(id).execute(c).await?.rows_affected());
    Ok(())
}
