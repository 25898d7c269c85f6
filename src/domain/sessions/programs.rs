//! Signing in without a browser: a program sends name, password and what its person types, and gets an access token, and a
//! refresh token where it wants one.

use serde_json::json;

use super::{
    password::{self, Proved},
    refusing::refuse,
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::{Change, Target},
        clock::exact,
        ctx::Ctx,
        error::{Error, Refused, Result},
        refusals::{self, kind::RefusalKind},
        second_factor::{
            check, mailed,
            need::{self, Need},
        },
        tenants::memberships,
        throttle,
        tokens::access::{self, Issued},
        turn,
        users::{self, allowlist, store::Credentials},
    },
    model::timestamp::Timestamp,
};

/// What a program sends.
#[derive(Clone, Copy)]
pub struct LogIn<'a> {
    /// The login.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The code of the second step; `None` to learn whether there is one.
    pub otp: Option<&'a str>,
    /// Whether it wants a refresh token, too.
    pub wants_refresh: bool,
}

/// What a program gets.
#[derive(Debug)]
pub struct Pair {
    /// What it carries.
    pub access: Issued,
    /// What it changes for another pair, where it wanted that.
    pub refresh: Option<Issued>,
}

/// An access token of whoever this is: bound to no tenant, for an hour. With a temporary password it is good for nothing
/// but to change that.
pub async fn log_in(ctx: &Ctx, form: LogIn<'_>) -> Result<Pair> {
    let proved = password::prove(ctx, (form.login, form.password), "").await?;
    let issued = second_step(ctx, &proved, &form).await;
    if issued.is_err() {
        proved.give_back(ctx).await?;
    }
    issued
}

async fn second_step(ctx: &Ctx, proved: &Proved, form: &LogIn<'_>) -> Result<Pair> {
    let need = need::of(&mut *ctx.read().await?, &proved.user, ctx.now()).await?;
    match (need, form.otp) {
        (Need::Nothing, _) => {
            let (ctx, tx) = turn::begin(ctx).await?;
            issue(&ctx, tx, (proved, form.wants_refresh)).await
        }
        (Need::Enrolment, _) => Err(Refused::NoSecondFactor.into()),
        (Need::Passkey, _) => Err(Refused::PasskeyNeeded.into()),
        (Need::App, None) => Err(Error::CodeNeeded),
        (Need::Mail, None) => {
            send(ctx, proved).await?;
            Err(Error::CodeNeeded)
        }
        (Need::App | Need::Mail, Some(otp)) => with_code(ctx, (proved, form.wants_refresh), otp).await,
    }
}

/// Sends a code that is good for a program's sign-in and for no browser's.
async fn send(ctx: &Ctx, proved: &Proved) -> Result<()> {
    let _counted = throttle::code_mail(ctx, &proved.login, None).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    mailed::send(&ctx, &mut tx, (proved.user.id, None)).await?;
    Ok(tx.commit().await?)
}

async fn with_code(ctx: &Ctx, (proved, wants_refresh): (&Proved, bool), otp: &str) -> Result<Pair> {
    let attempt = throttle::second_factor(ctx, &proved.login, None).await?;
    let issued = compare(ctx, (proved, wants_refresh), otp, &attempt).await;
    match &issued {
        Ok(_) => {}
        Err(Error::WrongCode) => refuse(ctx, RefusalKind::WrongCode, &proved.login, &attempt).await?,
        Err(_) => attempt.was_none(ctx).await?,
    }
    issued
}

async fn compare(ctx: &Ctx, wanted: (&Proved, bool), otp: &str, attempt: &throttle::Try) -> Result<Pair> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    if !check::take(&ctx, &mut tx, &wanted.0.user, (None, otp)).await? {
        // The try counts against the code.
        tx.commit().await?;
        return Err(Error::WrongCode);
    }
    attempt.was_right(&ctx, &mut tx).await?;
    issue(&ctx, tx, wanted).await
}

async fn issue(ctx: &Ctx, mut tx: Tx, (proved, wants_refresh): (&Proved, bool)) -> Result<Pair> {
    proved.settle(ctx, &mut tx).await?;
    let user = &proved.user;
    users::store::signed_in(ctx.now(), &mut tx, user.id).await?;
    memberships::store::signed_in(ctx.now(), &mut tx, user.id).await?;
    let pair = give(ctx, &mut tx, user, wants_refresh.then(|| ctx.now())).await?;
    tx.commit().await?;
    Ok(pair)
}

/// A refresh token, too, where it is said when they signed in.
async fn give(ctx: &Ctx, tx: &mut Tx, user: &Credentials, begun_at: Option<Timestamp>) -> Result<Pair> {
    let access = access::issue_to(ctx, tx, user.id).await?;
    let refresh = match begun_at {
        Some(begun_at) => Some(access::issue_refresh(ctx, tx, user.id, begun_at).await?),
        None => None,
    };
    let change = Change::new(Action::IssueToken, Target::user(user.id, &user.display_name))
        .after(json!({ "until": exact(access.expires_at) }))
        .by(user.id, &user.display_name);
    audit::record::record(ctx, tx, change).await?;
    Ok(Pair { access, refresh })
}

/// Changes a refresh token for another pair. It is used up by that; of two at once, one gets it. Whoever may not sign in, or
/// not from here, or is asked for a second factor since and has none, gets nothing, and keeps the token.
pub async fn refresh(ctx: &Ctx, token: &str) -> Result<Pair> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let found = match access::take_refresh(&ctx, &mut tx, token).await? {
        Some((login, begun_at)) => users::store::credentials(&mut tx, &login).await?.map(|user| (user, begun_at)),
        None => None,
    };
    let Some((user, begun_at)) = found.filter(|(user, _)| user.can_sign_in(ctx.now())) else {
        refusals::note(&ctx, RefusalKind::WrongToken, None);
        return Err(Error::Unauthenticated);
    };
    if !allowlist::admits(&user.ip_allowlist, ctx.origin.address) {
        refusals::note(&ctx, RefusalKind::NotFromHere, None);
        return Err(Error::NotFromHere);
    }
    if need::of(&mut tx, &user, ctx.now()).await? == Need::Enrolment {
        return Err(Refused::NoSecondFactor.into());
    }
    let pair = give(&ctx, &mut tx, &user, Some(begun_at)).await?;
    tx.commit().await?;
    Ok(pair)
}
