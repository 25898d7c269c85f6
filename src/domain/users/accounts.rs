//! People as programs list them: with where they belong and the roles that they hold everywhere. Bounded by where the caller
//! may look.

use sqlx::QueryBuilder;

use crate::{
    db::{Conn, on},
    domain::{
        access::{self, effective::Reach},
        ctx::Ctx,
        error::{Error, Result},
        names::address::login,
        tenants::memberships,
        users::guards,
    },
    model::{
        id::{TenantId, UserId},
        permission::Permission,
        scope::{Scope, TenantScope},
    },
};

/// What is enough to see people in a list.
const LISTING: [Permission; 2] = [Permission::UsersRead, Permission::UsersList];

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// UUIDv7.
    pub id: UserId,
    /// What they sign in with.
    pub login: String,
    /// Where people reach them; the login where nothing else was said.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// Where what they hold everywhere counts.
    #[sqlx(try_from = "String")]
    pub tenant_scope: TenantScope,
    /// Where they belong.
    #[sqlx(skip)]
    pub tenants: Vec<TenantId>,
    /// Names of the roles that they hold everywhere.
    #[sqlx(skip)]
    pub roles: Vec<String>,
}

/// Whom one asks for.
#[derive(Clone, Copy, Debug)]
enum Who<'a> {
    Id(UserId),
    Login(&'a str),
    /// So many from a place on, in the order in which they were made.
    Page {
        offset: i64,
        count: i64,
    },
}

/// Appends what bounds people to where the caller may look; a macro, because the two engines' builders are two types.
macro_rules! push_reach {
    ($builder:expr, $reach:expr) => {
        if let Reach::Tenants(tenants) = $reach {
            $builder.push(" and exists (select 1 from memberships m where m.user_id = users.id and m.tenant_id in (");
            let mut ids = $builder.separated(", ");
            for tenant in tenants {
                ids.push_bind(*tenant);
            }
            $builder.push("))");
        }
    };
}

/// So many people from a place on, in the order in which they were made, and whether nobody comes after them.
pub async fn list(ctx: &Ctx, offset: i64, count: i64) -> Result<(Vec<Account>, bool)> {
    let reach = ctx.require_any(&LISTING)?;
    let conn = &mut *ctx.read().await?;
    let mut found = fetch(conn, &reach, Who::Page { offset, count: count + 1 }).await?;
    let more = i64::try_from(found.len()).is_ok_and(|rows| rows > count);
    found.truncate(usize::try_from(count).unwrap_or_default());
    complete(ctx, conn, &mut found).await?;
    Ok((found, !more))
}

/// The person with this login, if the caller may know of them.
pub async fn by_login(ctx: &Ctx, name: &str) -> Result<Option<Account>> {
    let reach = ctx.require_any(&[Permission::UsersRead])?;
    // No text in the database holds this character, and Postgres doesn't take it to compare.
    if name.contains('\0') {
        return Ok(None);
    }
    one(ctx, &reach, Who::Login(&login(name))).await
}

/// The person with this id: oneself, or whom the caller may read.
pub async fn read(ctx: &Ctx, id: UserId) -> Result<Account> {
    let reach = match ctx.user_id() == Some(id) {
        true => Reach::Everywhere,
        false => ctx.require_any(&[Permission::UsersRead])?,
    };
    one(ctx, &reach, Who::Id(id)).await?.ok_or(Error::NotFound("user"))
}

/// The caller at work where they may do this to a person: everywhere, or in a tenant that the person belongs to and to no
/// other, because an account that several share is not one tenant's to change.
pub async fn working_on(ctx: Ctx, permission: Permission, id: UserId) -> Result<Ctx> {
    let Reach::Tenants(tenants) = ctx.require_any(&[permission])? else {
        return Ok(ctx);
    };
    let places = memberships::store::kept(&mut *ctx.read().await?, id, None).await?;
    let shared = places.iter().map(|place| place.tenant_id).find(|tenant| tenants.contains(tenant));
    let ctx = ctx.working_in(Scope::Tenant(shared.ok_or(Error::NotFound("user"))?));
    guards::only_here(&ctx, &mut *ctx.read().await?, id).await?;
    Ok(ctx)
}

/// The person with this id, for whoever may change them: what was done is shown to whoever did it.
pub async fn of(ctx: &Ctx, id: UserId) -> Result<Account> {
    one(ctx, &Reach::Everywhere, Who::Id(id)).await?.ok_or(Error::NotFound("user"))
}

/// What the person with this id may do, wherever, by name and in order.
pub async fn permissions(ctx: &Ctx, id: UserId) -> Result<Vec<String>> {
    let account = read(ctx, id).await?;
    permissions_of(ctx, account.id).await
}

/// The same of somebody whom the caller has read.
pub async fn permissions_of(ctx: &Ctx, id: UserId) -> Result<Vec<String>> {
    let effective = access::load::effective(&mut *ctx.read().await?, id, ctx.now()).await?;
    let mut names: Vec<String> = effective.anywhere().iter().map(|permission| permission.name().to_owned()).collect();
    names.sort_unstable();
    Ok(names)
}

async fn one(ctx: &Ctx, reach: &Reach, who: Who<'_>) -> Result<Option<Account>> {
    let conn = &mut *ctx.read().await?;
    let mut found = fetch(conn, reach, who).await?;
    complete(ctx, conn, &mut found).await?;
    Ok(found.into_iter().next())
}

async fn fetch(conn: &mut Conn, reach: &Reach, who: Who<'_>) -> Result<Vec<Account>> {
    Ok(on!(conn, |c| {
        let mut builder = QueryBuilder::new(
            "select id, login, email, first_name, last_name, tenant_scope from users where kind = 'human'",
        );
        push_reach!(builder, reach);
        match who {
            Who::Id(id) => builder.push(" and id = ").push_bind(id),
            Who::Login(login) => builder.push(" and login = ").push_bind(login),
            Who::Page { offset, count } => {
                builder.push(" order by created_at, id limit ").push_bind(count).push(" offset ").push_bind(offset)
            }
        };
        builder.build_query_as().fetch_all(c).await?
    }))
}

/// Adds where they belong and what they hold everywhere: two statements, however many they are.
async fn complete(ctx: &Ctx, conn: &mut Conn, accounts: &mut [Account]) -> Result<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let belong: Vec<(UserId, TenantId)> = on!(conn, |c| {
        let mut builder = QueryBuilder::new("select user_id, tenant_id from memberships where user_id in (");
        let mut ids = builder.separated(", ");
        for account in accounts.iter() {
            ids.push_bind(account.id);
        }
        builder.push(") order by created_at, tenant_id").build_query_as().fetch_all(c).await?
    });
    let held: Vec<(UserId, String)> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(
            "select g.user_id, r.name from grants g join roles r on r.id = g.role_id
                where g.tenant_id is null and g.user_id in (",
        );
        let mut ids = builder.separated(", ");
        for account in accounts.iter() {
            ids.push_bind(account.id);
        }
        builder.push(") and (g.valid_from is null or g.valid_from <= ").push_bind(ctx.now());
        builder.push(") and (g.expires_at is null or g.expires_at > ").push_bind(ctx.now());
        builder.push(") order by r.number").build_query_as().fetch_all(c).await?
    });
    for account in accounts {
        account.tenants = belong.iter().filter(|(user, _)| *user == account.id).map(|(_, tenant)| *tenant).collect();
        account.roles = held.iter().filter(|(user, _)| *user == account.id).map(|(_, role)| role.clone()).collect();
    }
    Ok(())
}
