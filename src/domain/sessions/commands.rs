//! Signing in and out in a browser, and ending sessions from elsewhere.

use serde_json::json;

pub use super::start::SignedIn;
use super::{
    device::device,
    password::{self, Proved},
    queries::whose,
    start::{self, Newcomer},
    store::{self, Awaits},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::{Change, Target},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Result},
        second_factor::{
            mailed,
            need::{self, Need},
        },
        throttle, tokens,
        users::{self, store::User},
    },
    model::id::{SessionId, UserId},
};

/// A sign-in form and the browser it came from.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// What was typed as the login.
    pub login: &'a str,
    /// What was typed as the password.
    pub password: &'a str,
    /// The browser's name for itself.
    pub user_agent: &'a str,
    /// The marks of a browser that signed in before; empty without any.
    pub known: &'a str,
}

/// Signs a user in, as far as their password takes them. Nobody learns before it was right whether there is a second step.
pub async fn sign_in(ctx: &Ctx, form: SignIn<'_>) -> Result<SignedIn> {
    let proved = password::prove(ctx, (form.login, form.password), form.known).await?;
    let begun = begin(ctx, &form, &proved).await;
    if begun.is_err() {
        proved.give_back(ctx).await?;
    }
    begun
}

async fn begin(ctx: &Ctx, form: &SignIn<'_>, proved: &Proved) -> Result<SignedIn> {
    let need = need::of(&mut *ctx.read().await?, &proved.user, ctx.now()).await?;
    if need == Need::Mail {
        let device = throttle::known::device(ctx, form.known, &proved.login);
        // Counted for good: a code is sent, whatever comes of it.
        let _counted = throttle::code_mail(ctx, &proved.login, device.as_deref()).await?;
    }
    let mut tx = ctx.begin().await?;
    proved.settle(ctx, &mut tx).await?;
    // The session that the browser already had ends: ids are never kept over a sign-in.
    if let Ok(before) = ctx.session() {
        store::end(&mut tx, before).await?;
    }
    let SignIn { user_agent, known, .. } = *form;
    let newcomer = Newcomer { user: &proved.user, login: &proved.login, user_agent, known, by: None };
    let signed_in = match need {
        Need::Nothing => start::go_on(ctx, &mut tx, newcomer).await?,
        _ => wait(ctx, &mut tx, newcomer, need).await?,
    };
    tx.commit().await?;
    Ok(signed_in)
}

/// Waits for the second step.
async fn wait(ctx: &Ctx, tx: &mut Tx, newcomer: Newcomer<'_>, need: Need) -> Result<SignedIn> {
    let enrols = need == Need::Enrolment;
    let (session, token) = start::open(ctx, tx, newcomer, (Awaits::SecondFactor, enrols)).await?;
    if need == Need::Mail {
        mailed::send(ctx, tx, (newcomer.user.id, Some(session.id))).await?;
    }
    Ok(SignedIn::waiting(token, newcomer, Awaits::SecondFactor))
}

/// Ends the caller's own session.
#[derive(Clone, Copy, Debug)]
pub struct SignOut;

impl Command for SignOut {
    const ACTION: Action = Action::SignOut;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        store::end(tx, ctx.session()?).await?;
        Ok(Applied::changed((), Change::new(Self::ACTION, Target::user(user.id, &user.name))))
    }
}

/// Ends one session of somebody: a browser that has it is nobody's from its next request on. It may be the caller's own.
#[derive(Clone, Copy, Debug)]
pub struct EndSession {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub session: SessionId,
}

impl Command for EndSession {
    const ACTION: Action = Action::EndSession;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = may_end(ctx, tx, self.user).await?;
        let ended = store::end_of_user(tx, user.id, self.session).await?.ok_or(Error::NotFound("session"))?;
        let after = json!({ "device": device(&ended.user_agent), "signed in from": ended.address });
        let change = Change::new(Self::ACTION, user.target()).after(after);
        Ok(Applied::changed(user, change))
    }
}

/// Ends every session of somebody, sign-ins that wait for their second step, and access and refresh tokens. Answers how many
/// sessions there were.
#[derive(Clone, Copy, Debug)]
pub struct EndSessions {
    /// Whose.
    pub user: UserId,
}

impl Command for EndSessions {
    const ACTION: Action = Action::EndSessions;
    type Done = u64;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<u64>> {
        let user = may_end(ctx, tx, self.user).await?;
        // Programs that signed in with the password go with them.
        let tokens = tokens::store::end_access(tx, user.id, None).await?;
        let ended = store::end_all(tx, user.id).await?;
        if ended + tokens == 0 {
            return Ok(Applied::unchanged(0));
        }
        let after = json!({ "sessions ended": ended, "tokens ended": tokens });
        Ok(Applied::changed(ended, Change::new(Self::ACTION, user.target()).after(after)))
    }
}

/// Oneself, or with `users.revoke` somebody who is not above the caller.
async fn may_end(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<User> {
    let user = whose(ctx, tx, user).await?;
    users::guards::require_not_above_caller(ctx, tx, user.id).await?;
    Ok(user)
}
