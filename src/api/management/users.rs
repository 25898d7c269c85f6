//! Contract 002, rows about users.

use axum::{Json, extract::Path};
use serde_json::{Value, json};

use super::answers::{Part, UserResponse, basic};
use crate::{
    api::{
        known::Known,
        parameters::{Parameters, id},
        problem::{Problem, Result},
    },
    domain::{
        action::Action,
        commands::run,
        ctx::Ctx,
        users::{
            accounts::{self, Account},
            removal::DeleteUser,
        },
    },
    model::id::UserId,
};

/// Users of one page, and at most.
const USERS: (i64, i64) = (50, 100);
/// Basic users of one page, and at most.
const BASIC: (i64, i64) = (100, 1000);

/// Row 2: oneself.
pub async fn whoami(known: Known) -> Result<Json<UserResponse>> {
    let ctx = known.everywhere();
    let me = ctx.user()?.id;
    let account = accounts::read(&ctx, me).await?;
    whole(&ctx, account).await.map(Json)
}

/// Row 3: whoever has this name; none or one.
pub async fn by_name(known: Known, Path(name): Path<String>) -> Result<Json<Vec<UserResponse>>> {
    let ctx = known.everywhere();
    Ok(Json(match accounts::by_login(&ctx, &name).await? {
        Some(account) => vec![whole(&ctx, account).await?],
        None => Vec::new(),
    }))
}

/// Row 4.
pub async fn by_locator(known: Known, Path(locator): Path<String>) -> Result<Json<UserResponse>> {
    let ctx = known.everywhere();
    let account = accounts::read(&ctx, user(&locator)?).await?;
    whole(&ctx, account).await.map(Json)
}

/// Row 5.
pub async fn list(known: Known, query: Parameters) -> Result<Json<Value>> {
    let part = Part::read(&query, USERS)?;
    let (accounts, completed) = accounts::list(&known.everywhere(), part.offset, part.count).await?;
    let items = accounts.into_iter().map(|account| json!(UserResponse::of(account, None))).collect();
    Ok(Json(part.wrap(items, completed)))
}

/// Row 6.
pub async fn basic_list(known: Known, query: Parameters) -> Result<Json<Value>> {
    let part = Part::read(&query, BASIC)?;
    let (accounts, completed) = accounts::list(&known.everywhere(), part.offset, part.count).await?;
    Ok(Json(part.wrap(accounts.iter().map(basic).collect(), completed)))
}

/// Row 9: the whole person goes, wherever they belong.
pub async fn delete(known: Known, Path(locator): Path<String>) -> Result<()> {
    let ctx = known.everywhere();
    ctx.require(Action::DeleteUser)?;
    let id = user(&locator)?;
    // Accounts of programs are no people: they go with their keys.
    accounts::of(&ctx, id).await?;
    run(&ctx, DeleteUser { user: id, unchanged: None }).await?;
    Ok(())
}

/// Row 16: by name, expanded and in order.
pub async fn permissions(known: Known, Path(locator): Path<String>) -> Result<Json<Vec<String>>> {
    Ok(Json(accounts::permissions(&known.everywhere(), user(&locator)?).await?))
}

/// A person with what they may do.
pub async fn whole(ctx: &Ctx, account: Account) -> Result<UserResponse> {
    let permissions = accounts::permissions_of(ctx, account.id).await?;
    Ok(UserResponse::of(account, Some(permissions)))
}

/// The id of a user out of the path.
pub fn user(locator: &str) -> Result<UserId> {
    id(locator).ok_or_else(|| Problem::parameter("locator", "must be a UUID"))
}
