//! What programs of a back office change of its people at once, all or nothing (contract 001).

use super::{Boxed, Gathered, run_as, run_gathered};
use crate::{
    db::Conn,
    domain::{
        access::administrators,
        action::Action,
        ctx::Ctx,
        error::{Refused, Result},
        grants::{
            self,
            give::{GiveAccess, RemoveAccess},
            input::{NewGrant, What},
            store::Grant,
        },
        profile_mail::SendProfile,
        second_factor::{commands::RequireSecondFactor, store as factors},
        tenants::memberships::{
            self,
            commands::SetMembership,
            leaving::RemoveMembership,
            tagging::{self, NoteUpdate, SetTags},
        },
        throttle,
        users::{
            self,
            allowlist::{self, Allowlist, SetAllowlist},
            commands::{AddUser, UpdateUser},
            input::{NewUser, ProfileChange, UserUpdate},
            passwords::GivePassword,
        },
    },
    model::{
        id::{ADMIN_ROLE, GrantId, RoleId, TenantId, UserId},
        permission::{Permission, PermissionSet},
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        user::SecondFactor,
    },
};

/// The version of a membership that was made just now.
const NEW: i64 = 1;

/// What shall be so of a member; what isn't named stays.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    /// Name, address and phone number.
    pub profile: ProfileChange,
    /// The phone number as it was shown masked, where that was sent back.
    pub masked_phone: Option<String>,
    /// Their password.
    pub password: Option<String>,
    /// Whether they count.
    pub active: Option<bool>,
    /// Whether they must have a second factor.
    pub needs_factor: Option<bool>,
    /// All roles that they hold directly; only those of the tenant are given and taken.
    pub roles: Option<Vec<RoleId>>,
    /// From where they are let in.
    pub allowlist: Option<Allowlist>,
    /// Their tags.
    pub tags: Option<Vec<String>>,
    /// Whether they see what is masked.
    pub unmasked: Option<bool>,
    /// Whether they are told by mail.
    pub tells: bool,
}

/// Makes a member; `change` is what `new` doesn't say.
pub async fn add(ctx: &Ctx, tenant: TenantId, new: NewUser, change: &MemberChange) -> Result<UserId> {
    ctx.require(Action::AddUser)?;
    throttle::counting_taken(ctx, add_counted(ctx, tenant, new, change)).await
}

async fn add_counted(ctx: &Ctx, tenant: TenantId, new: NewUser, change: &MemberChange) -> Result<UserId> {
    let add = AddUser::prepare(ctx, new).await?;
    let user = add.id;
    let mut commands: Gathered = vec![Box::new(add)];
    if change.needs_factor == Some(true) {
        commands.push(Box::new(RequireSecondFactor { user, required: true }));
    }
    if let Some(to) = change.allowlist.clone() {
        commands.push(Box::new(SetAllowlist { user, from: Allowlist::default(), to }));
    }
    if let Some(to) = change.tags.clone() {
        commands.push(Box::new(SetTags { user, tenant, from: Vec::new(), to }));
    }
    let wanted = wanted(change.roles.as_deref().unwrap_or_default(), change.unmasked == Some(true));
    commands.extend(wanted.into_iter().map(|what| give(ctx, (user, tenant), what)));
    if change.active == Some(false) {
        commands.push(Box::new(SetMembership { user, tenant, version: NEW, status: MembershipStatus::Inactive }));
    }
    if change.tells {
        commands.push(Box::new(SendProfile::made(user, change.active == Some(true))));
    }
    run_gathered(ctx, Action::AddUser, &commands).await?;
    Ok(user)
}

/// Changes a member.
pub async fn update(ctx: &Ctx, (tenant, user): (TenantId, UserId), change: &MemberChange) -> Result<()> {
    ctx.require(Action::UpdateUser)?;
    let password = match &change.password {
        Some(password) => {
            let needs_factor = match change.needs_factor {
                Some(needs_factor) => needs_factor,
                None => factors::is_asked(&mut *ctx.read().await?, user, ctx.now()).await?,
            };
            Some(GivePassword::prepare(ctx, (user, &change.profile), (password, needs_factor)).await?)
        }
        None => None,
    };
    throttle::counting_taken(ctx, update_counted(ctx, (tenant, user), (change, password))).await
}

async fn update_counted(
    ctx: &Ctx,
    (tenant, user): (TenantId, UserId),
    (change, password): (&MemberChange, Option<GivePassword>),
) -> Result<()> {
    let mut commands = changes(ctx, (tenant, user), change).await?;
    if let Some(password) = password {
        commands.push(Box::new(password));
    }
    if !commands.is_empty() {
        commands.push(Box::new(NoteUpdate { user, tenant }));
        if change.tells {
            commands.push(Box::new(SendProfile::changed(user)));
        }
    }
    run_gathered(ctx, Action::UpdateUser, &commands).await
}

/// What leads from what is to what shall be. A change in between makes one of the commands stale.
async fn changes(ctx: &Ctx, (tenant, user): (TenantId, UserId), change: &MemberChange) -> Result<Gathered> {
    let conn = &mut *ctx.read().await?;
    let mut commands: Gathered = Vec::new();
    let found = users::queries::require(ctx, conn, user).await?;
    let profile = found.profile().changed(&change.profile)?;
    if let Some(seen) = &change.masked_phone {
        users::commands::unmasked(&found, seen)?;
    }
    if profile != found.profile() {
        let update = UserUpdate { profile, masked_phone: None, version: found.version };
        commands.push(Box::new(UpdateUser { user, update }));
    }
    if let Some(required) = change.needs_factor {
        let (bound, is_required) = factors::of(conn, user).await?;
        let is_so = match required {
            true => bound != SecondFactor::None,
            false => bound == SecondFactor::None && !is_required,
        };
        if !is_so {
            commands.push(Box::new(RequireSecondFactor { user, required }));
        }
    }
    if let Some(to) = change.allowlist.clone() {
        let from = allowlist::of(conn, user).await?;
        if from != to {
            commands.push(Box::new(SetAllowlist { user, from, to }));
        }
    }
    if let Some(to) = change.tags.clone() {
        let from = tagging::tags(conn, user, tenant).await?;
        if from != to {
            commands.push(Box::new(SetTags { user, tenant, from, to }));
        }
    }
    grants_changed(ctx, conn, (tenant, user), (change, &mut commands)).await?;
    if let Some(active) = change.active {
        let status = if active { MembershipStatus::Active } else { MembershipStatus::Inactive };
        let membership = memberships::store::find(conn, user, tenant).await?;
        if let Some(membership) = membership.filter(|membership| membership.status != status) {
            commands.push(Box::new(SetMembership { user, tenant, version: membership.version, status }));
        }
    }
    Ok(commands)
}

/// What has to be given and taken in the tenant. What is held everywhere stays, and what is held already keeps its end. Whoever
/// names the last administrator without that role is told that it stays.
async fn grants_changed(
    ctx: &Ctx,
    conn: &mut Conn,
    (tenant, user): (TenantId, UserId),
    (change, commands): (&MemberChange, &mut Gathered),
) -> Result<()> {
    let unmask = What::Permission(Permission::DataUnmask);
    let is_asked = |what: &What| match what {
        What::Role(_) => change.roles.is_some(),
        permission => *permission == unmask && change.unmasked.is_some(),
    };
    let wanted = wanted(change.roles.as_deref().unwrap_or_default(), change.unmasked == Some(true));
    let held = grants::store::all_of_user(conn, user).await?;
    let runs =
        |grant: &&Grant| grant.valid_from.is_none_or(|from| from <= ctx.now()) && grant.last_moment() >= ctx.now();
    let held: Vec<&Grant> = held.iter().filter(runs).collect();
    let admin = What::Role(RoleId(ADMIN_ROLE.into()));
    let drops_admin = change.roles.is_some() && !wanted.contains(&admin);
    if drops_admin
        && held.iter().any(|grant| grant.tenant_id.is_none() && grant.what().as_ref() == Some(&admin))
        && administrators::is_last(ctx, conn, user).await?
    {
        return Err(Refused::LastAdministrator.into());
    }
    for grant in held.iter().filter(|grant| grant.tenant_id == Some(tenant)) {
        if grant.what().is_some_and(|what| is_asked(&what) && !wanted.contains(&what)) {
            commands.push(Box::new(RemoveAccess { grant: grant.id, version: grant.version }));
        }
    }
    let counts = |grant: &&&Grant| grant.tenant_id.is_none() || grant.tenant_id == Some(tenant);
    let has = |what: &What| held.iter().filter(counts).any(|grant| grant.what().as_ref() == Some(what));
    commands.extend(wanted.into_iter().filter(|what| !has(what)).map(|what| give(ctx, (user, tenant), what)));
    Ok(())
}

fn wanted(roles: &[RoleId], unmasked: bool) -> Vec<What> {
    let unmask = unmasked.then_some(What::Permission(Permission::DataUnmask));
    roles.iter().cloned().map(What::Role).chain(unmask).collect()
}

fn give(ctx: &Ctx, (user, tenant): (UserId, TenantId), what: What) -> Boxed {
    let (to, scope) = (Principal::User(user), Scope::Tenant(tenant));
    let grant = NewGrant { to, what, scope, from: None, until: None, reason: String::new() };
    Box::new(GiveAccess::new(GrantId(ctx.id()), grant))
}

/// Refuses a list of addresses of somebody else to whoever may not see it: they don't know what they would replace.
pub fn require_sees_allowlist(ctx: &Ctx, user: UserId) -> Result<()> {
    let is_own = ctx.user_id() == Some(user);
    match is_own || ctx.may(Permission::DataUnmask) {
        true => Ok(()),
        false => {
            let missing = PermissionSet::of(Permission::DataUnmask);
            Err(Refused::MoreThanYourself(missing).into())
        }
    }
}

/// Ends somebody's membership; the person goes with their last one.
pub async fn remove(ctx: &Ctx, (tenant, user): (TenantId, UserId)) -> Result<()> {
    run_as(ctx, Action::DeleteUser, &[&RemoveMembership::of(user, tenant)]).await
}
