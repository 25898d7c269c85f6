//! What programs of a tenant change of its people at once, all or nothing (contract 000).

use super::{Gathered, elsewhere::Elsewhere, run_as, run_gathered};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        command::AnyCommand,
        confirmation::{self, SendActivation, SendVerification},
        ctx::Ctx,
        error::{Error, Result},
        grants::{give::GiveAccess, input::NewGrant},
        groups::{
            self,
            commands::{AddToGroup, RemoveFromGroup},
        },
        tenants::{
            acting,
            memberships::{commands::AddMembership, leaving::RemoveMembership, ownership::MakeFirstOwner},
        },
        throttle,
        users::{
            self,
            commands::{AddUser, UpdateUser},
            input::{NewUser, ProfileChange, UserUpdate},
            people::{self, AccountRole},
            store::User,
        },
    },
    model::{
        id::{ADMIN_ROLE, GrantId, GroupId, OWNER_ROLE, RoleId, TenantId, UserId},
        principal::Principal,
        scope::Scope,
        user::UserKind,
    },
};

/// A new person of a tenant.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Names, address and password.
    pub user: NewUser,
    /// What they shall be there.
    pub role: AccountRole,
    /// The groups that they shall be in.
    pub groups: Vec<GroupId>,
    /// Whether nobody knows their password, so that they are sent a link to set one.
    pub has_no_password: bool,
}

/// Makes somebody, with what they are and where they belong, and writes the mail.
pub async fn add(ctx: &Ctx, tenant: TenantId, new: NewPerson) -> Result<UserId> {
    ctx.require(Action::AddUser)?;
    for group in &new.groups {
        groups::queries::require(ctx, &mut *ctx.read().await?, *group).await?;
    }
    throttle::counting_taken(ctx, add_counted(ctx, tenant, new)).await
}

async fn add_counted(ctx: &Ctx, tenant: TenantId, new: NewPerson) -> Result<UserId> {
    let parent = people::parent(&mut *ctx.read().await?, tenant).await?;
    let add = AddUser::prepare(ctx, new.user).await?;
    let user = add.id;
    let mut commands: Gathered = vec![Box::new(add)];
    match new.role {
        AccountRole::Admin => {
            commands.push(give(ctx, user, (ADMIN_ROLE, Scope::Tenant(tenant))));
            commands.push(Box::new(MakeFirstOwner { user, tenant }));
        }
        AccountRole::Appowner => commands.push(give(ctx, user, (OWNER_ROLE, Scope::Tenant(tenant)))),
        AccountRole::Spadmin => {}
    }
    let member = Principal::User(user);
    commands.extend(new.groups.into_iter().map(|group| Box::new(AddToGroup { group, member }) as Box<dyn AnyCommand>));
    commands.push(Box::new(SendVerification { user }));
    if new.has_no_password {
        commands.push(Box::new(SendActivation { user }));
    }
    if new.role == AccountRole::Spadmin {
        // Last: from then on they belong to the provider, too, and are no single tenant's to send links to.
        into_provider(ctx, (user, parent), &mut commands);
    }
    run_gathered(ctx, Action::AddUser, &commands).await?;
    Ok(user)
}

/// Makes somebody an administrator of a tenant's provider, or of everything where it has none.
fn into_provider(ctx: &Ctx, (user, provider): (UserId, Option<TenantId>), commands: &mut Gathered) {
    let scope = Scope::from(provider);
    if let Some(tenant) = provider {
        // From inside, whoever isn't there yet can't be seen.
        let (works, command) = (Scope::Everywhere, AddMembership { user, tenant });
        commands.push(Box::new(Elsewhere { scope, works, command }));
    }
    let command = give_access(ctx, user, (ADMIN_ROLE, scope));
    commands.push(Box::new(Elsewhere { scope, works: scope, command }));
}

/// Changes names and phone, and the groups of the tenant that they are in. What isn't named stays.
pub async fn update(
    ctx: &Ctx,
    (tenant, id): (TenantId, UserId),
    profile: &ProfileChange,
    groups: Option<&[GroupId]>,
) -> Result<()> {
    ctx.require(Action::UpdateUser)?;
    let mut commands: Gathered = Vec::new();
    {
        let conn = &mut *ctx.read().await?;
        let user = person(ctx, conn, id).await?;
        acting::require_not_providers(ctx, conn, (tenant, id)).await?;
        let profile = user.profile().changed(profile)?;
        if profile != user.profile() {
            let update = UserUpdate { profile, masked_phone: None, version: user.version };
            commands.push(Box::new(UpdateUser { user: id, update }));
        }
        if let Some(groups) = groups {
            moves(ctx, conn, (tenant, id, groups), &mut commands).await?;
        }
    }
    run_gathered(ctx, Action::UpdateUser, &commands).await
}

/// Somebody who is there: a program's own account is nobody.
async fn person(ctx: &Ctx, conn: &mut Conn, id: UserId) -> Result<User> {
    let user = users::queries::require(ctx, conn, id).await?;
    match user.kind {
        UserKind::Human => Ok(user),
        UserKind::ServiceAccount => Err(Error::NotFound("user")),
    }
}

/// Refuses to touch somebody of the tenant's provider, for whoever isn't of it.
pub async fn require_may_touch(ctx: &Ctx, (tenant, user): (TenantId, UserId)) -> Result<()> {
    let conn = &mut *ctx.read().await?;
    person(ctx, conn, user).await?;
    acting::require_not_providers(ctx, conn, (tenant, user)).await
}

/// Ends somebody's membership; the person goes with their last one.
pub async fn remove(ctx: &Ctx, (tenant, user): (TenantId, UserId)) -> Result<()> {
    require_may_touch(ctx, (tenant, user)).await?;
    run_as(ctx, Action::DeleteUser, &[&RemoveMembership::of(user, tenant)]).await
}

/// Sends somebody a link to confirm their address: whoever may change them, and everybody to themselves.
pub async fn send_verification(ctx: &Ctx, user: UserId) -> Result<()> {
    let action = match ctx.user_id() == Some(user) {
        true => Action::SendOwnVerification,
        false => Action::SendVerification,
    };
    ctx.require(action)?;
    let found = {
        let conn = &mut *ctx.read().await?;
        let found = person(ctx, conn, user).await?;
        if let Some(tenant) = ctx.tenant() {
            acting::require_not_providers(ctx, conn, (tenant, user)).await?;
        }
        found
    };
    if found.email_verified_at.is_none() {
        confirmation::count_mail(ctx, &found).await?;
    }
    run_as(ctx, action, &[&SendVerification { user }]).await
}

fn give(ctx: &Ctx, user: UserId, what: (&str, Scope)) -> Box<dyn AnyCommand> {
    Box::new(give_access(ctx, user, what))
}

fn give_access(ctx: &Ctx, user: UserId, (role, scope): (&str, Scope)) -> GiveAccess {
    let grant = NewGrant::lasting(Principal::User(user), RoleId(role.to_owned()), scope);
    GiveAccess::new(GrantId(ctx.id()), grant)
}

/// Into which groups they come, and out of which they go.
async fn moves(
    ctx: &Ctx,
    conn: &mut Conn,
    (tenant, user, wanted): (TenantId, UserId, &[GroupId]),
    commands: &mut Gathered,
) -> Result<()> {
    let current = groups::member_store::of_user(Some(tenant), conn, user, i64::MAX).await?;
    let member = Principal::User(user);
    for group in wanted.iter().copied().filter(|group| !current.iter().any(|other| other.id == *group)) {
        groups::queries::require(ctx, conn, group).await?;
        commands.push(Box::new(AddToGroup { group, member }));
    }
    for group in current.into_iter().map(|group| group.id).filter(|group| !wanted.contains(group)) {
        commands.push(Box::new(RemoveFromGroup { group, member }));
    }
    Ok(())
}
