//! What the stories of roles, grants, groups and tenants begin with.

use std::mem;

use castellan::{
    domain::{
        ctx::Ctx,
        error::{Error, Refused},
        events::{self, Event, EventQuery},
        grants::{self, Holder, Terms, What},
        groups::{self, Group, Member},
        roles::{self, Role, RoleUpdate, Rollback},
        tenants::{self, Tenant},
        users::{self, NewUser, Profile, User, UserUpdate},
    },
    model::{
        fields::Fields,
        id::{EventId, GrantId},
        permission::{Permission, PermissionSet},
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};

use crate::support::{World, person};

/// A tenant whose name is its slug.
pub async fn tenant(world: &World, slug: &str) -> Tenant {
    let (kind, use_) = (TenantKind::Standard, TenantType::Production);
    let draft = tenants::Draft { slug: slug.into(), name: slug.into(), kind, use_, parent: None };
    tenants::create(&world.operator(), draft).await.unwrap()
}

/// A user with a password who belongs to one tenant.
pub async fn member(world: &World, first: &str, of: &Tenant) -> User {
    let new = NewUser { tenant: Some(of.slug.clone()), ..person(first, "") };
    users::create(&world.operator(), new).await.unwrap()
}

pub fn draft(name: &str, patterns: &[&str]) -> roles::Draft {
    let patterns = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    roles::Draft { name: name.into(), description: String::new(), patterns, reason: String::new() }
}

/// A role where the caller works.
pub async fn role(ctx: &Ctx, name: &str, patterns: &[&str]) -> Role {
    roles::create(ctx, draft(name, patterns)).await.unwrap()
}

/// The role with other patterns, as a form that was opened just now sends it.
pub fn allowing(role: &Role, patterns: &[&str]) -> RoleUpdate {
    RoleUpdate { draft: draft(&role.name, patterns), version: role.version }
}

/// The way back to a version, as a form sends it that was opened at `version`.
pub const fn back_to(to: i64, version: i64) -> Rollback {
    Rollback { to, version, reason: String::new() }
}

pub async fn group(world: &World, name: &str, of: &Tenant) -> Group {
    let draft = groups::Draft { name: name.into(), description: String::new(), tenant: Some(of.id) };
    groups::create(&world.operator(), draft).await.unwrap()
}

/// A member as a form sends it.
pub fn typed(member: Member) -> Fields {
    match member {
        Member::User(user) => Fields::default().with("user", user.to_string()),
        Member::Group(group) => Fields::default().with("member_group", group.to_string()),
    }
}

pub async fn put(world: &World, member: Member, into: &Group) {
    groups::add(&world.operator(), into.id, &typed(member)).await.unwrap();
}

/// One permission without an end.
pub const fn lasting(to: Holder, permission: Permission, scope: Scope) -> Terms {
    Terms { to, what: What::Permission(permission), scope, from: None, until: None, reason: String::new() }
}

pub async fn give(world: &World, terms: &Terms) -> GrantId {
    grants::give(&world.operator(), terms).await.unwrap()
}

/// A new user who holds exactly these permissions, everywhere.
pub async fn holding(world: &World, first: &str, permissions: &[Permission]) -> Ctx {
    let user = world.add(first, "").await;
    for permission in permissions {
        give(world, &lasting(Holder::User(user.id), *permission, Scope::Everywhere)).await;
    }
    world.as_user(&user).await
}

/// Whether the user may do this at the moment.
pub async fn may(world: &World, user: &User, permission: Permission, scope: Scope) -> bool {
    world.as_user(user).await.holdings().at(scope).contains(permission)
}

/// Another display name, as a form that was opened just now sends it.
pub fn renamed(user: &User, name: &str) -> UserUpdate {
    let profile = Profile { display_name: name.into(), ..user.profile() };
    UserUpdate { profile, masked_phone: None, version: user.version }
}

/// The newest event of the log.
pub async fn last(world: &World) -> Event {
    events::list(&world.operator(), &EventQuery::default()).await.unwrap().rows.remove(0)
}

pub async fn last_id(world: &World) -> EventId {
    last(world).await.id
}

/// A refusal that [`is_refused`] finds whichever permissions it names.
pub const MORE_THAN_ONESELF: Refused = Refused::MoreThanYourself(PermissionSet::of(Permission::UsersRead));

/// Whether this rule refused it, whatever it names.
pub fn is_refused<T>(outcome: &Result<T, Error>, expected: Refused) -> bool {
    matches!(outcome, Err(Error::Refused(refused)) if mem::discriminant(refused) == mem::discriminant(&expected))
}

/// Whether exactly this field was refused.
pub fn is_invalid<T>(outcome: &Result<T, Error>, field: &str) -> bool {
    matches!(outcome, Err(Error::Invalid(errors)) if errors.of(field).is_some())
}

pub const fn is_stale<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Stale))
}

pub const fn is_not_found<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::NotFound(_)))
}
