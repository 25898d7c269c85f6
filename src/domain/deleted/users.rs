//! Deleted users.

use serde::{Deserialize, Serialize};
use sqlx::{query_as, query_scalar};

use super::snapshots::{Snapshot, keep, take};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::Result,
        grants::{self, store::Grant},
        tenants::{self, memberships::store::KeptMembership},
        users::{input::Profile, store::User},
    },
    model::{
        id::{GroupId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    GROUPS = "select group_id from group_members where user_id = $1";
    USES = "select (select count(*) from grants where user_id = $1) + (select count(*) from group_members where user_id = $1)
        + (select count(*) from memberships where user_id = $1 and (is_owner or id <> (
            select id from memberships where user_id = $1 order by created_at, id limit 1)))";
    MORE = "select kind, locale, tenant_scope, ip_allowlist, second_factor_required, email_verified_at, disabled_at,
        created_by, last_sign_in_at, email_hints from users where id = $1";
    WITH_LOGIN = "select id from deleted where kind = 'user' and name = $1 limit $2";
    /// Whether the log of tenant $2 says that user $1 was deleted.
    GONE_FROM = "select count(*) from events e join tenants_of_events o on o.event = e.seq and o.tenant = $2
        where e.target_kind = 'user' and e.target_id = $1 and e.action = 'users.delete'";
    RESTORE_GROUP = "insert into group_members (id, group_id, user_id, added_at)
        select $1, id, $3, $4 from groups where id = $2";
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
    /// Whether their tenant scope says where what they had everywhere counted. Before there was one, it counted everywhere.
    #[serde(default)]
    pub is_scoped: bool,
}

impl Snapshot for KeptUser {
    const KIND: &'static str = "user";
}

/// What a form doesn't show. What a snapshot lacks, because it was made before there was such a thing, is what the
/// schema gives to a new user.
#[derive(Debug, Serialize, Deserialize, sqlx::FromRow)]
#[serde(default)]
pub struct More {
    /// A person or a program.
    pub kind: String,
    /// `en_US`.
    pub locale: String,
    /// Where what is given to them everywhere counts.
    pub tenant_scope: String,
    /// From which addresses they may sign in, as JSON.
    pub ip_allowlist: String,
    /// Whether they must have a second factor. The factor itself is a secret, and gone.
    pub second_factor_required: bool,
    /// When the address was confirmed.
    pub email_verified_at: Option<Timestamp>,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
    /// Who made them.
    pub created_by: Option<UserId>,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// What a program keeps beside the address, a JSON object.
    pub email_hints: String,
}

impl Default for More {
    fn default() -> Self {
        Self {
            kind: "human".into(),
            locale: "en_US".into(),
            tenant_scope: "list".into(),
            ip_allowlist: "[]".into(),
            second_factor_required: false,
            email_verified_at: None,
            disabled_at: None,
            created_by: None,
            last_sign_in_at: None,
            email_hints: "{}".into(),
        }
    }
}

/// Keeps a user who is about to be removed.
pub async fn keep_user(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<()> {
    let kept = KeptUser {
        profile: user.profile(),
        more: on!(tx, |c| query_as(MORE).bind(user.id).fetch_one(c).await?),
        memberships: tenants::memberships::store::kept(tx, user.id, None).await?,
        groups: on!(tx, |c| query_scalar(GROUPS).bind(user.id).fetch_all(c).await?),
        grants: grants::store::all_of_user(tx, user.id).await?,
        created_at: user.created_at,
        version: user.version,
        number: user.number,
        is_scoped: true,
    };
    keep(ctx, tx, (user.id.0, &user.login), &kept).await
}

/// So many people who had the same login, one after the other, are told apart.
const NAMESAKES: i64 = 20;

/// Deleted users who signed in with this login, which is lower-case, as far as the caller may know of them.
pub async fn with_login(ctx: &Ctx, conn: &mut Conn, login: &str) -> Result<Vec<UserId>> {
    let ids: Vec<UserId> = on!(conn, |c| query_scalar(WITH_LOGIN).bind(login).bind(NAMESAKES).fetch_all(c).await?);
    let Some(here) = ctx.tenant() else {
        return Ok(ids);
    };
    let mut known = Vec::new();
    for id in ids {
        let gone: i64 = on!(conn, |c| query_scalar(GONE_FROM).bind(id.to_string()).bind(here).fetch_one(c).await?);
        if gone > 0 {
            known.push(id);
        }
    }
    Ok(known)
}

/// Whether a user belongs to one tenant at most, to no group, and holds nothing.
pub async fn is_unused(tx: &mut Tx, user: UserId) -> Result<bool> {
    let uses: i64 = on!(tx, |c| query_scalar(USES).bind(user).fetch_one(c).await?);
    Ok(uses == 0)
}

/// Takes back what was kept of a user.
pub async fn take_user(tx: &mut Tx, id: UserId) -> Result<KeptUser> {
    take(tx, id.0).await
}

/// Puts a user back where they were, as far as it is still there. They are in their groups from now on: since when
/// they were is not kept.
pub async fn restore_places(ctx: &Ctx, tx: &mut Tx, user: UserId, kept: &KeptUser) -> Result<()> {
    for membership in &kept.memberships {
        tenants::memberships::store::put_back(tx, user, membership).await?;
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
    Ok(grants::store::restore(tx, &kept.grants).await?)
}

#[cfg(test)]
mod tests {
    use super::More;

    #[test]
    fn a_snapshot_of_before_has_what_a_new_user_has() {
        let more: More = serde_json::from_str(r#"{"locale":"de_DE","email_verified_at":7}"#).unwrap();
        assert_eq!((more.locale.as_str(), more.kind.as_str(), more.tenant_scope.as_str()), ("de_DE", "human", "list"));
        assert_eq!((more.ip_allowlist.as_str(), more.second_factor_required), ("[]", false));
    }
}
