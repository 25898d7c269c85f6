//! The SQL of tenants.

use sqlx::{query_as, query_scalar};

use super::input::{NewTenant, TenantUpdate};
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{
        change::Target,
        keyset::{LIMIT, PAGE, Place},
        names::{
            fold::folded,
            keys::tenant_search_key,
            words::{Words, bind_words, has_words},
        },
    },
    model::{
        id::{TenantId, UserId},
        tenant::{TenantKind, TenantType},
        timestamp::Timestamp,
    },
};

statements! {
    LIST = concat!("select t.id, t.slug, t.name, t.name_key, t.kind, t.type as use_, p.name as parent_name, t.members
        from tenants t left join tenants p on p.id = t.parent_id
        where (t.name_key, t.id) > ($1, $2) and (cast($3 as uuid) is null or t.id = $3)
            and ", has_words!("t.search_key": 5 6 7 8 9 10 11 12), "
        order by t.name_key, t.id limit $4");
    CHOICES = "select id, name from tenants where cast($1 as uuid) is null or id = $1 order by name_key, id limit $2";
    COUNT = concat!("select count(*) from tenants t where (cast($1 as uuid) is null or t.id = $1) and ",
        has_words!("t.search_key": 2 3 4 5 6 7 8 9));
    FIND = "select t.id, t.slug, t.name, t.kind, t.type as use_, t.parent_id, p.name as parent_name, t.version,
            t.created_at
        from tenants t left join tenants p on p.id = t.parent_id
        where t.id = $1 and (cast($2 as uuid) is null or t.id = $2)";
    FIND_BY_SLUG = "select id from tenants where slug = $1";
    NAME = "select name from tenants where id = $1";
    SLUG = "select slug from tenants where id = $1";
    NAMES_OF_USER = "select t.name from memberships m join tenants t on t.id = m.tenant_id where m.user_id = $1 limit 16";
    FIRST_TWO = "select count(*) from (select id from tenants limit 2) as first";
    INSERT = "insert into tenants (id, slug, name, kind, type, parent_id, created_at, name_key, search_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (slug) do nothing";
    UPDATE = "update tenants set name = $2, type = $3, parent_id = $4, name_key = $6, search_key = $6 || ' ' || slug,
        version = version + 1 where id = $1 and version = $5";
    /// Whether $2 is $1 or below it.
    IS_BELOW = "with recursive below (id) as (
            select id from tenants where id = $1
            union
            select t.id from below b join tenants t on t.parent_id = b.id
        )
        select count(*) from below where id = $2";
    /// Where a user can work: tenants they belong to.
    WORKPLACES = concat!("select t.id, t.slug, t.name, t.name_key, t.kind, t.type as use_, p.name as parent_name, t.members
        from memberships m join tenants t on t.id = m.tenant_id left join tenants p on p.id = t.parent_id
        where m.user_id = $1 and m.status = 'active' and (t.name_key, t.id) > ($2, $3)
            and ", has_words!("t.search_key": 5 6 7 8 9 10 11 12), "
        order by t.name_key, t.id limit $4");
    COUNT_WORKPLACES = concat!("select count(*) from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = $1 and m.status = 'active' and ", has_words!("t.search_key": 2 3 4 5 6 7 8 9));
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tenant {
    /// UUIDv7.
    pub id: TenantId,
    /// Short name for URLs and the command line; never changes.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: TenantKind,
    /// Whether it is real.
    #[sqlx(try_from = "String")]
    pub use_: TenantType,
    /// The tenant above it.
    pub parent_id: Option<TenantId>,
    /// Its name.
    pub parent_name: Option<String>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Tenant {
    /// The tenant as the audit log's target.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::tenant(self.id, &self.name)
    }

    /// What can be changed of it, as a change over `version`.
    #[must_use]
    pub fn as_it_is(&self, version: i64) -> TenantUpdate {
        TenantUpdate { name: self.name.clone(), use_: self.use_, parent: self.parent_id, version }
    }

    /// What the audit log keeps of it.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        serde_json::json!({
            "slug": self.slug,
            "name": self.name,
            "kind": self.kind,
            "type": self.use_,
            "parent": self.parent_name,
        })
    }
}

/// A tenant as the list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// UUIDv7.
    pub id: TenantId,
    /// Short name.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// The name that the list is ordered by.
    pub name_key: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: TenantKind,
    /// Whether it is real.
    #[sqlx(try_from = "String")]
    pub use_: TenantType,
    /// The name of the tenant above it.
    pub parent_name: Option<String>,
    /// How many belong to it.
    pub members: i64,
}

/// One page of tenants and how many there are.
pub async fn page(
    tenant: Option<TenantId>,
    conn: &mut Conn,
    place: &Place<TenantId>,
    words: &Words,
) -> Result<(Vec<Listed>, i64)> {
    let rows = on!(conn, |c| {
        let query = query_as(LIST).bind(&place.name).bind(place.id).bind(tenant).bind(PAGE + 1);
        bind_words!(query, words).fetch_all(c).await?
    });
    let total = on!(conn, |c| bind_words!(query_scalar(COUNT).bind(tenant), words).fetch_one(c).await?);
    Ok((rows, total))
}

/// The first tenants by name that can be seen from where the caller works, one more than a choice shows.
pub async fn choices(tenant: Option<TenantId>, conn: &mut Conn) -> Result<Vec<(TenantId, String)>> {
    Ok(on!(conn, |c| query_as(CHOICES).bind(tenant).bind(LIMIT + 1).fetch_all(c).await?))
}

/// One page of the tenants that a user belongs to, and how many they are.
pub async fn workplaces(
    conn: &mut Conn,
    user: UserId,
    place: &Place<TenantId>,
    words: &Words,
) -> Result<(Vec<Listed>, i64)> {
    let rows = on!(conn, |c| {
        let query = query_as(WORKPLACES).bind(user).bind(&place.name).bind(place.id).bind(PAGE + 1);
        bind_words!(query, words).fetch_all(c).await?
    });
    let total = on!(conn, |c| bind_words!(query_scalar(COUNT_WORKPLACES).bind(user), words).fetch_one(c).await?);
    Ok((rows, total))
}

/// The tenant with this id, if it can be seen from where the caller works.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: TenantId) -> Result<Option<Tenant>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// The tenant with this slug.
pub async fn find_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<TenantId>> {
    Ok(on!(conn, |c| query_scalar(FIND_BY_SLUG).bind(slug).fetch_optional(c).await?))
}

/// A tenant's name.
pub async fn name(conn: &mut Conn, id: TenantId) -> Result<Option<String>> {
    Ok(on!(conn, |c| query_scalar(NAME).bind(id).fetch_optional(c).await?))
}

/// A tenant's short name.
pub async fn slug(conn: &mut Conn, id: TenantId) -> Result<Option<String>> {
    Ok(on!(conn, |c| query_scalar(SLUG).bind(id).fetch_optional(c).await?))
}

/// The names of tenants that a user belongs to; not more than a password is compared with.
pub async fn names_of(conn: &mut Conn, user: UserId) -> Result<Vec<String>> {
    Ok(on!(conn, |c| query_scalar(NAMES_OF_USER).bind(user).fetch_all(c).await?))
}

/// Whether there is more than one tenant, so that a place must be chosen.
pub async fn are_several(conn: &mut Conn) -> Result<bool> {
    let first: i64 = on!(conn, |c| query_scalar(FIRST_TWO).fetch_one(c).await?);
    Ok(first > 1)
}

/// Inserts a tenant; `false` if the slug is taken.
pub async fn insert(now: Timestamp, tx: &mut Tx, id: TenantId, new: &NewTenant) -> Result<bool> {
    let key = folded(&new.name);
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(&new.slug)
        .bind(&new.name)
        .bind(new.kind.word())
        .bind(new.use_.word())
        .bind(new.parent)
        .bind(now)
        .bind(&key)
        .bind(tenant_search_key(&key, &new.slug))
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Updates a tenant whose version is still `update.version`; `false` if it isn't.
pub async fn update(tx: &mut Tx, id: TenantId, update: &TenantUpdate) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(UPDATE)
        .bind(id)
        .bind(&update.name)
        .bind(update.use_.word())
        .bind(update.parent)
        .bind(update.version)
        .bind(folded(&update.name))
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Whether `tenant` is `above` or below it.
pub async fn is_below(conn: &mut Conn, above: TenantId, tenant: TenantId) -> Result<bool> {
    let found: i64 = on!(conn, |c| query_scalar(IS_BELOW).bind(above).bind(tenant).fetch_one(c).await?);
    Ok(found > 0)
}
