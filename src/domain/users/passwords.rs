//! Changing a password: one's own, and somebody else's.

use serde_json::json;

use super::{
    former_passwords::{self, hash_new},
    guards,
    input::ProfileChange,
    own::{self, own},
    policy::{self, TEMPORARY_LIFETIME},
    queries::require,
    replacing,
    store::{self, Credentials, User},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::Change,
        clock::exact,
        codes,
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Refused, Result},
        passwords::rules::Password,
        secrets::new_temporary,
        sessions, tokens,
    },
    model::{id::UserId, user::UserKind},
};

/// Changes one's own password. Every other session ends, and so do access and refresh tokens; what is calling goes on, and
/// so do personal tokens.
#[derive(Clone)]
pub struct ChangePassword {
    /// What the old password was compared with.
    compared: Credentials,
    login: String,
    hash: String,
}

impl ChangePassword {
    /// Compares the old password and hashes the new one: before the transaction begins, because that takes longer than a
    /// writer may hold the database. Wrong old passwords are counted, and limited as sign-in is.
    pub async fn prepare(ctx: &Ctx, old: &str, new: &str) -> Result<Self> {
        ctx.require(Self::ACTION)?;
        let user = own(ctx).await?;
        let old = Password::attempt(old);
        let compared = own::prove(ctx, &user, &old).await?;
        let new = policy::parse(&mut *ctx.read().await?, (&user, ctx.now()), new).await?;
        if new == old {
            return Err(Refused::SamePassword.into());
        }
        let hash = hash_new(ctx, user.id, new).await?;
        Ok(Self { compared, login: user.login, hash })
    }
}

impl Command for ChangePassword {
    const ACTION: Action = Action::ChangePassword;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let caller = ctx.user()?;
        // Between the comparison and now somebody may have set another.
        if store::credentials(tx, &self.login).await?.is_none_or(|now| now != self.compared || now.id != caller.id) {
            return Err(Error::WrongCredentials);
        }
        let (user, change) = replacing::replace(ctx, tx, caller.id, (&self.hash, Some(&caller.by))).await?;
        Ok(Applied::changed(user, change))
    }
}

/// Gives somebody else a password for a while, which they must change when they sign in. What somebody knows beside its
/// user is no password for long; it can't be taken back, because the one before is gone. Everything ends that was opened by
/// the one before, and every code.
#[derive(Clone)]
pub struct ResetPassword {
    /// Whose.
    pub user: UserId,
    hash: String,
}

impl ResetPassword {
    /// Reads the password and hashes it, before the transaction begins.
    pub async fn prepare(ctx: &Ctx, user: UserId, password: &str) -> Result<Self> {
        ctx.require(Self::ACTION)?;
        let password = {
            let mut conn = ctx.read().await?;
            let user = require(ctx, &mut conn, user).await?;
            policy::parse(&mut conn, (&user, ctx.now()), password).await?
        };
        Ok(Self { user, hash: ctx.hasher().await.hash(password).await? })
    }

    /// The same with a password that nobody thought of, which the caller has to pass on.
    pub async fn with_any(ctx: &Ctx, user: UserId) -> Result<(Self, String)> {
        let least = policy::least_of(ctx, user).await?;
        let password = new_temporary(least);
        Ok((Self::prepare(ctx, user, &password).await?, password))
    }
}

impl Command for ResetPassword {
    const ACTION: Action = Action::ResetPassword;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = require(ctx, tx, self.user).await?;
        may_be_reset(ctx, tx, &user).await?;
        let until = ctx.now().plus_seconds(TEMPORARY_LIFETIME);
        former_passwords::replace_for_now(ctx.now(), tx, user.id, (&self.hash, until)).await?;
        let ended = end_what_it_opened(ctx, tx, user.id).await?;
        let user = require(ctx, tx, user.id).await?;
        let after = json!({"temporary password until": exact(until), "sessions ended": ended});
        let change = Change::new(Self::ACTION, user.target()).after(after);
        Ok(Applied::changed(user, change))
    }
}

/// Not one's own, which takes the old one; not a program's, which has none; and nobody's who may do more.
async fn may_be_reset(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<()> {
    if ctx.user_id() == Some(user.id) {
        return Err(Refused::Yourself.into());
    }
    if user.kind == UserKind::ServiceAccount {
        return Err(Refused::ServiceAccount.into());
    }
    guards::require_not_above_caller(ctx, tx, user.id).await
}

/// Gives somebody a password that they may keep, as a program of their tenant says (contract 001). It ends what a temporary one
/// ends. One's own ends what one's own change does: what is calling goes on.
#[derive(Clone)]
pub struct GivePassword {
    /// Whose.
    pub user: UserId,
    hash: String,
}

impl GivePassword {
    /// Reads the password and hashes it, before the transaction begins. It has to fit what they are going to be called, and what
    /// is going to be asked of them beside it (`needs_factor`).
    pub async fn prepare(
        ctx: &Ctx,
        (user, change): (UserId, &ProfileChange),
        (password, needs_factor): (&str, bool),
    ) -> Result<Self> {
        let password = {
            let mut conn = ctx.read().await?;
            let profile = require(ctx, &mut conn, user).await?.profile().changed(change)?;
            policy::parse_beside(&mut conn, (user, &profile), (password, needs_factor)).await?
        };
        Ok(Self { user, hash: hash_new(ctx, user, password).await? })
    }
}

impl Command for GivePassword {
    const ACTION: Action = Action::GivePassword;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = require(ctx, tx, self.user).await?;
        if let Ok(own) = ctx.user()
            && own.id == user.id
        {
            guards::require_not_above_caller(ctx, tx, user.id).await?;
            let (user, _) = replacing::replace(ctx, tx, user.id, (&self.hash, Some(&own.by))).await?;
            let change = Change::new(Self::ACTION, user.target());
            return Ok(Applied::changed(user, change));
        }
        may_be_reset(ctx, tx, &user).await?;
        former_passwords::replace(ctx.now(), tx, user.id, &self.hash).await?;
        let ended = end_what_it_opened(ctx, tx, user.id).await?;
        let user = require(ctx, tx, user.id).await?;
        let change = Change::new(Self::ACTION, user.target()).after(json!({"sessions ended": ended}));
        Ok(Applied::changed(user, change))
    }
}

/// Ends all that the password before opened, and every code, and tells its user.
async fn end_what_it_opened(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<u64> {
    let ended = sessions::store::end_all(tx, user).await?;
    tokens::store::end_personal(tx, user).await?;
    codes::void_all(ctx, tx, user).await?;
    replacing::tell(ctx, tx, user).await?;
    Ok(ended)
}
