//! The SQL of groups.

use sqlx::{query_as, query_scalar};

use super::{closure, input::GroupUpdate};
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{
        change::Target,
        keyset::{PAGE, Place},
        names::{
            fold::folded,
            same::same,
            words::{Words, bind_words, has_words},
        },
    },
    model::{
        id::{GroupId, TenantId},
        page::Numbered,
        timestamp::Timestamp,
    },
};

statements! {
    LIST = concat!("select g.id, g.name, g.name_key, g.description, g.tenant_id, t.name as tenant_name,
            g.people,
            (select count(*) from group_members m where m.group_id = g.id and m.member_group_id is not null) as groups,
            (select count(*) from grants x where x.group_id = g.id
                and (cast($3 as uuid) is null or x.tenant_id is null or x.tenant_id = $3)) as grants
        from groups g join tenants t on t.id = g.tenant_id
        where (g.name_key, g.id) > ($1, $2) and (cast($3 as uuid) is null or g.tenant_id = $3)
            and ", has_words!("g.name_key": 5 6 7 8 9 10 11 12), "
        order by g.name_key, g.id limit $4");
    COUNT = concat!("select count(*) from groups g where (cast($1 as uuid) is null or g.tenant_id = $1) and ",
        has_words!("g.name_key": 2 3 4 5 6 7 8 9));
    FIND = "select g.id, g.tenant_id, t.name as tenant_name, g.name, g.description, g.version, g.created_at, g.updated_at
        from groups g join tenants t on t.id = g.tenant_id
        where g.id = $1 and (cast($2 as uuid) is null or g.tenant_id = $2)";
    FIND_BY_NAME = "select g.id, g.tenant_id, t.name as tenant_name, g.name, g.description, g.version, g.created_at, g.updated_at
        from groups g join tenants t on t.id = g.tenant_id where g.tenant_id = $1 and g.same_key = $3
        order by case when g.name = $2 then 0 else 1 end, g.id limit 1";
    BY_CREATION = "select g.id, g.tenant_id, t.name as tenant_name, g.name, g.description, g.version, g.created_at, g.updated_at
        from groups g join tenants t on t.id = g.tenant_id where g.tenant_id = $1
        order by g.created_at, g.id limit $2 offset $3";
    COUNT_IN = "select count(*) from groups where tenant_id = $1";
    INSERT = "insert into groups (id, tenant_id, name, description, version, created_at, updated_at, name_key, same_key)
        select $1, $2, $3, $4, $5, $6, $9, $7, $8
        where not exists (select 1 from groups g where g.tenant_id = $2 and g.same_key = $8)
        on conflict do nothing";
    UPDATE = "update groups set name = $2, description = $3, name_key = $5, same_key = $6, version = version + 1,
            updated_at = $7
        where id = $1 and version = $4";
    DELETE = "delete from groups where id = $1";
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
    /// When it was last edited.
    pub updated_at: Timestamp,
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
    /// The name that the list is ordered by.
    pub name_key: String,
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

/// One page of groups and how many there are.
pub async fn page(
    tenant: Option<TenantId>,
    conn: &mut Conn,
    place: &Place<GroupId>,
    words: &Words,
) -> Result<(Vec<Listed>, i64)> {
    let rows = on!(conn, |c| {
        let query = query_as(LIST).bind(&place.name).bind(place.id).bind(tenant).bind(PAGE + 1);
        bind_words!(query, words).fetch_all(c).await?
    });
    let total = on!(conn, |c| bind_words!(query_scalar(COUNT).bind(tenant), words).fetch_one(c).await?);
    Ok((rows, total))
}

/// A page of the groups of a tenant, the oldest first, and how many there are.
pub async fn by_creation(conn: &mut Conn, tenant: TenantId, page: Numbered) -> Result<(Vec<Group>, i64)> {
    let rows =
        on!(conn, |c| query_as(BY_CREATION).bind(tenant).bind(page.size).bind(page.offset()).fetch_all(c).await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT_IN).bind(tenant).fetch_one(c).await?)))
}

/// The group with this id, if it can be seen from where the caller works.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// The group of this name, or of one that nobody can tell from it, in a tenant.
pub async fn find_by_name(conn: &mut Conn, tenant: TenantId, name: &str) -> Result<Option<Group>> {
    Ok(on!(conn, |c| query_as(FIND_BY_NAME).bind(tenant).bind(name).bind(same(name)).fetch_optional(c).await?))
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
        .bind(folded(&group.name))
        .bind(same(&group.name))
        .bind(group.updated_at)
        .execute(c)
        .await?
        .rows_affected());
    if rows == 1 {
        closure::begin(tx, group.id).await?;
    }
    Ok(rows == 1)
}

/// Updates a group whose version is still `update.version`; `false` if it isn't.
pub async fn update(tx: &mut Tx, id: GroupId, update: &GroupUpdate, now: Timestamp) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(UPDATE)
        .bind(id)
        .bind(&update.name)
        .bind(&update.description)
        .bind(update.version)
        .bind(folded(&update.name))
        .bind(same(&update.name))
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Removes a group with its memberships and grants.
pub async fn delete(tx: &mut Tx, id: GroupId) -> Result<()> {
    closure::leave_all(tx, id).await?;
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}
