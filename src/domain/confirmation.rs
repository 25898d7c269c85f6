//! Confirming an e-mail address by a link in a mail.

use super::{
    action::Action,
    audit,
    change::Change,
    codes::{self, Link, Purpose},
    command::{Applied, Command},
    ctx::Ctx,
    error::{Refused, Result},
    throttle, turn,
    users::{self, store::User},
};
use crate::{
    db::Tx,
    model::{
        id::UserId,
        user::{UserKind, UserStatus},
    },
};

/// Sends somebody a link that confirms their address; older ones stop working.
#[derive(Clone, Copy, Debug)]
pub struct SendVerification {
    /// To whom.
    pub user: UserId,
}

impl Command for SendVerification {
    const ACTION: Action = Action::SendVerification;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        match (user.kind, user.status, user.email_verified_at) {
            (UserKind::ServiceAccount, ..) => return Err(Refused::ServiceAccount.into()),
            (_, UserStatus::Disabled, _) => return Err(Refused::Disabled.into()),
            (.., Some(_)) => return Err(Refused::AlreadyVerified.into()),
            _ => {}
        }
        codes::mailing::send(ctx, tx, Purpose::VerifyEmail, user.id).await?;
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed(user, change))
    }
}

/// Sends somebody a link to set their first password; older ones stop working.
#[derive(Clone, Copy, Debug)]
pub struct SendActivation {
    /// To whom.
    pub user: UserId,
}

impl Command for SendActivation {
    const ACTION: Action = Action::SendActivation;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        users::guards::require_not_above_caller(ctx, tx, user.id).await?;
        codes::mailing::send(ctx, tx, Purpose::Activation, user.id).await?;
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed(user, change))
    }
}

/// Counts mail that is asked for to somebody's address, as what strangers ask for is (contract 000, rule 16).
pub async fn count_mail(ctx: &Ctx, user: &User) -> Result<()> {
    let _counted = throttle::of_mail(ctx, &user.login).await?;
    Ok(())
}

/// Confirms an address by a code; the code is used up. Answers whose it is.
pub async fn redeem(ctx: &Ctx, link: &Link) -> Result<User> {
    let id = codes::redeeming::guessed(ctx, link).await?.ok_or(Refused::DeadLink)?.user;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    codes::claim(&ctx, &mut tx, link).await?;
    let user = users::queries::require(&ctx, &mut tx, id).await?;
    if user.status == UserStatus::Disabled {
        return Err(Refused::DeadLink.into());
    }
    users::store::verify(ctx.now(), &mut tx, id).await?;
    let change = Change::new(Action::VerifyEmail, user.target()).by(user.id, &user.display_name);
    audit::record::record(&ctx, &mut tx, change).await?;
    let user = users::queries::require(&ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}
