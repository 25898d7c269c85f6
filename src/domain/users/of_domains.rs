//! Who belongs to a domain, in which roles, as programs see it (contract 004).

use std::collections::HashMap;

use sqlx::{query_as, query_scalar};

use super::{
    naming::stored_login,
    queries,
    store::{self, User},
};
use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        calling::Caller,
        ctx::Ctx,
        error::{Error, Result},
        mask,
        parse::Email,
        roles::of_domains::{ADMIN, NO_PRIVILEGES, shown},
    },
    model::{
        id::{RoleId, TenantId, UserId},
        permission::Permission,
        tenant::MembershipStatus,
        timestamp::Timestamp,
        user::UserKind,
    },
};

macro_rules! users {
    ($who:literal, $order:literal) => {
        concat!(
            "select u.id, u.login, u.display_name, u.phone, m.is_owner, m.status
        from memberships m cross join users u
        where m.tenant_id = $1 and u.id = m.user_id and m.kind = 'human' and ",
            $who,
            $order
        )
    };
}

macro_rules! roles {
    ($who:literal) => {
        concat!(
            "select g.user_id, g.role_id, r.name, r.name_key from grants g join roles r on r.id = g.role_id
        where g.tenant_id = $1 and g.user_id is not null and (g.valid_from is null or g.valid_from <= $3)
            and (g.expires_at is null or g.expires_at > $3) and ",
            $who
        )
    };
}

statements! {
    /// The users of a domain ($2 is nobody).
    USERS = users!("cast($2 as uuid) is null", " order by m.created_at, m.user_id");
    /// One of them.
    USER = users!("m.user_id = $2", "");
    /// The roles that they have in it at the moment.
    ROLES = roles!("cast($2 as uuid) is null");
    ROLES_OF_USER = roles!("g.user_id = $2");
    /// Where a person belongs that a credential reaches: its own domain, or the domains of its reseller.
    REACHED = "select m.created_at, m.tenant_id from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = $1 and t.kind = 'domain' and (t.id = $2 or coalesce(t.parent_id = $3, false))";
    STANDING = "select (select count(*) from memberships where tenant_id = $1 and kind = 'human') as users,
            (select user_id from memberships where tenant_id = $1 and is_owner) as owner";
    /// To how many others they belong.
    BEYOND = "select count(*) from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = $1 and not (t.kind = 'domain' and (t.id = $2 or coalesce(t.parent_id = $3, false)))";
}

/// A user of a domain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DomainUser {
    /// UUIDv7.
    pub id: UserId,
    /// Their address, by which they sign in.
    pub login: String,
    /// What they are called.
    pub display_name: String,
    /// Phone number, masked for whoever may not see it.
    pub phone: Option<String>,
    /// Whether they own the domain.
    pub is_owner: bool,
    /// Whether they count there.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    /// The names of the roles that were given to them there.
    #[sqlx(skip)]
    pub roles: Vec<String>,
}

/// The users of a domain, in the order in which they came: two statements, however many they are.
pub async fn list(ctx: &Ctx, domain: TenantId) -> Result<Vec<DomainUser>> {
    ctx.require(Action::ListUsers)?;
    found(ctx, &mut *ctx.read().await?, (domain, None)).await
}

/// A user of a domain, for whoever may see them.
pub async fn read(ctx: &Ctx, domain: TenantId, address: &str) -> Result<DomainUser> {
    ctx.require(Action::ReadUser)?;
    let user = member(ctx, address).await?;
    of(ctx, domain, user.id).await
}

/// A user of a domain, for whoever just changed them.
pub async fn of(ctx: &Ctx, domain: TenantId, user: UserId) -> Result<DomainUser> {
    let mut found = found(ctx, &mut *ctx.read().await?, (domain, Some(user))).await?;
    found.pop().ok_or(Error::NotFound("user"))
}

async fn found(ctx: &Ctx, conn: &mut Conn, (domain, user): (TenantId, Option<UserId>)) -> Result<Vec<DomainUser>> {
    let (of_domain, held) = if user.is_some() { (USER, ROLES_OF_USER) } else { (USERS, ROLES) };
    let mut users: Vec<DomainUser> = on!(conn, |c| query_as(of_domain).bind(domain).bind(user).fetch_all(c).await?);
    let mut held: Vec<(UserId, RoleId, String, String)> =
        on!(conn, |c| query_as(held).bind(domain).bind(user).bind(ctx.now()).fetch_all(c).await?);
    held.sort_unstable_by(|(.., one), (.., other)| one.cmp(other));
    let mut roles: HashMap<UserId, Vec<String>> = HashMap::new();
    for (user, id, name, _) in held {
        roles.entry(user).or_default().push(shown(&id, &name).to_owned());
    }
    for user in &mut users {
        user.roles = roles.remove(&user.id).unwrap_or_default();
        user.roles.sort_by_key(|name| match name.as_str() {
            ADMIN => 0,
            NO_PRIVILEGES => 2,
            _ => 1,
        });
        user.phone = seen(ctx, user.id, user.phone.take());
    }
    Ok(users)
}

/// A number as the caller may see it: programs that sign see it whole, and everybody their own.
fn seen(ctx: &Ctx, of: UserId, phone: Option<String>) -> Option<String> {
    let whole =
        matches!(ctx.caller, Caller::KeyPair(_)) || ctx.may(Permission::DataUnmask) || ctx.user_id() == Some(of);
    if whole { phone } else { phone.as_deref().map(mask::phone) }
}

/// A user of the domain that the caller works in, by their address in any case.
pub async fn member(ctx: &Ctx, address: &str) -> Result<User> {
    match by_address(&mut *ctx.read().await?, ctx.tenant(), address).await? {
        Some(user) if user.kind == UserKind::Human => Ok(user),
        _ => Err(Error::NotFound("user")),
    }
}

/// Whoever signs in with this address, as seen from a tenant, or wherever they belong.
pub async fn by_address(conn: &mut Conn, seen_from: Option<TenantId>, address: &str) -> Result<Option<User>> {
    if Email::parse(address).is_err() {
        return Ok(None);
    }
    let login = stored_login(conn, address.trim()).await?;
    Ok(store::find_by_login(seen_from, conn, &login).await?)
}

/// Whoever has this address and belongs to a domain that the credential reaches, and that domain. `reseller` is whose
/// domains it reaches besides the one where the caller works.
pub async fn reached(ctx: &Ctx, reseller: Option<TenantId>, address: &str) -> Result<(User, TenantId)> {
    let conn = &mut *ctx.read().await?;
    let user = by_address(conn, None, address).await?.filter(|user| user.kind == UserKind::Human);
    let user = user.ok_or(Error::NotFound("user"))?;
    let places = near(conn, user.id, (ctx.tenant(), reseller)).await?;
    let (_, first) = places.into_iter().min().ok_or(Error::NotFound("user"))?;
    Ok((user, first))
}

/// Where somebody belongs that a credential reaches, and since when.
async fn near(
    conn: &mut Conn,
    user: UserId,
    (own, reseller): (Option<TenantId>, Option<TenantId>),
) -> Result<Vec<(Timestamp, TenantId)>> {
    Ok(on!(conn, |c| query_as(REACHED).bind(user).bind(own).bind(reseller).fetch_all(c).await?))
}

/// Whether somebody belongs to a domain that the credential reaches.
pub async fn is_near(
    conn: &mut Conn,
    user: UserId,
    (own, reseller): (Option<TenantId>, Option<TenantId>),
) -> Result<bool> {
    Ok(!near(conn, user, (own, reseller)).await?.is_empty())
}

/// A person as the caller may see them.
#[must_use]
pub fn as_seen(ctx: &Ctx, mut user: User) -> User {
    user.phone = seen(ctx, user.id, user.phone.take());
    user
}

/// A person of a domain, for whoever just changed them.
pub async fn person(ctx: &Ctx, user: UserId) -> Result<User> {
    Ok(as_seen(ctx, queries::require(ctx, &mut *ctx.read().await?, user).await?))
}

/// Who is in a domain so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// How many people.
    pub users: i64,
    /// Who owns it.
    pub owner: Option<UserId>,
}

/// Who is in a domain so far.
pub async fn standing(conn: &mut Conn, domain: TenantId) -> Result<Standing> {
    Ok(on!(conn, |c| query_as(STANDING).bind(domain).fetch_one(c).await?))
}

/// Whether somebody belongs to tenants that the credential doesn't reach.
pub async fn belongs_beyond(
    conn: &mut Conn,
    user: UserId,
    (own, reseller): (Option<TenantId>, Option<TenantId>),
) -> Result<bool> {
    let others: i64 = on!(conn, |c| query_scalar(BEYOND).bind(user).bind(own).bind(reseller).fetch_one(c).await?);
    Ok(others > 0)
}
