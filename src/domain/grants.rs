//! Giving roles to users and taking them back.

use serde_json::json;
use sqlx::query_as;

use super::{
    ctx::Ctx,
    engine,
    error::{Error, Refused, Result},
    events::{self, Change},
    roles,
    users::{self, User},
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        error::FieldErrors,
        id::{GrantId, RoleId, UserId},
        permission::Permission,
        timestamp::Timestamp,
    },
};

statements! {
    OF_USER = "select g.id, g.role_id, r.name as role_name, r.description as role_description, g.created_at
        from grants g join roles r on r.id = g.role_id where g.user_id = $1 and g.tenant_id is null order by g.id";
    INSERT = "insert into grants (id, user_id, role_id, granted_by, created_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing";
    DELETE = "delete from grants where id = $1 and user_id = $2";
}

/// A role that a user holds everywhere, given to them directly.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The role.
    pub role_id: RoleId,
    /// The role's name.
    pub role_name: String,
    /// What the role is for.
    pub role_description: String,
    /// When it was given.
    pub created_at: Timestamp,
}

/// The roles given to a user directly.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<Vec<Grant>> {
    ctx.require(Permission::UsersRead)?;
    load(&mut ctx.read().await?, user).await
}

async fn load(conn: &mut Conn, user: UserId) -> Result<Vec<Grant>> {
    Ok(on!(conn, |c| query_as(OF_USER).bind(user).fetch_all(c).await?))
}

/// Gives a role to a user, everywhere. Giving it twice is not an error.
pub async fn give(ctx: &Ctx, user: UserId, role: &RoleId) -> Result<User> {
    ctx.require(Permission::UsersUpdateRoles)?;
    let mut tx = ctx.begin().await?;
    let user = users::require(&mut tx, user).await?;
    require_no_more(ctx, &mut tx, role).await?;
    give_in(ctx, &mut tx, &user, role).await?;
    tx.commit().await?;
    Ok(user)
}

/// [`give`] within a larger change that has checked what the caller may give.
pub async fn give_in(ctx: &Ctx, tx: &mut Tx, user: &User, role: &RoleId) -> Result<()> {
    let role = roles::find(tx, role).await?.ok_or_else(|| FieldErrors::one("role", "choose a role"))?;
    let inserted = on!(tx, |c| sqlx::query(INSERT)
        .bind(ctx.id())
        .bind(user.id)
        .bind(&role.id)
        .bind(ctx.user_id())
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    if inserted == 1 {
        events::record(ctx, tx, Change::new("users.give-role", user.target()).after(json!({"role": role.name})))
            .await?;
    }
    Ok(())
}

/// Takes a role back.
pub async fn take(ctx: &Ctx, user: UserId, grant: GrantId) -> Result<User> {
    ctx.require(Permission::UsersUpdateRoles)?;
    let mut tx = ctx.begin().await?;
    let user = users::require(&mut tx, user).await?;
    let held = load(&mut tx, user.id).await?.into_iter().find(|g| g.id == grant).ok_or(Error::NotFound("grant"))?;
    require_no_more(ctx, &mut tx, &held.role_id).await?;
    let was_last = engine::is_last_administrator(&mut tx, user.id, ctx.now()).await?;
    on!(tx, |c| sqlx::query(DELETE).bind(held.id).bind(user.id).execute(c).await?.rows_affected());
    let still_all = engine::permissions(&mut tx, user.id, ctx.now()).await?.contains_all();
    if was_last && !still_all {
        return Err(Refused::LastAdministrator.into());
    }
    let change = Change::new("users.take-role", user.target()).before(json!({"role": held.role_name}));
    events::record(ctx, &mut tx, change).await?;
    tx.commit().await?;
    Ok(user)
}

/// Nobody gives, or takes from others, what they lack themselves.
pub async fn require_no_more(ctx: &Ctx, conn: &mut Conn, role: &RoleId) -> Result<()> {
    let given = roles::permissions(conn, role).await?;
    match ctx.permissions().lacks(given) {
        None => Ok(()),
        Some(_) => Err(Refused::MoreThanYourself.into()),
    }
}
