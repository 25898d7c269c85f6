//! Contract 004, rows about the tokens of an account.

use axum::{Json, extract::Path};
use serde_json::{Value, json};

use super::answers::token;
use crate::{
    api::{
        body::Body,
        known::Known,
        problem::{Problem, Result},
    },
    domain::{
        action::Action,
        commands::run,
        ctx::Ctx,
        error::Error,
        tenants::{naming::Domain, reaching},
        tokens::{
            commands::{AddToken, RevealToken},
            credential::{DeleteToken, DisableToken, EnableToken, RenameToken},
            of_accounts::{self, AccountToken, AskedToken},
        },
    },
};

/// What the domain calls members, where it calls them something else.
const NAMES: [(&str, &str); 1] = [("expires", "expiration")];

/// Row A1.
pub async fn list(Known(ctx): Known, Path(account): Path<String>) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    let tokens = of_accounts::list(&ctx, account.id).await?;
    Ok(Json(tokens.iter().map(|one| token(one, &account.name, ctx.now())).collect()))
}

/// Row A2: the only one that answers with the value.
pub async fn reveal(Known(ctx): Known, Path((account, id)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    let found = find(&ctx, Action::RevealToken, (&account, &id)).await?;
    let (_, value) = run(&ctx, RevealToken { token: found.id }).await?;
    let mut answer = token(&found, &account.name, ctx.now());
    answer["token"] = value.into();
    Ok(Json(answer))
}

/// Row A3.
pub async fn create(Known(ctx): Known, Path(account): Path<String>, mut body: Body) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    ctx.require(Action::AddToken)?;
    let asked = AskedToken {
        name: body.text("name"),
        user: body.text("user"),
        audience: body.text("audience"),
        scopes: body.text("scopes"),
        expiration: body.text_if("expiration"),
    };
    let new = of_accounts::read(&ctx, account.id, &asked).await;
    if let Err(Error::Invalid(found)) = &new {
        body.refuse_others(found);
    }
    body.finish()?;
    let (add, _) = AddToken::prepare(&ctx, new?);
    let made = run(&ctx, add).await.map_err(told)?;
    answer(&ctx, Action::AddToken, (&account, made.number)).await
}

/// Row A4.
pub async fn enable(Known(ctx): Known, Path((account, id)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    let found = find(&ctx, Action::EnableToken, (&account, &id)).await?;
    run(&ctx, EnableToken { id: found.id }).await?;
    answer(&ctx, Action::EnableToken, (&account, found.number)).await
}

/// Row A5.
pub async fn disable(Known(ctx): Known, Path((account, id)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    let found = find(&ctx, Action::DisableToken, (&account, &id)).await?;
    run(&ctx, DisableToken { id: found.id }).await?;
    answer(&ctx, Action::DisableToken, (&account, found.number)).await
}

/// Row A6: a name of nothing, and none, change nothing.
pub async fn rename(
    Known(ctx): Known,
    Path((account, id)): Path<(String, String)>,
    body: Option<Body>,
) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    let found = find(&ctx, Action::RenameToken, (&account, &id)).await?;
    let mut body = body.unwrap_or_default();
    let name = body.text_if("name");
    body.finish()?;
    if let Some(name) = of_accounts::new_name(name.as_deref())? {
        run(&ctx, RenameToken { id: found.id, name, version: found.version }).await?;
    }
    answer(&ctx, Action::RenameToken, (&account, found.number)).await
}

/// Row A7.
pub async fn delete(Known(ctx): Known, Path((account, id)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, account) = named(&ctx, &account).await?;
    let found = find(&ctx, Action::DeleteToken, (&account, &id)).await?;
    run(&ctx, DeleteToken { id: found.id, version: found.version }).await?;
    Ok(Json(json!({})))
}

async fn named(ctx: &Ctx, account: &str) -> Result<(Ctx, Domain)> {
    Ok(reaching::named(ctx, account, "account").await?)
}

async fn find(ctx: &Ctx, action: Action, (account, id): (&Domain, &str)) -> Result<AccountToken> {
    Ok(of_accounts::find(ctx, action, (account.id, number(id))).await?)
}

async fn answer(ctx: &Ctx, action: Action, (account, number): (&Domain, i64)) -> Result<Json<Value>> {
    let found = of_accounts::find(ctx, action, (account.id, Some(number))).await?;
    Ok(Json(token(&found, &account.name, ctx.now())))
}

/// A whole number from 1, in the one way in which it is answered.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| *number > 0 && number.to_string() == text)
}

/// A refusal in the contract's words.
fn told(error: Error) -> Problem {
    match error {
        Error::Invalid(fields) => fields.renamed(&NAMES).into(),
        other => other.into(),
    }
}
