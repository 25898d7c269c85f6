//! The SQL of key pairs, and their rows. The secret is sealed: a signature is checked by it.

use sqlx::query_as;

use super::input::NewKeyPair;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{attention::Life, keyset::PAGE},
    model::{
        id::{KeyPairId, TenantId},
        permission::PermissionSet,
        timestamp::Timestamp,
    },
};

statements! {
    FIND = "select p.id, p.tenant_id, t.name as tenant_name, t.kind = 'reseller' as is_resellers, p.name, p.api_key,
            p.permissions, p.allowed_from, p.disabled_at, p.expires_at, p.last_used_at, p.last_used_from, p.version,
            p.created_at
        from key_pairs p join tenants t on t.id = p.tenant_id
        where p.id = $1 and (cast($2 as uuid) is null or p.tenant_id = $2)";
    LIST = "select p.id, p.tenant_id, t.name as tenant_name, t.kind = 'reseller' as is_resellers, p.name, p.api_key,
            p.permissions, p.allowed_from, p.disabled_at, p.expires_at, p.last_used_at, p.last_used_from, p.version,
            p.created_at
        from key_pairs p cross join tenants t
        where t.id = p.tenant_id and p.id > $1 and (cast($2 as uuid) is null or p.tenant_id = $2)
        order by p.id limit $3";
    INSERT = "insert into key_pairs (id, tenant_id, name, api_key, secret_sealed, permissions, allowed_from, expires_at,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    RENAME = "update key_pairs set name = $2, version = version + 1, updated_at = $3 where id = $1 and version = $4";
    SET_DISABLED = "update key_pairs set disabled_at = $2, version = version + 1, updated_at = $3 where id = $1";
    ROTATE = "update key_pairs set secret_sealed = $2, version = version + 1, updated_at = $3 where id = $1";
    DELETE = "delete from key_pairs where id = $1";
    /// What a request is checked by, unless the pair is locked out or over.
    BY_KEY = "select p.id, p.tenant_id, t.kind = 'reseller' as is_resellers, p.name, p.permissions, p.allowed_from,
            p.secret_sealed
        from key_pairs p join tenants t on t.id = p.tenant_id
        where p.api_key = $1 and p.disabled_at is null and (p.expires_at is null or p.expires_at > $2)";
    WORKS = "select count(*) from key_pairs where id = $1 and disabled_at is null and (expires_at is null or expires_at > $2)";
    /// Whether a tenant is a domain of a reseller.
    IS_DOMAIN_OF = "select count(*) from tenants where id = $1 and parent_id = $2 and kind = 'domain'";
}

/// A key pair.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyPair {
    /// UUIDv7.
    pub id: KeyPairId,
    /// The tenant that it belongs to.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// Whether that is a reseller, whose pairs reach its domains.
    pub is_resellers: bool,
    /// What people call it.
    pub name: String,
    /// The public half.
    pub api_key: String,
    /// Patterns of what it may do at most.
    pub permissions: String,
    /// The networks that it is taken from; empty for everywhere.
    pub allowed_from: String,
    /// When it was locked out.
    pub disabled_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_used_from: Option<String>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl KeyPair {
    /// What there is to look at for whoever answers for it; `used` is what it was used for lately.
    #[must_use]
    pub fn life(&self, used: PermissionSet) -> Life {
        let life = Life::of((self.created_at, self.last_used_at, self.expires_at), self.disabled_at);
        Life { unused: allowed(&self.permissions).minus(used), ..life }
    }
}

/// What a pair may do that has these patterns.
#[must_use]
pub fn allowed(patterns: &str) -> PermissionSet {
    PermissionSet::from_patterns(patterns.split(' '))
}

/// What a signed request is checked by.
#[derive(Clone, sqlx::FromRow)]
pub struct Known {
    /// Which pair.
    pub id: KeyPairId,
    /// The tenant that it belongs to.
    pub tenant_id: TenantId,
    /// Whether that is a reseller.
    pub is_resellers: bool,
    /// What people call it.
    pub name: String,
    /// Patterns of what it may do at most.
    pub permissions: String,
    /// The networks that it is taken from.
    pub allowed_from: String,
    /// The secret, sealed.
    pub secret_sealed: Vec<u8>,
}

/// The pair with this id; of one tenant, or of any.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: KeyPairId) -> Result<Option<KeyPair>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// One page of pairs after an id, and one more; of one tenant, or of all.
pub async fn page(tenant: Option<TenantId>, conn: &mut Conn, after: KeyPairId) -> Result<Vec<KeyPair>> {
    Ok(on!(conn, |c| query_as(LIST).bind(after).bind(tenant).bind(PAGE + 1).fetch_all(c).await?))
}

/// Inserts a pair.
pub async fn insert(
    tx: &mut Tx,
    id: KeyPairId,
    new: &NewKeyPair,
    (key, sealed): (&str, &[u8]),
    now: Timestamp,
) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(new.tenant)
        .bind(&new.name)
        .bind(key)
        .bind(sealed)
        .bind(new.permissions.join(" "))
        .bind(new.allowed_from.text())
        .bind(new.expires_at)
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Gives a pair another name, if its version is still `seen`; `false` if it isn't.
pub async fn rename(tx: &mut Tx, id: KeyPairId, name: &str, seen: i64, now: Timestamp) -> Result<bool> {
    let rows =
        on!(tx, |c| sqlx::query(RENAME).bind(id).bind(name).bind(now).bind(seen).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Locks a pair out, or lets it in.
pub async fn set_disabled(tx: &mut Tx, id: KeyPairId, at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(SET_DISABLED).bind(id).bind(at).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Gives a pair another secret.
pub async fn rotate(tx: &mut Tx, id: KeyPairId, sealed: &[u8], now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(ROTATE).bind(id).bind(sealed).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes a pair.
pub async fn delete(tx: &mut Tx, id: KeyPairId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// The pair with this public half, if it works at `now`.
pub async fn by_key(conn: &mut Conn, key: &str, now: Timestamp) -> Result<Option<Known>> {
    Ok(on!(conn, |c| query_as(BY_KEY).bind(key).bind(now).fetch_optional(c).await?))
}

/// Whether a pair still works.
pub async fn works(conn: &mut Conn, id: KeyPairId, now: Timestamp) -> Result<bool> {
    let count: i64 = on!(conn, |c| sqlx::query_scalar(WORKS).bind(id).bind(now).fetch_one(c).await?);
    Ok(count > 0)
}

/// Whether a tenant is a domain of that reseller.
pub async fn is_domain_of(conn: &mut Conn, domain: TenantId, reseller: TenantId) -> Result<bool> {
    let count: i64 = on!(conn, |c| sqlx::query_scalar(IS_DOMAIN_OF).bind(domain).bind(reseller).fetch_one(c).await?);
    Ok(count > 0)
}
