//! What is asked about tokens.

use super::{
    caller::{Carried, carried},
    store::{self, Token},
};
use crate::{
    domain::{
        action::Action,
        calling::Caller,
        ctx::{Ctx, Origin},
        error::{Error, Result},
        keyset::PAGE,
    },
    model::{id::TokenId, token::TokenKind},
};

/// Tokens that are listed together.
pub const OF_PEOPLE: [TokenKind; 2] = [TokenKind::Account, TokenKind::Personal];
/// Keys of service accounts alone.
pub const SERVICE_KEYS: [TokenKind; 2] = [TokenKind::ServiceKey, TokenKind::ServiceKey];

/// One page of tokens of these kinds after a number, of the tenant that the caller works in or of all, and the number
/// after which the next begins.
pub async fn list(ctx: &Ctx, kinds: [TokenKind; 2], after: i64) -> Result<(Vec<Token>, Option<i64>)> {
    ctx.require(Action::ListTokens)?;
    let mut rows = store::page(ctx.tenant(), &mut *ctx.read().await?, after, kinds).await?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|token| token.number);
    Ok((rows, next))
}

/// The token with this id.
pub async fn read(ctx: &Ctx, id: TokenId) -> Result<Token> {
    ctx.require(Action::ReadToken)?;
    store::find(ctx.tenant(), &mut *ctx.read().await?, id).await?.ok_or(Error::NotFound("token"))
}

/// What a token stands for, as the caller may know it (RFC 7662): a program, whatever is of its own tenant; whoever may
/// see tokens, those of where they work. `None` for one that doesn't work, for what is no token, and for what is none of
/// theirs: nobody tries out tokens that are not for them. Looking one up is using it, or what is used elsewhere alone
/// would seem unused.
pub async fn introspect(ctx: &Ctx, token: &str) -> Result<Option<Carried>> {
    let is_program = matches!(ctx.caller, Caller::Client(_));
    if !is_program {
        ctx.require(Action::ReadToken)?;
    }
    let found = {
        let conn = &mut *ctx.read().await?;
        carried(ctx, conn, token).await?
    };
    let here = ctx.tenant();
    let found = found.filter(|found| found.tenant == here || (here.is_none() && !is_program));
    if let Some(found) = &found {
        // From where, whoever asks doesn't say.
        let of = Ctx::new(ctx.services.clone(), found.caller.clone(), Origin::default());
        of.at(ctx.now()).note_use(None);
    }
    Ok(found)
}
