//! Asking for a new password by mail. Whoever asks is told the same whether there is such an account or not: the request only
//! notes the address, and the server looks it up by itself.

use sqlx::{query, query_as};
use uuid::Uuid;

use super::{
    action::Action,
    audit,
    change::{Change, Target},
    codes,
    ctx::{Ctx, Origin},
    error::Result,
    names::address::login,
    parse::Email,
    throttle, turn, users,
};
use crate::{
    db::{on, statements},
    model::{error::FieldErrors, timestamp::Timestamp},
};

statements! {
    INSERT = "insert into reset_requests (id, login, address, created_at) values ($1, $2, $3, $4)";
    NEXT = "select id, login, address, created_at from reset_requests order by id limit 1";
    DELETE = "delete from reset_requests where id = $1";
}

#[derive(sqlx::FromRow)]
struct Request {
    id: Uuid,
    login: String,
    address: Option<String>,
    created_at: Timestamp,
}

/// Notes that somebody asks for a new password for this address. Counted by address and by network, known or not.
pub async fn ask(ctx: &Ctx, typed: &str) -> Result<()> {
    let email = Email::parse(typed).map_err(|message| FieldErrors::one("email", message))?;
    let asked = login(email.as_str());
    // Counted for good: mail was asked for, whatever comes of it.
    let _counted = throttle::of_mail(ctx, &asked).await?;
    let address = ctx.origin.address.map(|address| address.to_string());
    let mut tx = ctx.begin_unlocked().await?;
    let id = ctx.id();
    on!(tx, |c| query(INSERT).bind(id).bind(&asked).bind(address).bind(ctx.now()).execute(c).await?.rows_affected());
    Ok(tx.commit().await?)
}

/// Answers the oldest request: makes a code and writes the mail, if there is such an account. Says whether there was one.
/// Requests that wait longer than their code would live are dropped.
pub async fn answer_next(ctx: &Ctx) -> Result<bool> {
    let next: Option<Request> = {
        let conn = &mut *ctx.read().await?;
        on!(conn, |c| query_as(NEXT).fetch_optional(c).await?)
    };
    let Some(request) = next else {
        return Ok(false);
    };
    let address = request.address.as_deref().and_then(|address| address.parse().ok());
    let ctx = Ctx::new(ctx.services.clone(), ctx.caller.clone(), Origin { address, request_id: None });
    let (ctx, mut tx) = turn::begin(&ctx).await?;
    let taken = on!(tx, |c| query(DELETE).bind(request.id).execute(c).await?.rows_affected());
    let is_fresh = ctx.now() < request.created_at.plus_seconds(codes::RESET_LIFETIME);
    let user = match taken == 1 && is_fresh {
        true => users::store::find_by_login(None, &mut tx, &request.login).await?,
        false => None,
    };
    if let Some(user) = user
        && users::store::recipient(&mut tx, user.id).await?.is_some()
    {
        codes::mailing::send(&ctx, &mut tx, codes::Purpose::PasswordReset, user.id).await?;
        let change = Change::new(Action::SendPasswordLink, Target::user(user.id, &user.display_name));
        audit::record::record(&ctx, &mut tx, change).await?;
    }
    tx.commit().await?;
    Ok(true)
}
