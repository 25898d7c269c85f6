//! Commands about tokens of people.

use serde_json::json;

use super::{
    access::scope,
    lookup::{named, reason},
    manage::{found, manage, state, with},
    nouns::{NewTokenArgs, TokenCommand},
    out::{Failure, Out, Said},
};
use crate::{
    domain::{
        commands::run,
        ctx::Ctx,
        tokens::{
            commands::{AddToken, RevealToken, RotateToken},
            input::NewToken,
            queries::{self, OF_PEOPLE},
            store::Token,
        },
    },
    model::{forms::TokenForm, id::TokenId, timestamp::Timestamp, token::TokenKind},
};

/// `castellan token …`
pub async fn token(ctx: &Ctx, command: TokenCommand, out: &mut Out) -> Result<(), Failure> {
    let said = match command {
        TokenCommand::Create(args) => create(ctx, args).await?,
        TokenCommand::List(args) => return list(ctx, args.tenant, out).await,
        TokenCommand::Reveal { id } => reveal(ctx, parsed(ctx, &id).await?).await?,
        TokenCommand::Rotate { id } => rotate(ctx, parsed(ctx, &id).await?).await?,
        TokenCommand::Manage(command) => manage::<Token>(ctx, parsed(ctx, command.id()).await?, command).await?,
    };
    Ok(out.say(&said)?)
}

async fn create(ctx: &Ctx, args: NewTokenArgs) -> Result<Said, String> {
    let user = named(ctx, &args.user).await?;
    let scope = scope(ctx, args.tenant.as_deref()).await?;
    let tenant = scope.tenant().map(|tenant| tenant.to_string()).unwrap_or_default();
    let form = TokenForm { user: user.id.to_string(), tenant, ..args.form() };
    let (add, value) = AddToken::prepare(ctx, NewToken::parse(&form).map_err(reason)?);
    let token = run(ctx, add).await.map_err(reason)?;
    let once = if token.kind == TokenKind::Account { "" } else { ", shown this once" };
    Ok(Said(
        format!("made {} ({}); the token{once}: {value}", token.name, token.id),
        json!({"id": token.id, "number": token.number, "token": value}),
    ))
}

async fn reveal(ctx: &Ctx, id: TokenId) -> Result<Said, String> {
    let (token, value) = run(ctx, RevealToken { token: id }).await.map_err(reason)?;
    Ok(Said(value.clone(), json!({"id": token.id, "token": value})))
}

async fn rotate(ctx: &Ctx, id: TokenId) -> Result<Said, String> {
    let (rotate, value) = RotateToken::prepare(ctx, &found::<Token>(ctx, id).await?);
    let token = run(ctx, rotate).await.map_err(reason)?;
    Ok(Said(format!("{} has another value: {value}", token.name), json!({"id": token.id, "token": value})))
}

/// The id of a token that isn't a service key: those go with an account of theirs.
async fn parsed(ctx: &Ctx, id: &str) -> Result<TokenId, String> {
    let parsed = id.parse().map_err(|_| format!("{id} is no id of a token; castellan token list shows them"))?;
    match found::<Token>(ctx, parsed).await?.kind {
        TokenKind::ServiceKey => Err(format!("{id} is a service key; use castellan key")),
        _ => Ok(parsed),
    }
}

/// `castellan token list`: a page at a time, however many there are.
async fn list(ctx: &Ctx, tenant: Option<String>, out: &mut Out) -> Result<(), Failure> {
    let ctx = &ctx.clone().working_in(scope(ctx, tenant.as_deref()).await?);
    out.open(&json!({"tenant": tenant}), "tokens")?;
    let mut after = Some(0);
    while let Some(from) = after {
        let (rows, next) = queries::list(ctx, OF_PEOPLE, from).await.map_err(reason)?;
        for token in &rows {
            out.member(&line(token, ctx.now()))?;
        }
        after = next;
    }
    Ok(())
}

fn line(token: &Token, now: Timestamp) -> Said {
    let (state, object) = state((token.disabled_at, token.expires_at), token.last_used_at, now);
    let Token { id, number, name, kind, login, tenant_name, .. } = token;
    let place = tenant_name.as_deref().unwrap_or("everywhere");
    Said(
        format!("{id}  {name}  {}  for {login}  {place}  {state}", kind.label()),
        with(
            json!({"id": id, "number": number, "name": name, "kind": kind, "user": login, "tenant": tenant_name}),
            object,
        ),
    )
}
