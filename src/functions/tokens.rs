//! Tokens of people, and what service keys have in common with them.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::typed;
use super::{Answer, form::Form};
use crate::model::{forms::TokenForm, id::TokenId, once::ToldOnce};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        credentials::Credential,
        error::Error,
        parse::seen,
        tokens::{commands, credential, input::NewToken, queries, store::Token},
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::{permission::Permission, token::TokenKind},
};

/// Makes a token: a personal one for oneself, or an account one that acts for a member of a tenant.
#[server(prefix = "/fn", endpoint = "tokens/create", input = Post<Form>)]
pub async fn create_token(email: String, form: TokenForm) -> Answer<ToldOnce> {
    let ctx = ctx();
    let form = queries::acting_for(&ctx, &email, typed::token(&ctx, form)).await?;
    let new = NewToken::parse(&form).map_err(|errors| errors.renamed(ASKED))?;
    let (add, value) = commands::AddToken::prepare(&ctx, new);
    Ok(told(run(&ctx, add).await.map_err(in_form)?, value))
}

/// Gives it another name.
#[server(prefix = "/fn", endpoint = "tokens/rename", input = Post<Form>)]
pub async fn rename_token(id: TokenId, name: String, version: String) -> Answer {
    let token = run(&ctx(), credential::RenameToken::parse(id, &name, &version)?).await?;
    done(&page_of(&token), Done::Saved, 1);
    Ok(())
}

/// Locks it out. It can be taken back, so it isn't asked before.
#[server(prefix = "/fn", endpoint = "tokens/disable", input = Post<Form>)]
pub async fn disable_token(id: TokenId) -> Answer {
    let token = run(&ctx(), credential::DisableToken { id }).await?;
    done(&page_of(&token), Done::KeyDisabled, 1);
    Ok(())
}

/// Lets it in again.
#[server(prefix = "/fn", endpoint = "tokens/enable", input = Post<Form>)]
pub async fn enable_token(id: TokenId) -> Answer {
    let token = run(&ctx(), credential::EnableToken { id }).await?;
    done(&page_of(&token), Done::KeyEnabled, 1);
    Ok(())
}

/// Gives it another value.
#[server(prefix = "/fn", endpoint = "tokens/rotate", input = Post<Form>)]
pub async fn rotate_token(id: TokenId) -> Answer<ToldOnce> {
    let ctx = ctx();
    let token = Token::require(&ctx, &mut *ctx.read().await?, id).await?;
    let (rotate, value) = commands::RotateToken::prepare(&ctx, &token);
    Ok(told(run(&ctx, rotate).await?, value))
}

/// Reads the value of an account token again, which the log keeps.
#[server(prefix = "/fn", endpoint = "tokens/reveal", input = Post<Form>)]
pub async fn reveal_token(id: TokenId) -> Answer<ToldOnce> {
    let (token, value) = run(&ctx(), commands::RevealToken { token: id }).await?;
    Ok(told(token, value))
}

/// Removes it. A service key goes with its account, which another function does.
#[server(prefix = "/fn", endpoint = "tokens/delete", input = Post<Form>)]
pub async fn delete_token(id: TokenId, version: String) -> Answer {
    let (ctx, version) = (ctx(), seen(&version)?);
    queries::of_people(Token::require(&ctx, &mut *ctx.read().await?, id).await?)?;
    run(&ctx, credential::DeleteToken { id, version }).await?;
    done(&to("/tokens"), Done::KeyDeleted, 1);
    Ok(())
}

/// What the form calls fields that the domain calls something else.
#[cfg(feature = "ssr")]
const ASKED: &[(&str, &str)] = &[("user", "email")];

#[cfg(feature = "ssr")]
fn in_form(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => errors.renamed(ASKED).into(),
        other => other,
    }
}

#[cfg(feature = "ssr")]
fn page_of(token: &Token) -> String {
    match token.kind {
        TokenKind::ServiceKey => to(format_args!("/keys/{}", token.id)),
        _ => to(format_args!("/tokens/{}", token.id)),
    }
}

/// The token with its value.
#[cfg(feature = "ssr")]
pub fn told(token: Token, secret: String) -> ToldOnce {
    ToldOnce { id: token.id.to_string(), name: token.name, key: None, secret }
}

#[cfg(feature = "ssr")]
guarded! {
    CreateToken: Needs(&[Permission::TokensAdd]);
    RenameToken: Needs(&[Permission::TokensUpdate]);
    DisableToken: Needs(&[Permission::TokensUpdate]);
    EnableToken: Needs(&[Permission::TokensUpdate]);
    RotateToken: Needs(&[Permission::TokensUpdate]);
    RevealToken: Needs(&[Permission::TokensReveal]);
    DeleteToken: Needs(&[Permission::TokensDelete]);
}
