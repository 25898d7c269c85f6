//! What was deleted, as it was, so that it can come back within 30 days. Secrets are gone at once: a user who
//! comes back sets a new password.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use super::{
    ctx::Ctx,
    error::{Error, Refused, Result},
    grants::{self, Grant},
    groups::KeptGroup,
    roles::Role,
    users::{Profile, User},
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::{GroupId, MembershipId, RoleId, TenantId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    KEEP = "insert into deleted (id, kind, name, snapshot, deleted_at) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, snapshot = excluded.snapshot, deleted_at = excluded.deleted_at";
    TAKE = "delete from deleted where id = $1 and kind = $2 returning snapshot";
    FORGET = "delete from deleted where deleted_at <= $1";
    FORGET_VERSIONS = "delete from role_versions
        where not exists (select 1 from roles r where r.id = role_versions.role_id)
            and not exists (select 1 from deleted d where d.kind = 'role' and d.name = role_versions.role_id)";
    MEMBERSHIPS = "select id, tenant_id, status, external_id, created_at from memberships where user_id = $1";
    GROUPS = "select group_id from group_members where user_id = $1";
    USES = "select (select count(*) from grants where user_id = $1) + (select count(*) from group_members where user_id = $1)
        + (select count(*) from memberships where user_id = $1 and (is_owner or id <> (
            select id from memberships where user_id = $1 order by created_at, id limit 1)))";
    MORE = "select locale, email_verified_at, disabled_at, created_by, last_sign_in_at from users where id = $1";
    RESTORE_MEMBERSHIP = "insert into memberships (id, user_id, tenant_id, status, external_id, created_at)
        select $1, $2, id, $4, $5, $6 from tenants where id = $3";
    RESTORE_GROUP = "insert into group_members (id, group_id, user_id, added_at)
        select $1, id, $3, $4 from groups where id = $2";
}

/// How long something can be brought back, in seconds.
pub const KEPT: i64 = 30 * 24 * 60 * 60;

/// A role as it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptRole {
    /// The tenant it belonged to.
    pub tenant_id: Option<TenantId>,
    /// Its name.
    pub name: String,
    /// What it was for.
    pub description: String,
    /// What it allowed.
    pub patterns: Vec<String>,
    /// Its last version.
    pub version: i64,
    /// Who held it.
    pub grants: Vec<Grant>,
}

/// A user as they were, without secrets.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptUser {
    /// Names, address and phone.
    pub profile: Profile,
    /// What else there is about them.
    pub more: More,
    /// Where they belonged.
    pub memberships: Vec<KeptMembership>,
    /// Groups they were in.
    pub groups: Vec<GroupId>,
    /// What was given to them.
    pub grants: Vec<Grant>,
    /// When they were made.
    pub created_at: Timestamp,
    /// Their last version.
    pub version: i64,
    /// Their number.
    pub number: i64,
}

/// What a form doesn't show.
#[derive(Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct More {
    /// `en_US`.
    pub locale: String,
    /// When the address was confirmed.
    pub email_verified_at: Option<Timestamp>,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
    /// Who made them.
    pub created_by: Option<UserId>,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

/// A membership as it was.
#[derive(Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct KeptMembership {
    id: MembershipId,
    tenant_id: TenantId,
    status: String,
    external_id: Option<String>,
    created_at: Timestamp,
}

/// Keeps a role that is about to be removed.
pub async fn keep_role(ctx: &Ctx, tx: &mut Tx, role: &Role) -> Result<()> {
    let kept = KeptRole {
        tenant_id: role.tenant_id,
        name: role.name.clone(),
        description: role.description.clone(),
        patterns: role.patterns(),
        version: role.version,
        grants: grants::of_role(tx, &role.id).await?,
    };
    // The id of a role is text; its place here is found by the same text.
    keep(ctx, tx, (role_key(&role.id), "role", &role.id.0), &kept).await
}

/// Takes back what was kept of a role.
pub async fn take_role(tx: &mut Tx, id: &RoleId) -> Result<KeptRole> {
    take(tx, role_key(id), "role").await
}

/// A role's id is 128 bits as text. Ids that are no ULID belong to built-in roles, which are never deleted.
fn role_key(id: &RoleId) -> Uuid {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = id.0.chars().filter_map(|letter| ALPHABET.find(letter));
    Uuid::from_u128(bits.fold(0, |sum: u128, digit| sum << 5 | digit as u128))
}

/// Keeps a user who is about to be removed.
pub async fn keep_user(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<()> {
    let kept = KeptUser {
        profile: user.profile(),
        more: on!(tx, |c| query_as(MORE).bind(user.id).fetch_one(c).await?),
        memberships: on!(tx, |c| query_as(MEMBERSHIPS).bind(user.id).fetch_all(c).await?),
        groups: on!(tx, |c| query_scalar(GROUPS).bind(user.id).fetch_all(c).await?),
        grants: grants::all_of_user(tx, user.id).await?,
        created_at: user.created_at,
        version: user.version,
        number: user.number,
    };
    keep(ctx, tx, (user.id.0, "user", &user.display_name), &kept).await
}

/// Whether a user belongs to one tenant at most, to no group, and holds nothing.
pub async fn is_unused(tx: &mut Tx, user: UserId) -> Result<bool> {
    let uses: i64 = on!(tx, |c| query_scalar(USES).bind(user).fetch_one(c).await?);
    Ok(uses == 0)
}

/// Takes back what was kept of a user.
pub async fn take_user(tx: &mut Tx, id: UserId) -> Result<KeptUser> {
    take(tx, id.0, "user").await
}

/// Puts a user back where they were, as far as it is still there.
pub async fn restore_places(ctx: &Ctx, tx: &mut Tx, user: UserId, kept: &KeptUser) -> Result<()> {
    for KeptMembership { id, tenant_id, status, external_id, created_at } in &kept.memberships {
        on!(tx, |c| sqlx::query(RESTORE_MEMBERSHIP)
            .bind(id)
            .bind(user)
            .bind(tenant_id)
            .bind(status)
            .bind(external_id)
            .bind(created_at)
            .execute(c)
            .await?
            .rows_affected());
    }
    for group in &kept.groups {
        on!(tx, |c| sqlx::query(RESTORE_GROUP)
            .bind(ctx.id())
            .bind(group)
            .bind(user)
            .bind(ctx.now())
            .execute(c)
            .await?
            .rows_affected());
    }
    grants::restore(tx, &kept.grants).await
}

/// Keeps a group that is about to be removed.
pub async fn keep_group(ctx: &Ctx, tx: &mut Tx, (id, name): (GroupId, &str), kept: &KeptGroup) -> Result<()> {
    keep(ctx, tx, (id.0, "group", name), kept).await
}

/// Takes back what was kept of a group.
pub async fn take_group(tx: &mut Tx, id: GroupId) -> Result<KeptGroup> {
    take(tx, id.0, "group").await
}

async fn keep(ctx: &Ctx, tx: &mut Tx, (id, kind, name): (Uuid, &str, &str), kept: &impl Serialize) -> Result<()> {
    let snapshot = serde_json::to_string(kept).map_err(|e| Error::Internal(format!("a snapshot: {e}")))?;
    on!(tx, |c| sqlx::query(KEEP)
        .bind(id)
        .bind(kind)
        .bind(name)
        .bind(snapshot)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

async fn take<T: DeserializeOwned>(tx: &mut Tx, id: Uuid, kind: &str) -> Result<T> {
    let snapshot: Option<String> = on!(tx, |c| query_scalar(TAKE).bind(id).bind(kind).fetch_optional(c).await?);
    let snapshot = snapshot.ok_or(Refused::Forgotten)?;
    serde_json::from_str(&snapshot).map_err(|e| Error::Internal(format!("a snapshot: {e}")))
}

/// Forgets what was deleted more than 30 days ago.
pub async fn sweep(ctx: &Ctx, conn: &mut Conn) -> Result<()> {
    on!(conn, |c| sqlx::query(FORGET).bind(ctx.now().plus_seconds(-KEPT)).execute(c).await?.rows_affected());
    on!(conn, |c| sqlx::query(FORGET_VERSIONS).execute(c).await?.rows_affected());
    Ok(())
}
