//! What a partner's program changes of the people of its portal, all or nothing (contract 003).

use serde_json::{Map, Value};

use super::{Gathered, run_as, run_gathered};
use crate::{
    domain::{
        action::Action,
        command::AnyCommand,
        ctx::Ctx,
        error::{Error, Result},
        grants::{give::GiveAccess, input::NewGrant},
        outbox::letter::Inviting,
        roles,
        tenants::{
            memberships::{
                attributes::KeepAttributes,
                inviting::{self, Admit, Known, SendInvitation},
                leaving::RemoveMembership,
            },
            settings,
        },
        throttle,
        users::{commands::AddUser, input::NewUser, of_portals, store::User},
    },
    model::{
        error::FieldErrors,
        id::{GrantId, RoleId, TenantId, UserId},
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        user::UserStatus,
    },
};

/// Characters of what was named that an answer repeats.
const REPEATED: usize = 100;

/// Somebody to be let into a portal.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Who they are: what holds of whoever isn't known yet.
    pub user: NewUser,
    /// What they get there, each once.
    pub roles: Vec<RoleId>,
    /// What is kept of them there.
    pub attributes: Map<String, Value>,
}

/// The roles that these ids name, and what is wrong with them and with the ids of attributes, by member.
pub async fn look_up(
    ctx: &Ctx,
    portal: TenantId,
    (roles, attributes): (&[String], &[String]),
) -> Result<(Vec<RoleId>, FieldErrors)> {
    ctx.require(Action::AddUser)?;
    let (mut found, mut problems) = (Vec::with_capacity(roles.len()), FieldErrors::default());
    let conn = &mut *ctx.read().await?;
    for (place, text) in roles.iter().enumerate().filter(|(place, text)| !roles[..*place].contains(text)) {
        let id = text.parse::<RoleId>().ok();
        let is_there = match &id {
            Some(id) => roles::store::find(Some(portal), conn, id).await?.is_some(),
            None => false,
        };
        match id.filter(|_| is_there) {
            Some(id) => found.push(id),
            None => problems.add("roles", format!("must be ids of roles, and {} is none", shortened(&roles[place]))),
        }
    }
    let known = settings::of(conn, portal).await?.attributes;
    for (place, id) in attributes.iter().enumerate() {
        if !known.contains(id) {
            problems.add("attributes", format!("must be known, and {} is not", shortened(id)));
        } else if attributes[..place].contains(id) {
            problems.add("attributes", format!("must be there once, and {} is there twice", shortened(id)));
        }
    }
    Ok((found, problems))
}

fn shortened(text: &str) -> String {
    text.chars().take(REPEATED).collect()
}

/// Lets somebody into the portal: whoever is known elsewhere as they are, and others as what is said of them. Answers who it
/// is, and writes the mail.
pub async fn add(ctx: &Ctx, portal: TenantId, new: Newcomer) -> Result<UserId> {
    ctx.require(Action::AddUser)?;
    throttle::counting_known(ctx, add_counted(ctx, portal, new)).await
}

/// Whoever it is, and whether they were known.
async fn add_counted(ctx: &Ctx, portal: TenantId, new: Newcomer) -> Result<(UserId, bool)> {
    let Newcomer { user, roles, attributes } = new;
    let login = user.profile.email.as_str().to_owned();
    // Of whoever is known, too: what was sent is refused for both or for neither, and takes as long.
    let add = AddUser::prepare(ctx, user).await?;
    let rest = |user| rest(ctx, (user, portal), (&roles, &attributes));
    if let Some(known) = known(ctx, portal, &login).await? {
        return let_in(ctx, portal, (&known, rest(known.id))).await;
    }
    let (id, has_password) = (add.id, add.has_password());
    let mut commands: Gathered = vec![Box::new(add)];
    commands.extend(rest(id));
    if !has_password {
        commands.push(invitation(id, portal));
    }
    match run_gathered(ctx, Action::AddUser, &commands).await {
        // Somebody else made them in between.
        Err(Error::Invalid(fields)) if fields.is_taken() => match known(ctx, portal, &login).await? {
            Some(known) => let_in(ctx, portal, (&known, rest(known.id))).await,
            None => Err(Error::Invalid(fields)),
        },
        outcome => outcome.map(|()| (id, false)),
    }
}

/// Whoever signs in with this address and doesn't belong to the portal yet.
async fn known(ctx: &Ctx, portal: TenantId, login: &str) -> Result<Option<User>> {
    match inviting::known(&mut *ctx.read().await?, portal, login).await? {
        Known::Nobody => Ok(None),
        Known::Elsewhere(user) => Ok(Some(*user)),
        Known::Program => Err(FieldErrors::one("email", "must be a person's, and this is a program's").into()),
        Known::Member => Err(FieldErrors::one("email", "must be new here, and belongs to the portal already").into()),
    }
}

/// Makes somebody a member who is known elsewhere. Whoever is locked out gets no mail, and is let in all the same: a portal
/// isn't told how it stands with people in other tenants.
async fn let_in(ctx: &Ctx, portal: TenantId, (known, rest): (&User, Gathered)) -> Result<(UserId, bool)> {
    let user = known.id;
    let mut commands: Gathered = vec![Box::new(Admit { user, tenant: portal, status: MembershipStatus::Active })];
    commands.extend(rest);
    if known.status != UserStatus::Disabled {
        commands.push(invitation(user, portal));
    }
    run_gathered(ctx, Action::AddUser, &commands).await?;
    Ok((user, true))
}

/// What everybody gets who comes in.
fn rest(
    ctx: &Ctx,
    (user, tenant): (UserId, TenantId),
    (roles, attributes): (&[RoleId], &Map<String, Value>),
) -> Gathered {
    let mut commands: Gathered = Vec::new();
    for role in roles {
        let grant = NewGrant::lasting(Principal::User(user), role.clone(), Scope::Tenant(tenant));
        commands.push(Box::new(GiveAccess::new(GrantId(ctx.id()), grant)));
    }
    if !attributes.is_empty() {
        commands.push(Box::new(KeepAttributes { user, tenant, attributes: attributes.clone() }));
    }
    commands
}

fn invitation(user: UserId, tenant: TenantId) -> Box<dyn AnyCommand> {
    Box::new(SendInvitation { user, tenant, letter: Inviting::Invitation })
}

/// Ends somebody's membership; the person goes with their last one.
pub async fn remove(ctx: &Ctx, portal: TenantId, user: UserId) -> Result<()> {
    ctx.require(Action::DeleteUser)?;
    of_portals::of(&mut *ctx.read().await?, portal, user).await?;
    run_as(ctx, Action::DeleteUser, &[&RemoveMembership::of(user, portal)]).await
}
