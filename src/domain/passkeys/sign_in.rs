//! Signing in with a passkey: in place of a password, or as the second step after one. What holds for passwords holds here,
//! too: who may sign in and from where, limits, the log, and how long a session lasts.

use webauthn_rs::prelude::DiscoverableAuthentication;

use super::{
    ceremony::{Asked, Attempt, Step},
    check,
};
use crate::domain::{
    ctx::Ctx,
    error::{Error, Refused, Result},
    refusals::{self, kind::RefusalKind},
    sessions::{
        self,
        pending::{self, Pending},
        proof,
        refusing::refuse,
        start::{self, Newcomer, SignedIn},
        store::Awaits,
    },
    throttle::{self, kind::LaneKind},
    turn,
    users::{self, allowlist},
};

/// The browser that answered.
#[derive(Clone, Copy, Debug)]
pub struct Answering<'a> {
    /// Its name for itself.
    pub user_agent: &'a str,
    /// The marks of one that signed in before.
    pub known: &'a str,
    /// What its session cookies carry.
    pub tokens: &'a [String],
}

/// What came back, the question that it answers, and what it is checked by.
type Attempted<'a> = (&'a Attempt<'a>, (&'a Asked, &'a DiscoverableAuthentication));

/// Goes on with a passkey, as far as the question led.
pub async fn sign_in(ctx: &Ctx, attempt: Attempt<'_>, browser: Answering<'_>) -> Result<SignedIn> {
    let asked = attempt.require(ctx.now())?;
    match &asked.step {
        Step::SignIn(state) => alone(ctx, (&attempt, (asked, state)), browser).await,
        Step::Second(session, state) => {
            let pending = pending::require(ctx, browser.tokens, Awaits::SecondFactor).await?;
            match pending.session() == *session {
                true => after_password(ctx, (&attempt, (asked, state)), (&pending, browser.known)).await,
                false => Err(Refused::PasskeyLate.into()),
            }
        }
        Step::Again(..) | Step::New(..) => Err(Refused::PasskeyLate.into()),
    }
}

/// A whole sign-in. Nobody guesses a signature, so wrong ones are counted by the network alone, for the work that they make.
async fn alone(ctx: &Ctx, answered: Attempted<'_>, browser: Answering<'_>) -> Result<SignedIn> {
    let counted = throttle::from_network(ctx, LaneKind::Network).await?;
    let signed_in = enter(ctx, answered, (browser, &counted)).await;
    match &signed_in {
        Ok(_) => {}
        Err(Error::WrongPasskey) => refusals::note(ctx, RefusalKind::WrongPasskey, None),
        Err(_) => counted.was_none(ctx).await?,
    }
    signed_in
}

async fn enter(
    ctx: &Ctx,
    (attempt, asked): Attempted<'_>,
    (browser, counted): (Answering<'_>, &throttle::Try),
) -> Result<SignedIn> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let proved = check::take(&ctx, &mut tx, attempt, asked).await?;
    let user = users::store::credentials(&mut tx, &proved.login).await?;
    let user = user.filter(|user| user.can_sign_in(ctx.now())).ok_or(Error::WrongPasskey)?;
    // Only whoever has the passkey learns that there is a list.
    if !allowlist::admits(&user.ip_allowlist, ctx.origin.address) {
        refusals::note(&ctx, RefusalKind::NotFromHere, Some(&proved.login));
        return Err(Error::NotFromHere);
    }
    // The session that the browser already had ends: ids are never kept over a sign-in.
    if let Ok(before) = ctx.session() {
        sessions::store::end(&mut tx, before).await?;
    }
    let Answering { user_agent, known, .. } = browser;
    let newcomer = Newcomer { user: &user, login: &proved.login, user_agent, known, by: Some("passkey") };
    let signed_in = start::go_on(&ctx, &mut tx, newcomer).await?;
    counted.was_right(&ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Proves once more who is signed in, in place of their password.
pub async fn prove_again(ctx: &Ctx, attempt: Attempt<'_>, known: &str) -> Result<()> {
    let (user, asked) = (ctx.user()?, attempt.require(ctx.now())?);
    let Step::Again(session, state) = &asked.step else { return Err(Refused::PasskeyLate.into()) };
    if *session != ctx.session()? {
        return Err(Refused::PasskeyLate.into());
    }
    let device = throttle::known::device(ctx, known, &user.email);
    let counted = throttle::second_factor(ctx, &user.email, device.as_deref()).await?;
    let proved = renew(ctx, (&attempt, (asked, state)), &counted).await;
    match &proved {
        Ok(()) => {}
        Err(Error::WrongPasskey) => refuse(ctx, RefusalKind::WrongPasskey, &user.email, &counted).await?,
        Err(_) => counted.was_none(ctx).await?,
    }
    proved
}

async fn renew(ctx: &Ctx, (attempt, asked): Attempted<'_>, counted: &throttle::Try) -> Result<()> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    if check::take(&ctx, &mut tx, attempt, asked).await?.user_id != ctx.user()?.id {
        return Err(Error::WrongPasskey);
    }
    counted.was_right(&ctx, &mut tx).await?;
    proof::keep(&ctx, tx).await
}

/// The second step. Wrong answers are limited as wrong codes are.
async fn after_password(ctx: &Ctx, answered: Attempted<'_>, (pending, known): (&Pending, &str)) -> Result<SignedIn> {
    let device = throttle::known::device(ctx, known, pending.login());
    let counted = throttle::second_factor(ctx, pending.login(), device.as_deref()).await?;
    let signed_in = finish(ctx, answered, (pending, known), &counted).await;
    match &signed_in {
        Ok(_) => {}
        Err(Error::WrongPasskey) => refuse(ctx, RefusalKind::WrongPasskey, pending.login(), &counted).await?,
        Err(_) => counted.was_none(ctx).await?,
    }
    signed_in
}

async fn finish(
    ctx: &Ctx,
    (attempt, asked): Attempted<'_>,
    (pending, known): (&Pending, &str),
    counted: &throttle::Try,
) -> Result<SignedIn> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    pending.require(&ctx, &mut tx).await?;
    if check::take(&ctx, &mut tx, attempt, asked).await?.user_id != pending.user() {
        return Err(Error::WrongPasskey);
    }
    pending.end(&ctx, &mut tx).await?;
    let newcomer = Newcomer { by: Some("password and passkey"), ..pending.newcomer(known) };
    let signed_in = start::go_on(&ctx, &mut tx, newcomer).await?;
    counted.was_right(&ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(signed_in)
}
