//! The first administrator, made once: from the browser with the printed code, or on the command line.

use subtle::ConstantTimeEq;

use super::{
    codes,
    ctx::{Caller, Ctx},
    error::{Error, Refused, Result},
    grants, settings, throttle,
    users::{self, NewUser, User},
};
use crate::{
    db::{Conn, Tx},
    model::error::FieldErrors,
};

const DONE: &str = "set-up";

/// Whether the installation still waits for its first administrator.
pub async fn is_open(conn: &mut Conn) -> Result<bool> {
    Ok(settings::find(conn, DONE).await?.is_none())
}

/// Makes the first administrator from the browser; guarded by the code that the server printed.
pub async fn in_browser(ctx: &Ctx, code: &str, user: NewUser) -> Result<User> {
    if !is_open(&mut ctx.read().await?).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    throttle::count_address(ctx, throttle::SETUP).await?;
    let typed = code.trim().to_uppercase().replace(' ', "-");
    if !bool::from(typed.as_bytes().ct_eq(ctx.services.key.setup_code().as_bytes())) {
        return Err(FieldErrors::one("code", "this isn't the code; the server prints it when it starts").into());
    }
    if user.password.is_none() {
        return Err(FieldErrors::one("password", "enter a password").into());
    }
    let prepared = users::prepare(ctx, user).await?;
    let mut tx = ctx.begin().await?;
    let user = first_administrator(ctx, &mut tx, &prepared).await?;
    tx.commit().await?;
    Ok(user)
}

/// Makes the first administrator on the command line alone: a browser needs the code. Without a password, with a set-password code.
pub async fn on_command_line(ctx: &Ctx, user: NewUser) -> Result<(User, Option<String>)> {
    if !matches!(ctx.caller, Caller::CommandLine) {
        return Err(Error::Unauthenticated);
    }
    let prepared = users::prepare(ctx, user).await?;
    let mut tx = ctx.begin().await?;
    let user = first_administrator(ctx, &mut tx, &prepared).await?;
    let code = match prepared.has_password() {
        true => None,
        false => Some(codes::issue_reset_in(ctx, &mut tx, &user).await?),
    };
    tx.commit().await?;
    Ok((user, code))
}

/// Claims set-up first: of two at once, one gets it.
async fn first_administrator(ctx: &Ctx, tx: &mut Tx, user: &users::Prepared) -> Result<User> {
    if !settings::claim(tx, DONE, &ctx.now().0.to_string()).await? {
        return Err(Refused::AlreadySetUp.into());
    }
    let user = users::insert(ctx, tx, user).await?;
    grants::make_administrator_in(ctx, tx, user.id).await?;
    Ok(user)
}
