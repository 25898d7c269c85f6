//! The SQL of roles.

use sqlx::{query_as, query_scalar};

use super::input::RoleContent;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{
        change::Target,
        keyset::{LIMIT, PAGE, Place},
        names::{
            fold::folded,
            same::same,
            words::{Words, bind_words, has_words},
        },
    },
    model::{
        id::{RoleId, TenantId},
        permission::{Permission, PermissionSet},
        scope::Scope,
        stamp::Stamp,
        timestamp::Timestamp,
    },
};

statements! {
    /// Seen from tenant $3: its own roles and those of the installation; from everywhere, all.
    LIST = concat!("with page (id) as (
            select r.id from roles r
            where (r.name_key, r.id) > ($1, $2) and (cast($3 as uuid) is null or r.tenant_id is null or r.tenant_id = $3)
                and ", has_words!("r.name_key": 6 7 8 9 10 11 12 13), "
            order by r.name_key, r.id limit $4
        )
        select r.id, r.name, r.name_key, r.description, r.builtin, r.version, t.name as tenant_name,
            (select count(*) from users u
                where u.id in (select e.user_id from effective_grants e
                    where e.role_id = r.id and e.begins <= $5 and e.ends > $5
                        and (cast($3 as uuid) is null or e.tenant_id is null or e.tenant_id = $3))
                    and u.id not in (select id from users where disabled_at is not null)) as holders,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from page join roles r on r.id = page.id left join tenants t on t.id = r.tenant_id
        order by r.name_key, r.id");
    COUNT = concat!("select count(*) from roles r
        where (cast($1 as uuid) is null or r.tenant_id is null or r.tenant_id = $1) and ",
        has_words!("r.name_key": 2 3 4 5 6 7 8 9));
    CHOICES = "select r.id, r.name, r.description, t.name as tenant_name
        from roles r left join tenants t on t.id = r.tenant_id
        where r.tenant_id is null or r.tenant_id = $1 or $2 order by r.name_key, r.id limit $3";
    FIND = "select r.id, r.number, r.tenant_id, r.name, r.description, r.builtin, r.version,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from roles r where r.id = $1 and (cast($2 as uuid) is null or r.tenant_id is null or r.tenant_id = $2)";
    FIND_BY_NAME = "select r.id, r.number, r.tenant_id, r.name, r.description, r.builtin, r.version,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from roles r where r.same_key = $3 and r.tenant_id is not distinct from $2
        order by case when r.name = $1 then 0 else 1 end, r.id limit 1";
    NEXT_NUMBER = "update role_numbers set newest = newest + 1 where id = 1 returning newest";
    INSERT = "insert into roles (id, number, tenant_id, name, description, created_by, created_at, version, name_key, same_key)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        where not exists (select 1 from roles r where r.same_key = $10 and r.tenant_id is not distinct from $3)
        on conflict do nothing";
    UPDATE = "update roles set name = $2, description = $3, name_key = $5, same_key = $6, version = version + 1
        where id = $1 and version = $4";
    REQUIRE_FACTOR = "update roles set second_factor_required = $2 where id = $1 and second_factor_required <> $2";
    REQUIRES_FACTOR = "select second_factor_required from roles where id = $1";
    DELETE = "delete from roles where id = $1";
    CLEAR_PATTERNS = "delete from role_permissions where role_id = $1";
    INSERT_PATTERN = "insert into role_permissions (role_id, pattern) values ($1, $2)";
    /// Roles that allow $1 (`noun.*` is $2), as seen from tenant $3; the narrowest first.
    GIVING = "select r.id, r.number, r.tenant_id, r.name, r.description, r.builtin, r.version,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from roles r
        where r.id in (select role_id from role_permissions where pattern in ($1, $2, '*.*'))
            and (cast($3 as uuid) is null or r.tenant_id is null or r.tenant_id = $3)
        order by (select count(*) from role_permissions p where p.role_id = r.id and p.pattern = '*.*'), r.name_key, r.id limit $4";
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Role {
    /// ULID text.
    pub id: RoleId,
    /// Rising integer, for families that need one. Never another role's, not even after a deletion.
    pub number: i64,
    /// The tenant it belongs to; `None` for the whole installation.
    pub tenant_id: Option<TenantId>,
    /// Short name.
    pub name: String,
    /// What it is for, as a sentence.
    pub description: String,
    /// Whether every installation has it, so that it can't change.
    pub builtin: bool,
    /// Rises with every save.
    pub version: i64,
    patterns: String,
}

impl Role {
    /// A role that is not saved yet.
    pub(super) fn new((id, number): (RoleId, i64), tenant_id: Option<TenantId>, content: &RoleContent) -> Self {
        Self {
            id,
            number,
            tenant_id,
            name: content.name.clone(),
            description: content.description.clone(),
            builtin: false,
            version: 1,
            patterns: content.patterns.join(" "),
        }
    }

    /// What it allows, in the order of the catalogue.
    #[must_use]
    pub fn patterns(&self) -> Vec<String> {
        super::input::tidied(self.patterns.split_whitespace().map(str::to_owned).collect())
    }

    /// What it allows, as a program said it, in the order of the alphabet: what a wider pattern covers stays beside it.
    #[must_use]
    pub fn given(&self) -> Vec<String> {
        let mut given: Vec<String> = self.patterns.split_whitespace().map(str::to_owned).collect();
        given.sort_unstable();
        given
    }

    /// What its patterns cover.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::from_patterns(self.patterns.split_whitespace())
    }

    /// Where it can be given.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.tenant_id.into()
    }

    /// The role as the audit log's target.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::role(&self.id, &self.name)
    }

    /// What the audit log keeps of it.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name,
            "description": self.description,
            "permissions": self.patterns().join(" "),
            "version": self.version,
        })
    }
}

impl From<&Role> for RoleContent {
    fn from(role: &Role) -> Self {
        let (name, description) = (role.name.clone(), role.description.clone());
        Self { name, description, patterns: role.patterns(), reason: String::new() }
    }
}

/// A role as the list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// ULID text.
    pub id: RoleId,
    /// Short name.
    pub name: String,
    /// The name that the list is ordered by.
    pub name_key: String,
    /// What it is for.
    pub description: String,
    /// Whether it can't change.
    pub builtin: bool,
    /// Rises with every save.
    pub version: i64,
    /// The name of its tenant, if it belongs to one.
    pub tenant_name: Option<String>,
    /// People who hold it now, directly or through groups.
    pub holders: i64,
    patterns: String,
}

impl Listed {
    /// How many permissions its patterns cover.
    #[must_use]
    pub fn permissions(&self) -> u32 {
        PermissionSet::from_patterns(self.patterns.split_whitespace()).len()
    }
}

/// A role as an option of a form.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RoleChoice {
    /// ULID text.
    pub id: RoleId,
    /// Short name.
    pub name: String,
    /// What it is for, as a sentence.
    pub description: String,
    /// The tenant it belongs to; `None` for the whole installation.
    pub tenant_name: Option<String>,
}

/// One page of roles and how many there are.
pub async fn page(
    (tenant, now): (Option<TenantId>, Timestamp),
    conn: &mut Conn,
    place: &Place<RoleId>,
    words: &Words,
) -> Result<(Vec<Listed>, i64)> {
    let rows = on!(conn, |c| {
        let query = query_as(LIST).bind(&place.name).bind(&place.id).bind(tenant).bind(PAGE + 1).bind(now);
        bind_words!(query, words).fetch_all(c).await?
    });
    let total = on!(conn, |c| bind_words!(query_scalar(COUNT).bind(tenant), words).fetch_one(c).await?);
    Ok((rows, total))
}

/// The first roles by name of the place where the caller works, or of every place, one more than a choice shows.
pub async fn choices(tenant: Option<TenantId>, conn: &mut Conn, of_all: bool) -> Result<Vec<RoleChoice>> {
    Ok(on!(conn, |c| query_as(CHOICES).bind(tenant).bind(of_all).bind(LIMIT + 1).fetch_all(c).await?))
}

/// The role with this id, if it can be seen from where the caller works.
pub async fn find(tenant: Option<TenantId>, conn: &mut Conn, id: &RoleId) -> Result<Option<Role>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).bind(tenant).fetch_optional(c).await?))
}

/// The role of this name, or of one that nobody can tell from it, of the installation or of one tenant.
pub async fn find_by_name(conn: &mut Conn, name: &str, scope: Scope) -> Result<Option<Role>> {
    Ok(on!(conn, |c| query_as(FIND_BY_NAME).bind(name).bind(scope.tenant()).bind(same(name)).fetch_optional(c).await?))
}

/// At most `limit` roles that allow `permission`, as seen from where the caller works; the narrow ones first.
pub async fn giving(
    tenant: Option<TenantId>,
    conn: &mut Conn,
    permission: Permission,
    limit: i64,
) -> Result<Vec<Role>> {
    Ok(on!(conn, |c| query_as(GIVING)
        .bind(permission.name())
        .bind(permission.family())
        .bind(tenant)
        .bind(limit)
        .fetch_all(c)
        .await?))
}

/// A number that no role ever had.
pub async fn next_number(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, |c| query_scalar(NEXT_NUMBER).fetch_one(c).await?))
}

/// Inserts a role; `false` if its name is taken.
pub async fn insert(stamp: Stamp, tx: &mut Tx, role: &Role) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(&role.id)
        .bind(role.number)
        .bind(role.tenant_id)
        .bind(&role.name)
        .bind(&role.description)
        .bind(stamp.by)
        .bind(stamp.at)
        .bind(role.version)
        .bind(folded(&role.name))
        .bind(same(&role.name))
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Updates a role whose version is still `version`; `false` if it isn't.
pub async fn update(tx: &mut Tx, id: &RoleId, content: &RoleContent, version: i64) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(UPDATE)
        .bind(id)
        .bind(&content.name)
        .bind(&content.description)
        .bind(version)
        .bind(folded(&content.name))
        .bind(same(&content.name))
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Says whether everybody who has a role needs a second factor; `false` if that was said already.
pub async fn require_factor(tx: &mut Tx, id: &RoleId, required: bool) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query(REQUIRE_FACTOR).bind(id).bind(required).execute(c).await?.rows_affected()) == 1)
}

/// Whether everybody who has a role needs a second factor.
pub async fn requires_factor(conn: &mut Conn, id: &RoleId) -> Result<bool> {
    let required: Option<bool> = on!(conn, |c| query_scalar(REQUIRES_FACTOR).bind(id).fetch_optional(c).await?);
    Ok(required.unwrap_or_default())
}

/// Sets what a role allows.
pub async fn set_patterns(tx: &mut Tx, id: &RoleId, patterns: &[String]) -> Result<()> {
    on!(tx, |c| sqlx::query(CLEAR_PATTERNS).bind(id).execute(c).await?.rows_affected());
    for pattern in patterns {
        on!(tx, |c| sqlx::query(INSERT_PATTERN).bind(id).bind(pattern).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Removes a role and the grants that give it. Its versions stay.
pub async fn delete(tx: &mut Tx, id: &RoleId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}
