//! Signing in and out in a browser.

pub use super::start::SignedIn;
use super::{
    password::{self, Proved},
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
        error::Result,
        second_factor::{
            mailed,
            need::{self, Need},
        },
        throttle,
    },
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
    let need = need::of(&mut *ctx.read().await?, &proved.user).await?;
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
    let newcomer = Newcomer { user: &proved.user, login: &proved.login, user_agent, known };
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
