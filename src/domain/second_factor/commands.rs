//! Binding a second factor, and saying that somebody must have one.

use std::fmt;

use serde_json::json;

use super::{check::purpose, need, recovery, store, totp};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::{Change, Target},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Refused, Result},
        outbox::{letter::CredentialChange, telling},
        passkeys, users,
    },
    model::{id::UserId, user::SecondFactor},
};

/// Binds an authenticator app to whoever is calling, once they typed a code of it. Answers their recovery codes, which are
/// shown once; those from before are void.
pub struct BindSecondFactor {
    /// What the app was given.
    pub secret: Vec<u8>,
    /// What it shows.
    pub code: String,
    /// Whether it takes the place of the one that they have.
    pub replaces: bool,
}

impl fmt::Debug for BindSecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BindSecondFactor(…)")
    }
}

impl Command for BindSecondFactor {
    const ACTION: Action = Action::BindSecondFactor;
    type Done = Vec<String>;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Vec<String>>> {
        let user = ctx.user()?;
        let step = totp::step_of(&self.secret, &self.code, ctx.now()).ok_or(Error::WrongCode)?;
        let sealed = ctx.services.key.seal(&purpose(user.id), &self.secret);
        let (before, _) = store::of(tx, user.id).await?;
        // Of two at once, one is bound.
        if !store::bind(tx, user.id, (&sealed, step), self.replaces).await? {
            return Err(Error::Stale);
        }
        let codes = recovery::make(ctx, tx, user.id).await?;
        telling::of_credential(ctx, tx, user.id, (CredentialChange::AppBound, "")).await?;
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name))
            .before(json!({"second factor": before}))
            .after(json!({"second factor": SecondFactor::Totp}));
        Ok(Applied::changed(codes, change))
    }
}

/// Makes the caller's recovery codes anew. Those from before are void.
#[derive(Clone, Copy, Debug)]
pub struct MakeRecoveryCodes;

impl Command for MakeRecoveryCodes {
    const ACTION: Action = Action::MakeRecoveryCodes;
    type Done = Vec<String>;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Vec<String>>> {
        let user = ctx.user()?;
        let has_app = store::of(tx, user.id).await?.0 == SecondFactor::Totp;
        if !has_app && passkeys::store::count(tx, user.id).await? == 0 {
            return Err(Refused::NoApp.into());
        }
        let codes = recovery::make(ctx, tx, user.id).await?;
        telling::of_credential(ctx, tx, user.id, (CredentialChange::RecoveryCodesMade, "")).await?;
        Ok(Applied::changed(codes, Change::new(Self::ACTION, Target::user(user.id, &user.name))))
    }
}

/// Removes the caller's own second factor, where none is required of them.
#[derive(Clone, Copy, Debug)]
pub struct RemoveSecondFactor;

impl Command for RemoveSecondFactor {
    const ACTION: Action = Action::RemoveSecondFactor;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        let (before, _) = store::of(tx, user.id).await?;
        if need::is_required(tx, user.id, ctx.now()).await? {
            return Err(Refused::FactorRequired.into());
        }
        if before == SecondFactor::None {
            return Ok(Applied::unchanged(()));
        }
        store::reset(tx, user.id).await?;
        telling::of_credential(ctx, tx, user.id, (CredentialChange::FactorRemoved, "")).await?;
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name))
            .before(json!({"second factor": before}))
            .after(json!({"second factor": SecondFactor::None}));
        Ok(Applied::changed((), change))
    }
}

/// Says that somebody must have a second factor, and sends codes to whoever has none (contract 001, rule 7); or that they
/// need none, and removes the one that they have. What is removed can't be brought back.
#[derive(Clone, Copy, Debug)]
pub struct RequireSecondFactor {
    /// Of whom.
    pub user: UserId,
    /// Whether they must have one.
    pub required: bool,
}

impl Command for RequireSecondFactor {
    const ACTION: Action = Action::RequireSecondFactor;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        users::guards::require_not_above_caller(ctx, tx, user.id).await?;
        let before = store::of(tx, user.id).await?;
        let passkeys = match self.required {
            true => {
                store::require_mailed(tx, user.id).await?;
                0
            }
            false => {
                store::require_none(tx, user.id).await?;
                store::reset(tx, user.id).await?
            }
        };
        let after = store::of(tx, user.id).await?;
        if before == after && passkeys == 0 {
            return Ok(Applied::unchanged(()));
        }
        let told = if self.required { CredentialChange::CodesMailed } else { CredentialChange::FactorRemoved };
        telling::of_credential(ctx, tx, user.id, (told, "")).await?;
        let state = |(bound, required): (SecondFactor, bool)| json!({"second factor": bound, "required": required});
        let mut now = state(after);
        if passkeys > 0 {
            now["passkeys removed"] = json!(passkeys);
        }
        let change = Change::new(Self::ACTION, user.target()).before(state(before)).after(now);
        Ok(Applied::changed((), change))
    }
}
