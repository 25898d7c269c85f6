//! What programs change of the people of a domain at once, all or nothing (contract 004).

use super::{Boxed, Gathered, domain_roles, elsewhere::Elsewhere, finish, run_as};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        ctx::Ctx,
        domain_rules::DomainRule,
        error::{Error, Refused, Result},
        outbox::letter::Inviting,
        parse::Email,
        roles::of_domains::OWNER,
        tenants::{
            memberships::{
                self,
                commands::SetMembership,
                inviting::{Admit, SendInvitation},
                leaving::RemoveMembership,
                ownership::MakeFirstOwner,
                store::Membership,
            },
            reaching,
        },
        throttle, turn,
        users::{
            self,
            commands::{AddUser, UpdateUser},
            input::{NewUser, OneName, Profile, ProfileChange, Special, UserUpdate},
            of_domains::{belongs_beyond, by_address, is_near, reached, standing},
            store::User,
        },
    },
    model::{
        error::FieldErrors,
        id::{ADMIN_ROLE, RoleId, TenantId, UserId},
        scope::Scope,
        tenant::MembershipStatus,
        user::{UserKind, UserStatus},
    },
};

/// Somebody who comes into a domain.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Their address.
    pub email: Email,
    /// The name of their role there.
    pub role: String,
    /// What is said of them; looked at for whoever nobody knows yet.
    pub names: Option<Names>,
    /// Whether they come in at once, without a mail.
    pub skips_mail: bool,
}

/// What is said of somebody whom nobody knows yet.
#[derive(Clone, Debug)]
pub struct Names {
    /// What they are called.
    pub user_name: OneName,
    /// Their phone number.
    pub phone: Option<String>,
}

/// Refuses to begin a domain to all but a reseller's key pair.
pub async fn require_may_add(ctx: &Ctx, domain: TenantId) -> Result<()> {
    ctx.require(Action::AddUser)?;
    match standing(&mut *ctx.read().await?, domain).await?.users {
        0 => reaching::require_resellers(ctx),
        _ => Ok(()),
    }
}

/// Whether somebody has this address, wherever they belong: then what is said of them besides doesn't matter. Whoever asks
/// learns of people whom their credential doesn't reach, so it counts as a taken login does.
pub async fn is_known(ctx: &Ctx, email: &Email) -> Result<bool> {
    ctx.require(Action::AddUser)?;
    throttle::counting_known(ctx, async {
        let conn = &mut *ctx.read().await?;
        let Some(user) = by_address(conn, None, email.as_str()).await? else {
            return Ok((false, false));
        };
        let near = is_near(conn, user.id, (ctx.tenant(), reaching::resellers(ctx))).await?;
        Ok((true, !near))
    })
    .await
}

/// Lets somebody in, with a role, and writes them a mail unless they need none.
pub async fn add(ctx: &Ctx, domain: TenantId, new: &Arrival) -> Result<UserId> {
    require_may_add(ctx, domain).await?;
    let known = by_address(&mut *ctx.read().await?, None, new.email.as_str()).await?;
    if known.as_ref().is_some_and(|user| user.kind != UserKind::Human) {
        return Err(FieldErrors::one("email", "must be a person's").into());
    }
    let has_password = known.as_ref().is_some_and(|user| user.status == UserStatus::Active);
    if new.skips_mail && !has_password {
        return Err(DomainRule::NoPassword.into());
    }
    let who = match (known, new.names.clone()) {
        (Some(user), _) => Who::Known(user.id),
        (None, Some(Names { user_name, phone })) => {
            let profile = Profile::of_one_name(&user_name, new.email.clone(), phone);
            Who::New(Box::new(prepared(ctx, domain, profile).await?))
        }
        // Whoever had the address is gone since somebody looked.
        (None, None) => return Err(Error::Stale),
    };
    let (user, login) = (who.id(), new.email.as_str());
    match new.skips_mail {
        true => arrive(ctx, domain, (who, new)).await?,
        false => throttle::counting_letter(ctx, login, arrive(ctx, domain, (who, new))).await?,
    }
    Ok(user)
}

/// Who comes.
enum Who {
    Known(UserId),
    New(Box<AddUser>),
}

impl Who {
    const fn id(&self) -> UserId {
        match self {
            Self::Known(user) => *user,
            Self::New(add) => add.id,
        }
    }
}

async fn prepared(ctx: &Ctx, domain: TenantId, profile: Profile) -> Result<AddUser> {
    let special = Special { is_unverified: true, is_pending: true, ..Special::default() };
    AddUser::prepare(ctx, NewUser { profile, password: None, roles: None, tenant: Some(domain), special }).await
}

async fn arrive(ctx: &Ctx, domain: TenantId, (who, new): (Who, &Arrival)) -> Result<()> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    ctx.require(Action::AddUser)?;
    let there = memberships::store::find(&mut tx, who.id(), domain).await?;
    if there.as_ref().is_some_and(|membership| membership.status != MembershipStatus::Pending) {
        return Err(DomainRule::BelongsAlready.into());
    }
    let role = first_role(&ctx, &mut tx, (domain, who.id()), &new.role).await?;
    if there.is_some() {
        domain_roles::require_not_above_caller(&ctx, &mut tx, (domain, who.id())).await?;
    }
    let commands = arriving(&ctx, &mut tx, domain, (who, there, new, role)).await?;
    finish(&ctx, tx, &commands).await
}

/// The role that somebody comes with, as far as a domain's owner and its first user let it.
async fn first_role(ctx: &Ctx, tx: &mut Tx, (domain, user): (TenantId, UserId), name: &str) -> Result<RoleId> {
    let now = standing(tx, domain).await?;
    if now.users == 0 {
        reaching::require_resellers(ctx)?;
    }
    match name {
        OWNER if now.owner.is_some_and(|owner| owner != user) => Err(DomainRule::HasOwner.into()),
        OWNER => Ok(RoleId(ADMIN_ROLE.into())),
        _ if now.users == 0 => Err(DomainRule::FirstIsOwner.into()),
        _ if now.owner == Some(user) => Err(DomainRule::OwnersRole.into()),
        name => {
            let roles = domain_roles::named(tx, domain, &[name.to_owned()], "role").await?;
            roles.into_iter().next().ok_or(Error::NotFound("role"))
        }
    }
}

/// What lets somebody in. Where they wait already, the role that was sent takes the place of theirs.
async fn arriving(
    ctx: &Ctx,
    tx: &mut Tx,
    tenant: TenantId,
    (who, there, new, role): (Who, Option<Membership>, &Arrival, RoleId),
) -> Result<Gathered> {
    let user = who.id();
    let mut commands = Gathered::new();
    let gives = domain_roles::set(ctx, tx, (tenant, user), &[role]).await?;
    match who {
        Who::New(add) => commands.push(add),
        Who::Known(_) if there.is_none() => {
            let status = if new.skips_mail { MembershipStatus::Active } else { MembershipStatus::Pending };
            commands.push(Box::new(Admit { user, tenant, status }));
        }
        Who::Known(_) => {}
    }
    commands.extend(gives);
    if new.role == OWNER {
        commands.push(Box::new(MakeFirstOwner { user, tenant }));
    }
    match (new.skips_mail, there) {
        (false, _) => commands.push(Box::new(SendInvitation { user, tenant, letter: Inviting::Activation })),
        (true, Some(waiting)) => {
            let (version, status) = (waiting.version, MembershipStatus::Active);
            commands.push(Box::new(SetMembership { user, tenant, version, status }));
        }
        (true, None) => {}
    }
    Ok(commands)
}

/// Gives a user exactly the roles of these names.
pub async fn set_roles(ctx: &Ctx, (domain, user): (TenantId, UserId), names: &[String]) -> Result<()> {
    ctx.require(Action::Give)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    ctx.require(Action::Give)?;
    domain_roles::require_settable_user(&ctx, &mut tx, (domain, user)).await?;
    domain_roles::require_settable(names)?;
    let roles = domain_roles::named(&mut tx, domain, names, "roles").await?;
    let commands = domain_roles::set(&ctx, &mut tx, (domain, user), &roles).await?;
    finish(&ctx, tx, &commands).await
}

/// Takes the roles of these names from a user; others may be named.
pub async fn take_roles(ctx: &Ctx, (domain, user): (TenantId, UserId), names: &[String]) -> Result<()> {
    ctx.require(Action::Take)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    ctx.require(Action::Take)?;
    domain_roles::require_settable_user(&ctx, &mut tx, (domain, user)).await?;
    domain_roles::require_no_owner(names)?;
    let commands = domain_roles::take(&ctx, &mut tx, (domain, user), names).await?;
    finish(&ctx, tx, &commands).await
}

/// Locks a user out of a domain.
pub async fn disable(ctx: &Ctx, (domain, user): (TenantId, UserId)) -> Result<()> {
    let (action, status) = (Action::DisableUser, MembershipStatus::Inactive);
    let membership = touched(ctx, action, (domain, user)).await?;
    if membership.is_owner {
        return Err(Refused::Owner.into());
    }
    if membership.status != MembershipStatus::Active {
        return Err(DomainRule::NotActive.into());
    }
    run_as(ctx, action, &[&SetMembership { user, tenant: domain, version: membership.version, status }]).await
}

/// Lets a user into a domain again.
pub async fn enable(ctx: &Ctx, (domain, user): (TenantId, UserId)) -> Result<()> {
    let (action, status) = (Action::EnableUser, MembershipStatus::Active);
    let membership = touched(ctx, action, (domain, user)).await?;
    if membership.status == MembershipStatus::Pending {
        return Err(DomainRule::Waits.into());
    }
    run_as(ctx, action, &[&SetMembership { user, tenant: domain, version: membership.version, status }]).await
}

/// Ends a user's membership; the person goes with their last one.
pub async fn remove(ctx: &Ctx, (domain, user): (TenantId, UserId)) -> Result<()> {
    let action = Action::RemoveMembership;
    touched(ctx, action, (domain, user)).await?;
    run_as(ctx, action, &[&RemoveMembership::of(user, domain)]).await
}

/// The membership of somebody who shall be touched: of the owner others say more than that they may do more.
async fn touched(ctx: &Ctx, action: Action, (domain, user): (TenantId, UserId)) -> Result<Membership> {
    ctx.require(action)?;
    let conn = &mut *ctx.read().await?;
    let membership = memberships::store::find(conn, user, domain).await?.ok_or(Error::NotFound("user"))?;
    if !membership.is_owner {
        domain_roles::require_not_above_caller(ctx, conn, (domain, user)).await?;
    }
    Ok(membership)
}

/// Changes a person whom the credential reaches wherever they belong, or the caller themselves.
pub async fn update(ctx: &Ctx, address: &str, change: ProfileChange) -> Result<User> {
    ctx.require(Action::UpdateUser)?;
    let (reseller, own) = (reaching::resellers(ctx), ctx.tenant());
    let (User { id, .. }, domain) = reached(ctx, reseller, address).await?;
    let ctx = &reaching::within(ctx, domain).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    ctx.require(Action::UpdateUser)?;
    let before = users::queries::require(&ctx, &mut tx, id).await?;
    domain_roles::require_not_above_caller(&ctx, &mut tx, (domain, id)).await?;
    if ctx.user_id() != Some(id) && belongs_beyond(&mut tx, id, (own, reseller)).await? {
        return Err(Refused::Shared.into());
    }
    // The same name once more doesn't part it anew.
    let name = change.name.filter(|name| name.as_str() != before.display_name);
    let profile = before.profile().changed(&ProfileChange { name, ..change })?;
    let command = UpdateUser { user: id, update: UserUpdate { profile, masked_phone: None, version: before.version } };
    // They may belong to several domains, all of which the credential reaches.
    let command = Elsewhere { scope: Scope::Tenant(domain), works: Scope::Everywhere, command };
    finish(&ctx, tx, &vec![Box::new(command) as Boxed]).await?;
    users::of_domains::person(&ctx, id).await
}
