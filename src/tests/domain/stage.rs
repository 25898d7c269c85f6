//! What the stories of roles, grants, groups and tenants begin with.

use std::mem;

use crate::support::{World, changes::*, person};
use castellan::{
    domain::{
        audit::{self, event::Event, query::EventQuery},
        bounds::AllowedFrom,
        clients::{commands::AddClient, input::NewClient, store::Client},
        codes,
        ctx::Ctx,
        error::{Error, Refused},
        grants::input::{NewGrant, What},
        groups::{self, store::Group},
        key_pairs::{commands::AddKeyPair, input::NewKeyPair, store::KeyPair},
        outbox::{letter::Letter, queries, store::Message},
        roles::{
            self,
            input::{RoleUpdate, Rollback},
            store::Role,
        },
        tenants::{self, store::Tenant},
        tokens::{
            commands::AddToken,
            input::{NewToken, TokenBounds},
            store::Token,
        },
        users::{
            address::RequestAddressChange,
            input::{NewUser, Profile, UserUpdate},
            store::User,
        },
    },
    model::{
        client::ClientRole,
        forms::GroupMemberForm,
        id::{EventId, GrantId, MessageId, TenantId, UserId},
        permission::{Permission, PermissionSet},
        principal::Principal,
        scope::Scope,
        tenant::{TenantKind, TenantType},
        token::TokenKind,
    },
};

/// A tenant whose name is its slug.
pub async fn tenant(world: &World, slug: &str) -> Tenant {
    tenant_of(world, slug, TenantKind::Standard).await
}

/// The same of another kind.
pub async fn tenant_of(world: &World, slug: &str, kind: TenantKind) -> Tenant {
    let use_ = TenantType::Production;
    let draft = tenants::input::NewTenant { slug: slug.into(), name: slug.into(), kind, use_, parent: None };
    add_tenant(&world.operator(), draft).await.unwrap()
}

/// A user with a password who belongs to one tenant.
pub async fn member(world: &World, first: &str, of: &Tenant) -> User {
    let new = NewUser { tenant: Some(of.id), ..person(first, "") };
    add_user(&world.operator(), new).await.unwrap()
}

pub fn content(name: &str, patterns: &[&str]) -> roles::input::RoleContent {
    let patterns = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    roles::input::RoleContent { name: name.into(), description: String::new(), patterns, reason: String::new() }
}

/// A role where the caller works.
pub async fn role(ctx: &Ctx, name: &str, patterns: &[&str]) -> Role {
    add_role(ctx, content(name, patterns)).await.unwrap()
}

/// The role with other patterns, as a form that was opened just now sends it.
pub fn allowing(role: &Role, patterns: &[&str]) -> RoleUpdate {
    RoleUpdate { content: content(&role.name, patterns), version: role.version }
}

/// The way back to a version, as a form sends it that was opened at `version`.
pub const fn back_to(to: i64, version: i64) -> Rollback {
    Rollback { to, version, reason: String::new() }
}

pub async fn group(world: &World, name: &str, of: &Tenant) -> Group {
    let draft = groups::input::NewGroup { name: name.into(), description: String::new(), tenant: Some(of.id) };
    add_group(&world.operator(), draft).await.unwrap()
}

/// A member as a form sends it.
pub fn typed(member: Principal) -> GroupMemberForm {
    let id = |id: Option<String>| id.unwrap_or_default();
    GroupMemberForm {
        user: id(member.user().map(|user| user.to_string())),
        member_group: id(member.group().map(|group| group.to_string())),
        ..GroupMemberForm::default()
    }
}

pub async fn put(world: &World, member: Principal, into: &Group) {
    add_to_group(&world.operator(), into.id, &typed(member)).await.unwrap();
}

/// One permission without an end.
pub const fn lasting(to: Principal, permission: Permission, scope: Scope) -> NewGrant {
    NewGrant { to, what: What::Permission(permission), scope, from: None, until: None, reason: String::new() }
}

pub async fn give(world: &World, terms: &NewGrant) -> GrantId {
    give_access(&world.operator(), terms).await.unwrap()
}

/// A new user who holds exactly these permissions, everywhere.
pub async fn holding(world: &World, first: &str, permissions: &[Permission]) -> Ctx {
    let user = world.add(first, "").await;
    for permission in permissions {
        give(world, &lasting(Principal::User(user.id), *permission, Scope::Everywhere)).await;
    }
    world.as_user(&user).await
}

/// Whether the user may do this at the moment.
pub async fn may(world: &World, user: &User, permission: Permission, scope: Scope) -> bool {
    world.as_user(user).await.effective().at(scope).contains(permission)
}

/// Another display name, as a form that was opened just now sends it.
pub fn renamed(user: &User, name: &str) -> UserUpdate {
    let profile = Profile { display_name: name.into(), ..user.profile() };
    UserUpdate { profile, masked_phone: None, version: user.version }
}

/// The newest event of the log.
pub async fn last(world: &World) -> Event {
    audit::list::list(&world.operator(), &EventQuery::default()).await.unwrap().rows.remove(0)
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

/// Client credentials that stand for a service.
pub async fn client(ctx: &Ctx, tenant: TenantId, name: &str) -> Client {
    let (add, _) = AddClient::prepare(ctx, of_service(tenant, name));
    run(ctx, add).await.unwrap()
}

/// Client credentials to be made, which stand for a service.
pub fn of_service(tenant: TenantId, name: &str) -> NewClient {
    let services = vec![uuid::Uuid::nil()];
    NewClient {
        tenant,
        name: name.into(),
        role: ClientRole::ApiService,
        services,
        groups: Vec::new(),
        allowed_from: AllowedFrom::default(),
        expires_at: None,
    }
}

/// Bounds that leave a token nothing that anybody here has.
pub fn nothing() -> TokenBounds {
    let permissions = vec!["settings.write".into()];
    TokenBounds { permissions, allowed_from: AllowedFrom::default(), expires_at: None }
}

/// No bounds.
pub fn unbounded() -> TokenBounds {
    TokenBounds { permissions: vec!["*.*".into()], ..nothing() }
}

/// An account token to be made, which allows nothing.
pub fn of_account((user, tenant): (UserId, TenantId), name: &str) -> NewToken {
    NewToken {
        kind: TokenKind::Account,
        user,
        tenant: Some(tenant),
        name: name.into(),
        audience: "apiv2".into(),
        scope: "table://*.**".into(),
        bounds: nothing(),
    }
}

/// A token that allows nothing.
pub async fn account_token(ctx: &Ctx, whose: (UserId, TenantId), name: &str) -> Token {
    run(ctx, AddToken::prepare(ctx, of_account(whose, name)).0).await.unwrap()
}

/// A personal token to be made.
pub fn personal(user: UserId, tenant: Option<TenantId>) -> NewToken {
    let (audience, scope) = (String::new(), String::new());
    NewToken { kind: TokenKind::Personal, user, tenant, name: "mine".into(), audience, scope, bounds: unbounded() }
}

/// A message that waits in the outbox, with a link.
pub async fn message(world: &World, to: &User) -> MessageId {
    let mut tx = world.services.db.begin().await.unwrap();
    let id = codes::mailing::send(&world.operator(), &mut tx, codes::Purpose::PasswordReset, to.id).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The letters in the outbox, the newest first, each with the address that it goes to.
pub async fn letters(world: &World) -> Vec<(String, Letter)> {
    let messages = queries::list(&world.operator(), queries::NEWEST, None).await.unwrap().0;
    let read = |message: &Message| message.content(&world.services.key).unwrap().letter;
    messages.iter().map(|message| (message.recipient.clone(), read(message))).collect()
}

/// Asks for another address as whoever wants it.
pub async fn ask_for_address(world: &World, user: &User, new: &str) -> Result<(), Error> {
    let ctx = world.as_user(user).await;
    run(&ctx, RequestAddressChange::prepare(&ctx, new).await?).await
}

/// The link of a letter about an address.
pub fn link_of(letter: &Letter) -> codes::Link {
    let (purpose, user, code) = match letter {
        Letter::AddressConfirm { user, code } => (codes::Purpose::ChangeAddress, *user, code),
        Letter::AddressAsked { user, code } => (codes::Purpose::StopAddressChange, *user, code),
        Letter::AddressChanged { user, code } => (codes::Purpose::StopAddressChange, user.unwrap(), code),
        other => panic!("{other:?}"),
    };
    codes::Link::read(purpose, &user.to_string(), code.as_ref().unwrap())
}

/// A key pair to be made, which allows nothing.
pub fn of_key_pair(tenant: TenantId, name: &str) -> NewKeyPair {
    NewKeyPair {
        tenant,
        name: name.into(),
        permissions: Vec::new(),
        allowed_from: AllowedFrom::default(),
        expires_at: None,
    }
}

/// A key pair that allows nothing.
pub async fn key_pair(ctx: &Ctx, tenant: TenantId, name: &str) -> KeyPair {
    run(ctx, AddKeyPair::prepare(ctx, of_key_pair(tenant, name)).0).await.unwrap()
}
