//! Codes that are sent to somebody's address and typed. Eight digits are guessed in time, so what is kept is keyed with the
//! key file, a code lives for ten minutes, opens the sign-in that it was sent for and no other, and is void after five tries.

use subtle::ConstantTimeEq;

use super::store::{self, NewCode};
use crate::{
    db::Tx,
    domain::{
        clock::random_bytes,
        codes::TRIES,
        ctx::Ctx,
        error::{Refused, Result},
        outbox::{enqueue::enqueue, letter::Letter},
        users,
    },
    model::id::{SessionId, UserId},
};

use super::totp::digits;

/// How long a code lives, in seconds.
pub const LIFETIME: i64 = 600;
const DIGITS: usize = 8;

/// Whose code it is, and for which sign-in; a program's has no session that waits.
pub type For = (UserId, Option<SessionId>);

/// Sends a code in place of the one before it.
pub async fn send(ctx: &Ctx, tx: &mut Tx, (user, session): For) -> Result<()> {
    let to = users::store::recipient(tx, user).await?.ok_or(Refused::Disabled)?;
    let (code, now) = (new_code(), ctx.now());
    let expires_at = now.plus_seconds(LIFETIME);
    let hash = hash(ctx, (user, session), &code);
    store::put_code(tx, &NewCode { id: ctx.id(), user, session, hash, now, expires_at }).await?;
    enqueue(ctx, tx, &to, (Letter::SignInCode { code: Some(code) }, Some(expires_at))).await?;
    Ok(())
}

/// Whether this is the code, which is used up by it. A wrong one counts once the transaction is committed.
pub async fn take(ctx: &Ctx, tx: &mut Tx, whose: For, typed: &str) -> Result<bool> {
    let Some((id, kept)) = store::try_code(tx, whose, ctx.now(), TRIES).await? else {
        return Ok(false);
    };
    let right = bool::from(hash(ctx, whose, &digits(typed)).ct_eq(&kept));
    if right {
        store::use_code(tx, id, ctx.now()).await?;
    }
    Ok(right)
}

fn new_code() -> String {
    let random = u64::from_be_bytes(random_bytes());
    format!("{:0DIGITS$}", random % 10_u64.pow(DIGITS as u32))
}

fn hash(ctx: &Ctx, (user, session): For, code: &str) -> Vec<u8> {
    let session = session.map(|session| session.0).unwrap_or_default();
    let bound = [user.0.as_bytes().as_slice(), session.as_bytes(), code.as_bytes()].concat();
    ctx.services.key.mac("second factor", &bound).to_vec()
}
