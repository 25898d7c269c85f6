//! Who is calling, on every surface but the console's pages (see [`sessions`] for those): by a bearer token, by
//! `standAloneToken`, or by a signature. Every request is looked up anew, so what is disabled, over or revoked is refused
//! at once, on every node.

use super::{
    calling::{Caller, Proof},
    ctx::Ctx,
    error::{Error, Result},
    key_pairs::{self, signature::Signed},
    refusals::{self, kind::RefusalKind},
    sessions, tokens,
};
use crate::{
    db::Tx,
    model::{scope::Scope, token::TokenKind},
};

/// What a request says about who sends it.
#[derive(Clone, Debug, Default)]
pub struct Presented<'a> {
    /// `Authorization: Bearer …` (RFC 6750).
    pub bearer: Option<&'a str>,
    /// `standAloneToken: …` (contract 004).
    pub stand_alone: Option<&'a str>,
    /// A signature by a key pair (contract 004).
    pub signed: Option<Signed<'a>>,
}

/// What a surface takes.
#[derive(Clone, Copy, Debug)]
pub struct Takes {
    /// Kinds of bearer tokens.
    pub bearers: &'static [TokenKind],
    /// Whether it takes access tokens that were given for client credentials, which are nobody's.
    pub clients: bool,
    /// Whether it takes an account token as `standAloneToken`.
    pub stand_alone: bool,
    /// Whether it takes signatures.
    pub signed: bool,
}

impl Takes {
    /// Tokens that act for a person, and nothing else.
    pub const OF_PEOPLE: Self =
        Self { bearers: &[TokenKind::Access, TokenKind::Personal], clients: false, stand_alone: false, signed: false };
}

/// The context of whoever sent the request: what they may do at this moment, working in the tenant that their token or key
/// pair belongs to, if one. Whoever says nothing, says it in two ways, or in one that isn't taken here, is nobody.
pub async fn identify(ctx: Ctx, presented: &Presented<'_>, takes: &Takes) -> Result<Ctx> {
    let ctx = match (presented.bearer, presented.stand_alone, &presented.signed) {
        (Some(token), None, None) => by_token(ctx, token, (takes.bearers, takes.clients)).await?,
        (None, Some(token), None) if takes.stand_alone => by_token(ctx, token, (&[TokenKind::Account], false)).await?,
        (None, None, Some(signed)) if takes.signed => {
            let pair = key_pairs::caller::prove(&ctx, signed).await?;
            let scope = Scope::Tenant(pair.tenant);
            ctx.called_by(Caller::KeyPair(Box::new(pair))).working_in(scope)
        }
        (None, None, None) => return Err(Error::Unauthenticated),
        _ => {
            refusals::note(&ctx, RefusalKind::WrongToken, None);
            return Err(Error::Unauthenticated);
        }
    };
    ctx.note_use(None);
    Ok(ctx)
}

async fn by_token(ctx: Ctx, token: &str, (kinds, clients): (&[TokenKind], bool)) -> Result<Ctx> {
    let found = tokens::caller::by_token(&ctx, token, kinds).await?;
    if !clients && matches!(found.caller, Caller::Client(_)) {
        refusals::note(&ctx, RefusalKind::WrongToken, None);
        return Err(Error::Unauthenticated);
    }
    let scope = Scope::from(found.tenant);
    Ok(ctx.called_by(found.caller).working_in(scope))
}

/// Whether whoever was calling when the request came still is, and may do all that they might then.
pub async fn look_again(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    match &ctx.caller {
        Caller::User(user) => match user.by {
            Proof::Token(token, _) => tokens::caller::look_again(ctx, tx, token).await,
            _ => sessions::caller::look_again(ctx, tx).await,
        },
        Caller::Client(client) => match client.by {
            Proof::Token(token, _) => tokens::caller::look_again(ctx, tx, token).await,
            _ => tokens::caller::secret_works(client, ctx, tx).await,
        },
        Caller::KeyPair(pair) => key_pairs::caller::look_again(ctx, tx, pair).await,
        Caller::Anonymous | Caller::CommandLine | Caller::System => Ok(()),
    }
}
