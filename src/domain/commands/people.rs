//! A new person with what they get at once.

use super::run_all;
use crate::{
    domain::{
        action::Action,
        command::AnyCommand,
        ctx::Ctx,
        error::Result,
        grants::{give::GiveAccess, input::NewGrant},
        users::{
            commands::AddUser,
            input::{Counting, FirstRoles, NewUser},
            queries::require,
            store::User,
        },
    },
    model::{
        error::FieldErrors,
        id::{GrantId, RoleId},
        principal::Principal,
        scope::Scope,
    },
};

/// Makes a user; with roles only if the caller may give them. Where the roles count is said with them.
pub async fn add_user(ctx: &Ctx, new: NewUser) -> Result<User> {
    ctx.require(Action::AddUser)?;
    let first = new.roles.clone();
    if first.is_some() {
        ctx.require(Action::Give)?;
    }
    let add = AddUser::prepare(ctx, new).await?;
    let gives = first.map(|first| gives(ctx, &add, first)).transpose()?.unwrap_or_default();
    let commands = [&add as &dyn AnyCommand].into_iter().chain(gives.iter().map(|give| give as &dyn AnyCommand));
    run_all(ctx, &commands.collect::<Vec<_>>()).await?;
    require(ctx, &mut *ctx.read().await?, add.id).await
}

fn gives(ctx: &Ctx, add: &AddUser, first: FirstRoles) -> Result<Vec<GiveAccess>> {
    let scope = match first.count {
        Counting::There => add.tenant.map(Scope::Tenant),
        Counting::Everywhere => Some(Scope::Everywhere),
    };
    let scope = scope.ok_or_else(|| FieldErrors::one("counts", "they belong to no tenant in which it could count"))?;
    let give = |role: RoleId| NewGrant::lasting(Principal::User(add.id), role, scope);
    Ok(first.roles.into_iter().map(|role| GiveAccess::new(GrantId(ctx.id()), give(role))).collect())
}
