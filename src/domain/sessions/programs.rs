//! Signing in without a browser: a program sends name, password and what its person types, and gets an access token.

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
        refusals::kind::RefusalKind,
        second_factor::{
            check, mailed,
            need::{self, Need},
        },
        tenants::memberships,
        throttle,
        tokens::access::{self, Issued},
        turn, users,
    },
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
}

/// An access token of whoever this is: bound to no tenant, for an hour. With a temporary password it is good for nothing
/// but to change that.
pub async fn log_in(ctx: &Ctx, form: LogIn<'_>) -> Result<Issued> {
    let proved = password::prove(ctx, (form.login, form.password), "").await?;
    let issued = second_step(ctx, &proved, form.otp).await;
    if issued.is_err() {
        proved.give_back(ctx).await?;
    }
    issued
}

async fn second_step(ctx: &Ctx, proved: &Proved, otp: Option<&str>) -> Result<Issued> {
    let need = need::of(&mut *ctx.read().await?, &proved.user).await?;
    match (need, otp) {
        (Need::Nothing, _) => {
            let (ctx, tx) = turn::begin(ctx).await?;
            issue(&ctx, tx, proved).await
        }
        (Need::Enrolment, _) => Err(Refused::NoSecondFactor.into()),
        (Need::App, None) => Err(Error::CodeNeeded),
        (Need::Mail, None) => {
            send(ctx, proved).await?;
            Err(Error::CodeNeeded)
        }
        (Need::App | Need::Mail, Some(otp)) => with_code(ctx, proved, otp).await,
    }
}

/// Sends a code that is good for a program's sign-in and for no browser's.
async fn send(ctx: &Ctx, proved: &Proved) -> Result<()> {
    let _counted = throttle::code_mail(ctx, &proved.login, None).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    mailed::send(&ctx, &mut tx, (proved.user.id, None)).await?;
    Ok(tx.commit().await?)
}

async fn with_code(ctx: &Ctx, proved: &Proved, otp: &str) -> Result<Issued> {
    let attempt = throttle::second_factor(ctx, &proved.login, None).await?;
    let issued = compare(ctx, proved, otp, &attempt).await;
    match &issued {
        Ok(_) => {}
        Err(Error::WrongCode) => refuse(ctx, RefusalKind::WrongCode, &proved.login, &attempt).await?,
        Err(_) => attempt.was_none(ctx).await?,
    }
    issued
}

async fn compare(ctx: &Ctx, proved: &Proved, otp: &str, attempt: &throttle::Try) -> Result<Issued> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    if !check::take(&ctx, &mut tx, &proved.user, (None, otp)).await? {
        // The try counts against the code.
        tx.commit().await?;
        return Err(Error::WrongCode);
    }
    attempt.was_right(&ctx, &mut tx).await?;
    issue(&ctx, tx, proved).await
}

async fn issue(ctx: &Ctx, mut tx: Tx, proved: &Proved) -> Result<Issued> {
    proved.settle(ctx, &mut tx).await?;
    let user = &proved.user;
    let issued = access::issue_to(ctx, &mut tx, user.id).await?;
    users::store::signed_in(ctx.now(), &mut tx, user.id).await?;
    memberships::store::signed_in(ctx.now(), &mut tx, user.id).await?;
    let change = Change::new(Action::IssueToken, Target::user(user.id, &user.display_name))
        .after(json!({ "until": exact(issued.expires_at) }))
        .by(user.id, &user.display_name);
    audit::record::record(ctx, &mut tx, change).await?;
    tx.commit().await?;
    Ok(issued)
}
