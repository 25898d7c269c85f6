//! What programs of the installation change of a person at once: names, roles, permissions and tenants, all or nothing
//! (contract 002).

use super::{Gathered, run_gathered};
use crate::{
    db::Conn,
    domain::{
        access,
        action::Action,
        command::AnyCommand,
        ctx::Ctx,
        error::{Error, Result},
        grants::{
            self,
            give::{GiveAccess, RemoveAccess},
            input::{NewGrant, What},
            store::Grant,
        },
        roles,
        tenants::memberships::{self, commands::AddMembership, leaving::RemoveMembership},
        throttle,
        users::{
            self,
            commands::{AddUser, UpdateUser},
            input::{NewUser, ProfileChange, UserUpdate},
            scope::SetTenantScope,
        },
    },
    model::{
        id::{GrantId, RoleId, TenantId, UserId},
        permission::{Permission, PermissionSet},
        principal::Principal,
        scope::{Scope, TenantScope},
    },
};

/// Where somebody belongs, and where what they have everywhere counts.
#[derive(Clone, Debug)]
pub struct Places {
    /// Where it counts.
    pub scope: TenantScope,
    /// All tenants that they belong to; as it is without them.
    pub tenants: Option<Vec<TenantId>>,
}

/// What shall be different; what isn't named stays.
#[derive(Clone, Debug, Default)]
pub struct AccountUpdate {
    /// Names and addresses.
    pub profile: ProfileChange,
    /// All roles that they have everywhere.
    pub roles: Option<Vec<RoleId>>,
    /// All that they may, of which only what nothing else gives them is given to them itself.
    pub permissions: Option<PermissionSet>,
    /// Where they belong.
    pub places: Option<Places>,
}

/// Makes somebody, with roles everywhere, and where they belong.
pub async fn add(ctx: &Ctx, new: NewUser, roles: Vec<RoleId>, places: Places) -> Result<UserId> {
    ctx.require(Action::AddUser)?;
    throttle::counting_taken(ctx, add_counted(ctx, new, roles, places)).await
}

async fn add_counted(ctx: &Ctx, new: NewUser, roles: Vec<RoleId>, places: Places) -> Result<UserId> {
    let add = AddUser::prepare_for(ctx, new, places.tenants.as_deref().unwrap_or_default()).await?;
    let user = add.id;
    let mut commands: Gathered = vec![Box::new(add)];
    for tenant in places.tenants.unwrap_or_default() {
        commands.push(Box::new(AddMembership { user, tenant }));
    }
    if places.scope != TenantScope::List {
        commands.push(Box::new(SetTenantScope { user, from: TenantScope::List, to: places.scope }));
    }
    commands.extend(roles.into_iter().map(|role| give(ctx, user, What::Role(role))));
    run_gathered(ctx, Action::AddUser, &commands).await?;
    Ok(user)
}

/// Changes somebody: by `action`, which has the rule that the operation's row names.
pub async fn update(ctx: &Ctx, action: Action, user: UserId, update: &AccountUpdate) -> Result<()> {
    ctx.require(action)?;
    let commands = changes(ctx, user, update).await?;
    run_gathered(ctx, action, &commands).await
}

/// Changes the caller's own names and addresses.
pub async fn update_own(ctx: &Ctx, update: &AccountUpdate) -> Result<()> {
    update_names(ctx, Action::UpdateOwnProfile, ctx.user()?.id, update).await
}

/// Changes names and addresses, by `action`. Naming other roles, permissions or tenants than they have is refused.
pub async fn update_names(ctx: &Ctx, action: Action, user: UserId, update: &AccountUpdate) -> Result<()> {
    ctx.require(action)?;
    let commands = changes(ctx, user, update).await?;
    if commands.iter().any(|command| command.action() != Action::UpdateUser) {
        return Err(Error::Forbidden(Permission::UsersUpdate));
    }
    run_gathered(ctx, action, &commands).await
}

fn give(ctx: &Ctx, user: UserId, what: What) -> Box<dyn AnyCommand> {
    let to = Principal::User(user);
    let grant = NewGrant { to, what, scope: Scope::Everywhere, from: None, until: None, reason: String::new() };
    Box::new(GiveAccess { keeps_scope: true, ..GiveAccess::new(GrantId(ctx.id()), grant) })
}

/// What leads from what is to what shall be. A change in between makes one of the commands stale.
async fn changes(ctx: &Ctx, id: UserId, update: &AccountUpdate) -> Result<Gathered> {
    let conn = &mut *ctx.read().await?;
    let user = users::queries::require(ctx, conn, id).await?;
    let profile = user.profile().changed(&update.profile)?;
    let mut commands: Gathered = Vec::new();
    if profile != user.profile() {
        let update = UserUpdate { profile, masked_phone: None, version: user.version };
        commands.push(Box::new(UpdateUser { user: id, update }));
    }
    if let Some(places) = &update.places {
        belonging(conn, id, places, &mut commands).await?;
    }
    let held: Vec<Grant> = grants::store::all_of_user(conn, id).await?;
    let runs = |grant: &&Grant| {
        let from = grant.valid_from.is_none_or(|from| from <= ctx.now());
        grant.tenant_id.is_none() && from && grant.last_moment() >= ctx.now()
    };
    let held: Vec<&Grant> = held.iter().filter(runs).collect();
    let current: Vec<RoleId> = held.iter().filter_map(|grant| grant.role_id.clone()).collect();
    let roles = update.roles.as_ref().unwrap_or(&current);
    let mut wanted: Vec<What> = roles.iter().cloned().map(What::Role).collect();
    match update.permissions {
        Some(all) => {
            let own = all.minus(given_otherwise(ctx, conn, (id, roles)).await?);
            wanted.extend(own.iter().map(What::Permission));
        }
        None => wanted
            .extend(held.iter().filter_map(|grant| grant.what().filter(|what| matches!(what, What::Permission(_))))),
    }
    for grant in held.iter().filter(|grant| grant.what().is_none_or(|what| !wanted.contains(&what))) {
        commands.push(Box::new(RemoveAccess { grant: grant.id, version: grant.version }));
    }
    let has = |what: &What| held.iter().any(|grant| grant.what().as_ref() == Some(what));
    commands.extend(wanted.into_iter().filter(|what| !has(what)).map(|what| give(ctx, id, what)));
    Ok(commands)
}

/// What somebody may by their groups, in single tenants, and by these roles.
async fn given_otherwise(ctx: &Ctx, conn: &mut Conn, (user, roles): (UserId, &[RoleId])) -> Result<PermissionSet> {
    let person = access::load::person(conn, user).await?;
    let others = person.grants.iter().filter(|grant| grant.group.is_some() || grant.tenant.is_some());
    let mut given = others
        .filter(|grant| grant.runs(ctx.now()))
        .fold(PermissionSet::default(), |all, grant| all.union(grant.gives));
    for role in roles {
        if let Some(role) = roles::store::find(None, conn, role).await? {
            given = given.union(role.permissions());
        }
    }
    Ok(given)
}

async fn belonging(conn: &mut Conn, user: UserId, places: &Places, commands: &mut Gathered) -> Result<()> {
    let scope = users::store::scope(conn, user).await?.unwrap_or(TenantScope::List);
    if let Some(tenants) = &places.tenants {
        let kept = memberships::store::kept(conn, user, None).await?;
        let current: Vec<TenantId> = kept.into_iter().map(|membership| membership.tenant_id).collect();
        for tenant in tenants.iter().copied().filter(|tenant| !current.contains(tenant)) {
            commands.push(Box::new(AddMembership { user, tenant }));
        }
        for tenant in current.into_iter().filter(|tenant| !tenants.contains(tenant)) {
            commands.push(Box::new(RemoveMembership { user, tenant, keeps_person: true }));
        }
    }
    if scope != places.scope {
        commands.push(Box::new(SetTenantScope { user, from: scope, to: places.scope }));
    }
    Ok(())
}
