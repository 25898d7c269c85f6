//! A new person with what they get at once.

use super::run_all;
use crate::{
    domain::{
        command::AnyCommand,
        ctx::Ctx,
        error::Result,
        grants::{give::GiveAccess, input::NewGrant},
        users::{commands::AddUser, input::NewUser, queries::require, store::User},
        verb::Verb,
    },
    model::{
        id::{GrantId, RoleId},
        principal::Principal,
        scope::Scope,
    },
};

/// Makes a user; with roles only if the caller may give them. Roles count in the tenant that is named, or where the caller
/// works: everywhere is never meant by a tenant.
pub async fn add_user(ctx: &Ctx, new: NewUser) -> Result<User> {
    ctx.require(Verb::AddUser)?;
    let (roles, named) = (new.roles.clone(), new.tenant.is_some());
    if !roles.is_empty() {
        ctx.require(Verb::Give)?;
    }
    let add = AddUser::prepare(ctx, new).await?;
    let scope = if named { Scope::Tenant(add.tenant) } else { ctx.scope };
    let give = |role: RoleId| GiveAccess {
        id: GrantId(ctx.id()),
        grant: NewGrant::lasting(Principal::User(add.id), role, scope),
    };
    let gives: Vec<GiveAccess> = roles.into_iter().map(give).collect();
    let commands = [&add as &dyn AnyCommand].into_iter().chain(gives.iter().map(|give| give as &dyn AnyCommand));
    run_all(ctx, &commands.collect::<Vec<_>>()).await?;
    require(ctx, &mut ctx.read().await?, add.id).await
}
