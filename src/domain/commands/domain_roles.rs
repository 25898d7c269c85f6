//! Which roles somebody has in a domain: what leads from those that they have to those that they shall have (contract 004).

use super::Gathered;
use crate::{
    db::{Conn, Tx},
    domain::{
        access,
        ctx::Ctx,
        domain_rules::DomainRule,
        error::{Error, Refused, Result},
        grants::{
            self,
            give::{GiveAccess, RemoveAccess},
            input::NewGrant,
            store::Grant,
        },
        roles::{
            self,
            of_domains::{ADMIN, OWNER, shown},
        },
        tenants::memberships,
    },
    model::{
        error::FieldErrors,
        id::{ADMIN_ROLE, GrantId, RoleId, TenantId, UserId},
        permission::PermissionSet,
        principal::Principal,
        scope::Scope,
    },
};

/// A role that was given to somebody in a domain.
struct Given {
    grant: Grant,
    role: RoleId,
    name: String,
}

impl Given {
    fn counts(&self, ctx: &Ctx) -> bool {
        let (from, until) = (self.grant.valid_from, self.grant.expires_at);
        from.is_none_or(|from| from <= ctx.now()) && until.is_none_or(|until| until > ctx.now())
    }
}

/// The roles of these names in a domain; all that aren't there are named at once.
pub async fn named(tx: &mut Tx, domain: TenantId, names: &[String], member: &str) -> Result<Vec<RoleId>> {
    let (mut roles, mut wrong) = (Vec::with_capacity(names.len()), FieldErrors::default());
    for name in names {
        match roles::of_domains::named(tx, domain, name).await? {
            Some(role) => roles.push(role),
            None => wrong.add(member, format!("this domain knows no role {name}")),
        }
    }
    if wrong.is_empty() { Ok(roles) } else { Err(wrong.into()) }
}

/// Refuses to make or take an owner by setting roles, and what would leave somebody without a role or with an
/// administrator's beside others.
pub fn require_settable(names: &[String]) -> Result<()> {
    require_no_owner(names)?;
    match names {
        [] => Err(DomainRule::KeepsOne.into()),
        [_, _, ..] if names.iter().any(|name| name == ADMIN) => Err(DomainRule::AdminAlone.into()),
        _ => Ok(()),
    }
}

/// Refuses to make or take an owner.
pub fn require_no_owner(names: &[String]) -> Result<()> {
    match names.iter().any(|name| name == OWNER) {
        true => Err(DomainRule::OwnerIsAdded.into()),
        false => Ok(()),
    }
}

/// Refuses to touch whoever may do more in a tenant than the caller. Everybody may touch themselves.
pub async fn require_not_above_caller(ctx: &Ctx, conn: &mut Conn, (tenant, user): (TenantId, UserId)) -> Result<()> {
    if ctx.user_id() == Some(user) {
        return Ok(());
    }
    let potential = access::load::potential(conn, user, ctx.now()).await?;
    ctx.require_covers(&potential.within(Some(tenant), PermissionSet::all()))
}

/// Whoever's roles can be set: a user of the domain who doesn't own it.
pub async fn require_settable_user(ctx: &Ctx, tx: &mut Tx, (domain, user): (TenantId, UserId)) -> Result<()> {
    let membership = memberships::store::find(tx, user, domain).await?.ok_or(Error::NotFound("user"))?;
    match membership.is_owner {
        true => Err(DomainRule::OwnersRole.into()),
        false => require_not_above_caller(ctx, tx, (domain, user)).await,
    }
}

async fn given(tx: &mut Tx, (domain, user): (TenantId, UserId)) -> Result<Vec<Given>> {
    let mut given = Vec::new();
    for grant in grants::store::all_of_user(tx, user).await? {
        if let Some(role) = grant.role_id.clone().filter(|_| grant.tenant_id == Some(domain)) {
            let found = roles::store::find(Some(domain), tx, &role).await?.ok_or(Error::NotFound("role"))?;
            let name = shown(&role, &found.name).to_owned();
            given.push(Given { grant, role, name });
        }
    }
    Ok(given)
}

/// Gives exactly these. What counts already stays as it is; what has ended or is still to come makes room.
pub async fn set(ctx: &Ctx, tx: &mut Tx, (domain, user): (TenantId, UserId), wanted: &[RoleId]) -> Result<Gathered> {
    let (kept, left): (Vec<Given>, Vec<Given>) =
        given(tx, (domain, user)).await?.into_iter().partition(|one| one.counts(ctx) && wanted.contains(&one.role));
    let mut commands = removals(ctx, user, &left)?;
    for role in wanted.iter().filter(|role| !kept.iter().any(|one| one.role == **role)) {
        let grant = NewGrant::lasting(Principal::User(user), role.clone(), Scope::Tenant(domain));
        commands.push(Box::new(GiveAccess::new(GrantId(ctx.id()), grant)));
    }
    Ok(commands)
}

/// Takes those of these names.
pub async fn take(ctx: &Ctx, tx: &mut Tx, (domain, user): (TenantId, UserId), names: &[String]) -> Result<Gathered> {
    let (left, kept): (Vec<Given>, Vec<Given>) =
        given(tx, (domain, user)).await?.into_iter().partition(|one| names.contains(&one.name));
    if !kept.iter().any(|one| one.counts(ctx)) {
        return Err(DomainRule::KeepsOne.into());
    }
    removals(ctx, user, &left)
}

/// Nobody takes the administrator's role from themselves.
fn removals(ctx: &Ctx, user: UserId, left: &[Given]) -> Result<Gathered> {
    if ctx.user_id() == Some(user) && left.iter().any(|one| one.role.0 == ADMIN_ROLE && one.counts(ctx)) {
        return Err(Refused::Yourself.into());
    }
    let mut commands = Gathered::new();
    for Given { grant, .. } in left {
        commands.push(Box::new(RemoveAccess { grant: grant.id, version: grant.version }));
    }
    Ok(commands)
}
