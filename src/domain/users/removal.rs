//! Deleting a user, and bringing them back.

use serde::{Deserialize, Serialize};

use super::{
    guards::{self, taken},
    queries::require,
    store::{self, User},
};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        access::administrators,
        action::Action,
        affected::Affected,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        deleted::{self, users::KeptUser},
        error::{Error, Result},
        tenants,
    },
    model::{id::UserId, scope::TenantScope, timestamp::Timestamp},
};

statements! {
    /// The number is kept: families of the API know people by it.
    INSERT_AGAIN = "insert into users (number, id, login, email, display_name, first_name, last_name, name_key, search_key,
            phone, created_at, updated_at, kind)
        values ($1, $2, $3, $12, $4, $5, $6, $7, $8, $9, $10, $10, $11) on conflict (login) do nothing";
    RESTORE = "update users set locale = $2, tenant_scope = $3, ip_allowlist = $4, second_factor_required = $5,
        email_verified_at = $6, disabled_at = $7, created_by = $8, created_at = $9, last_sign_in_at = $10, version = $11,
        email_hints = $12 where id = $1";
}

/// Removes a user, their sessions, grants and memberships. They can be brought back for 30 days.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteUser {
    /// Who.
    pub user: UserId,
    /// What must not have changed since, where this takes back that they came.
    #[serde(flatten)]
    pub unchanged: Option<Unchanged>,
}

/// A user as a command left them, to see whether anything happened since.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Unchanged {
    /// Their version.
    pub version: i64,
    /// When they had last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether they belonged to one tenant, to no group, and held nothing.
    pub unused: bool,
}

impl Command for DeleteUser {
    const ACTION: Action = Action::DeleteUser;
    type Done = User;

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = require(ctx, tx, self.user).await?;
        if let Some(unchanged) = &self.unchanged
            && !is_unchanged(tx, &user, unchanged).await?
        {
            return Err(Error::Stale);
        }
        let change = remove(ctx, tx, &user).await?;
        Ok(Applied::changed(user, change))
    }
}

impl UndoCommand for DeleteUser {
    const KIND: &'static str = "delete-user";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}

async fn is_unchanged(tx: &mut Tx, user: &User, then: &Unchanged) -> Result<bool> {
    let same = (user.version, user.last_sign_in_at) == (then.version, then.last_sign_in_at);
    Ok(same && (!then.unused || deleted::users::is_unused(tx, user.id).await?))
}

/// Removes a user: by a command of their own, or because they left the last tenant that they belonged to.
pub async fn remove(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<Change> {
    guards::may_lose_access(ctx, tx, user).await?;
    let watch = administrators::watch(ctx, tx).await?;
    let places = tenants::memberships::store::kept(tx, user.id, None).await?;
    deleted::users::keep_user(ctx, tx, user).await?;
    store::delete(tx, user.id).await?;
    watch.check(ctx, tx).await?;
    let left = places.into_iter().map(|membership| membership.tenant_id).collect();
    let change = Change::new(Action::DeleteUser, user.target()).leaving(left).before(user.state());
    Ok(change.undo(&RestoreUser { user: user.id }))
}

/// Brings a deleted user back, where they were, with what was given to them. Their password is gone: they follow
/// a set-password link before they sign in.
#[derive(Debug, Serialize, Deserialize)]
pub struct RestoreUser {
    user: UserId,
}

impl Command for RestoreUser {
    const ACTION: Action = Action::RestoreUser;
    type Done = User;

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let id = self.user;
        let kept = deleted::users::take_user(tx, id).await?;
        if !insert_again(ctx, tx, id, &kept).await? {
            return Err(taken());
        }
        restore(tx, id, &kept).await?;
        deleted::users::restore_places(ctx, tx, id, &kept).await?;
        if let Some(scope) = TenantScope::parse(&kept.more.tenant_scope).filter(|_| kept.is_scoped) {
            store::set_scope(tx, id, scope).await?;
        }
        let user = require(ctx, tx, id).await?;
        // Also what only others would bring back: they come back as a whole.
        guards::require_not_above_caller(ctx, tx, id).await?;
        let unchanged = Unchanged { version: user.version, last_sign_in_at: user.last_sign_in_at, unused: false };
        let change = Change::new(Self::ACTION, user.target())
            .after(user.state())
            .undo(&DeleteUser { user: id, unchanged: Some(unchanged) });
        Ok(Applied::changed(user, change))
    }
}

impl UndoCommand for RestoreUser {
    const KIND: &'static str = "restore-user";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}

/// Inserts a user who was deleted, under their old number; `false` if the login is taken.
async fn insert_again(ctx: &Ctx, tx: &mut Tx, id: UserId, kept: &KeptUser) -> Result<bool> {
    let profile = &kept.profile;
    let keys = profile.keys();
    let rows = on!(tx, |c| sqlx::query(INSERT_AGAIN)
        .bind(kept.number)
        .bind(id)
        .bind(profile.email.as_str())
        .bind(&profile.display_name)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .bind(&keys.name)
        .bind(&keys.search)
        .bind(&profile.phone)
        .bind(ctx.now())
        .bind(&kept.more.kind)
        .bind(profile.reached_at())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Puts back what an insert doesn't set.
async fn restore(tx: &mut Tx, id: UserId, kept: &KeptUser) -> Result<()> {
    let more = &kept.more;
    on!(tx, |c| sqlx::query(RESTORE)
        .bind(id)
        .bind(&more.locale)
        .bind(&more.tenant_scope)
        .bind(&more.ip_allowlist)
        .bind(more.second_factor_required)
        .bind(more.email_verified_at)
        .bind(more.disabled_at)
        .bind(more.created_by)
        .bind(kept.created_at)
        .bind(more.last_sign_in_at)
        .bind(kept.version + 1)
        .bind(&more.email_hints)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}
