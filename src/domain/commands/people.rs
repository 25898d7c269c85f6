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
    let gives: Vec<GiveAccess> = first.map(|first| gives(ctx, &add, first)).unwrap_or_default();
    let commands = [&add as &dyn AnyCommand].into_iter().chain(gives.iter().map(|give| give as &dyn AnyCommand));
    run_all(ctx, &commands.collect::<Vec<_>>()).await?;
    require(ctx, &mut *ctx.read().await?, add.id).await
}

fn gives(ctx: &Ctx, add: &AddUser, first: FirstRoles) -> Vec<GiveAccess> {
    let scope = match first.count {
        Counting::There => Scope::Tenant(add.tenant),
        Counting::Everywhere => Scope::Everywhere,
    };
    let give = |role: RoleId| NewGrant::lasting(Principal::User(add.id), role, scope);
    first.roles.into_iter().map(|role| GiveAccess { id: GrantId(ctx.id()), grant: give(role) }).collect()
}
