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
        users,
    },
    model::{
        forms::TokenForm,
        id::{TenantId, TokenId},
        token::TokenKind,
    },
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

/// The token, unless it is a service key: those have pages of their own, and are deleted with their accounts.
pub fn of_people(token: Token) -> Result<Token> {
    Some(token).filter(|token| token.kind != TokenKind::ServiceKey).ok_or(Error::NotFound("token"))
}

/// Personal tokens that somebody has at most.
pub const PERSONAL_MAX: i64 = 100;

/// The caller's own personal tokens, the newest first.
pub async fn own(ctx: &Ctx) -> Result<Vec<Token>> {
    let user = ctx.user()?.id;
    Ok(store::personal(&mut *ctx.read().await?, user, PERSONAL_MAX).await?)
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
    // A refresh token opens nothing but another pair.
    let found = found.filter(|found| found.kind != TokenKind::Refresh);
    let found = found.filter(|found| found.tenant == here || (here.is_none() && !is_program));
    if let Some(found) = &found {
        // From where, whoever asks doesn't say.
        let of = Ctx::new(ctx.services.clone(), found.caller.clone(), Origin::default());
        of.at(ctx.now()).note_use(None);
    }
    Ok(found)
}

/// The form of a token with whom it acts for: of a personal one that is the caller; of an account one the member of its
/// tenant with this address. Nobody else is found, whether there is such an address elsewhere or not.
pub async fn acting_for(ctx: &Ctx, address: &str, form: TokenForm) -> Result<TokenForm> {
    ctx.require(Action::AddToken)?;
    let (kind, tenant) = (TokenKind::parse(&form.kind), form.tenant.parse::<TenantId>().ok());
    let user = match (kind, address.trim(), tenant) {
        (Some(TokenKind::Personal), "", _) => ctx.user_id(),
        (Some(TokenKind::Account), address, Some(tenant)) => {
            let conn = &mut *ctx.read().await?;
            let login = users::naming::stored_login(conn, address).await?;
            users::store::find_by_login(Some(tenant), conn, &login).await?.map(|user| user.id)
        }
        _ => None,
    };
    Ok(TokenForm { user: user.map(|id| id.to_string()).unwrap_or_default(), ..form })
}
