//! Inviting people by their address, all or nothing. Whoever does it is told the same whether the address is known or not.

use super::{Gathered, run, run_gathered};
use crate::{
    domain::{
        action::Action,
        confirmation::SendActivation,
        ctx::Ctx,
        error::{Error, Result},
        grants::{give::GiveAccess, input::NewGrant},
        outbox::letter::Inviting,
        tenants::{
            self,
            memberships::{
                self,
                inviting::{Admit, Known, SendInvitation, known},
            },
        },
        throttle,
        users::{
            self,
            commands::AddUser,
            input::{FirstRoles, NewUser, Special},
            store::User,
        },
    },
    model::{
        error::FieldErrors,
        id::{GrantId, TenantId, UserId},
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        user::UserStatus,
    },
};

/// Invites somebody into a tenant. Who is known elsewhere keeps name and password, and others are made as what is said of
/// them; either says by a link in a mail that they come, and nothing counts before.
pub async fn invite(ctx: &Ctx, new: NewUser) -> Result<()> {
    ctx.require(Action::AddUser)?;
    if new.roles.is_some() {
        ctx.require(Action::Give)?;
    }
    throttle::counting_known(ctx, invite_counted(ctx, new)).await
}

/// Whether they were known.
async fn invite_counted(ctx: &Ctx, new: NewUser) -> Result<((), bool)> {
    let tenant = new.tenant.or(ctx.tenant());
    let tenant = tenant.ok_or_else(|| FieldErrors::one("tenant", "choose the tenant that they are invited into"))?;
    let (login, roles) = (new.profile.email.as_str().to_owned(), new.roles);
    let special = Special { is_unverified: true, is_pending: true, ..Special::default() };
    let new = NewUser { password: None, roles: None, tenant: Some(tenant), special, ..new };
    // Of whoever is known, too: what was sent is refused for both or for neither.
    let add = AddUser::prepare(ctx, new).await?;
    let rest = |user| rest(ctx, (user, tenant), roles.as_ref());
    if let Some(user) = known_elsewhere(ctx, tenant, &login).await? {
        return let_in(ctx, tenant, (&user, rest(user.id))).await.map(|()| ((), true));
    }
    let (user, mut commands) = (add.id, vec![Box::new(add) as _]);
    commands.extend(rest(user));
    commands.push(invitation(user, tenant));
    match run_gathered(ctx, Action::AddUser, &commands).await {
        // Somebody else made them in between.
        Err(Error::Invalid(fields)) if fields.is_taken() => match known_elsewhere(ctx, tenant, &login).await? {
            Some(user) => let_in(ctx, tenant, (&user, rest(user.id))).await.map(|()| ((), true)),
            None => Err(Error::Invalid(fields)),
        },
        outcome => outcome.map(|()| ((), false)),
    }
}

/// Whoever signs in with this address and is known elsewhere alone.
async fn known_elsewhere(ctx: &Ctx, tenant: TenantId, login: &str) -> Result<Option<User>> {
    match known(&mut *ctx.read().await?, tenant, login).await? {
        Known::Nobody => Ok(None),
        Known::Elsewhere(user) => Ok(Some(*user)),
        Known::Program => Err(FieldErrors::one("email", "this is a program's; enter a person's address").into()),
        Known::Member => {
            Err(FieldErrors::one("email", "they belong to it, or are invited already; look at the lists").into())
        }
    }
}

/// Whoever is locked out gets no mail, and is invited all the same: nobody is told how it stands with people elsewhere.
async fn let_in(ctx: &Ctx, tenant: TenantId, (known, rest): (&User, Gathered)) -> Result<()> {
    let mut commands: Gathered = vec![Box::new(Admit { user: known.id, tenant, status: MembershipStatus::Pending })];
    commands.extend(rest);
    if known.status != UserStatus::Disabled {
        commands.push(invitation(known.id, tenant));
    }
    run_gathered(ctx, Action::AddUser, &commands).await
}

/// The roles that they get there.
fn rest(ctx: &Ctx, (user, tenant): (UserId, TenantId), first: Option<&FirstRoles>) -> Gathered {
    let give = |role: &_| {
        let grant = NewGrant::lasting(Principal::User(user), Clone::clone(role), Scope::Tenant(tenant));
        Box::new(GiveAccess::new(GrantId(ctx.id()), grant)) as _
    };
    first.map(|first| first.roles.iter().map(give).collect()).unwrap_or_default()
}

const fn sending(user: UserId, tenant: TenantId) -> SendInvitation {
    SendInvitation { user, tenant, letter: Inviting::Activation }
}

fn invitation(user: UserId, tenant: TenantId) -> super::Boxed {
    Box::new(sending(user, tenant))
}

/// Sends the mail of an invitation again; the link before works no more.
pub async fn send_again(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<()> {
    ctx.require(Action::SendActivation)?;
    tenants::queries::require(ctx, &mut *ctx.read().await?, tenant).await?;
    run(ctx, sending(user, tenant)).await
}

/// Sends somebody who never had a password a link to set one, which opens the membership that waits for them, if one does.
pub async fn send_activation(ctx: &Ctx, user: UserId) -> Result<()> {
    ctx.require(Action::SendActivation)?;
    let places = {
        let conn = &mut *ctx.read().await?;
        users::queries::require(ctx, conn, user).await?;
        memberships::store::of_user(ctx.tenant(), conn, user).await?
    };
    match places.into_iter().find(|place| place.status == MembershipStatus::Pending) {
        Some(place) => run(ctx, sending(user, place.tenant_id)).await,
        None => run(ctx, SendActivation { user }).await.map(drop),
    }
}
