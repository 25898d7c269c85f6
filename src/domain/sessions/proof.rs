//! Proving once more who one is, in the session that one has. What opens accounts is changed shortly after that, or not at
//! all: whoever finds a browser that somebody left open can't take it over (OWASP ASVS 5.0, 7.5).

use serde_json::json;

use super::{refusing::refuse, store};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::{Change, Target},
        ctx::Ctx,
        error::{Error, Refused, Result},
        passwords::rules::Password,
        refusals::kind::RefusalKind,
        second_factor::check,
        throttle, turn,
        users::{self, own, store::Credentials},
    },
    model::{error::FieldErrors, user::SecondFactor},
};

/// Whether the caller types a code beside their password: whoever has an app does.
pub async fn needs_code(ctx: &Ctx) -> Result<bool> {
    let user = own::own(ctx).await?;
    let found = users::store::credentials(&mut *ctx.read().await?, &user.login).await?;
    Ok(found.is_some_and(|found| found.second_factor == SecondFactor::Totp))
}

/// Takes the caller's password, and the code of their app where they have one; `known` are the browser's marks.
pub async fn prove(ctx: &Ctx, (password, code): (&str, &str), known: &str) -> Result<()> {
    ctx.session()?;
    let user = own::own(ctx).await?;
    let compared = own::prove(ctx, &user, &Password::attempt(password)).await?;
    if compared.second_factor == SecondFactor::Totp {
        return with_code(ctx, (&user.login, &compared), (code, known)).await;
    }
    let (ctx, mut tx) = turn::begin(ctx).await?;
    unchanged(&mut tx, (&user.login, &compared)).await?;
    keep(&ctx, tx).await
}

async fn with_code(ctx: &Ctx, whose: (&str, &Credentials), (code, known): (&str, &str)) -> Result<()> {
    if code.is_empty() {
        return Err(FieldErrors::one("code", "type the code of your app").into());
    }
    let (login, _) = whose;
    let device = throttle::known::device(ctx, known, login);
    let attempt = throttle::second_factor(ctx, login, device.as_deref()).await?;
    let proved = compare(ctx, whose, code, &attempt).await;
    match &proved {
        Ok(()) => {}
        Err(Error::WrongCode) => refuse(ctx, RefusalKind::WrongCode, login, &attempt).await?,
        Err(_) => attempt.was_none(ctx).await?,
    }
    proved
}

async fn compare(ctx: &Ctx, whose: (&str, &Credentials), code: &str, attempt: &throttle::Try) -> Result<()> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    unchanged(&mut tx, whose).await?;
    if !check::take(&ctx, &mut tx, whose.1, (None, code)).await? {
        return Err(Error::WrongCode);
    }
    attempt.was_right(&ctx, &mut tx).await?;
    keep(&ctx, tx).await
}

/// Between the comparison and now somebody may have set another password.
async fn unchanged(tx: &mut Tx, (login, compared): (&str, &Credentials)) -> Result<()> {
    match users::store::credentials(tx, login).await? {
        Some(now) if now == *compared => Ok(()),
        _ => Err(Refused::SignInOver.into()),
    }
}

/// Notes that the caller proved who they are.
pub(in crate::domain) async fn keep(ctx: &Ctx, mut tx: Tx) -> Result<()> {
    store::proved(&mut tx, ctx.session()?, ctx.now()).await?;
    let user = ctx.user()?;
    let change = Change::new(Action::ProveAgain, Target::user(user.id, &user.name)).after(json!({}));
    audit::record::record(ctx, &mut tx, change).await?;
    Ok(tx.commit().await?)
}
