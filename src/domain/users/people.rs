//! People as programs of a tenant see them: with what they are in it, and the groups that they are in there (contract 000).

use sqlx::{QueryBuilder, query_as, query_scalar};

use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        mask,
    },
    model::{
        id::{ADMIN_ROLE, GroupId, OWNER_ROLE, TenantId, UserId},
        page::Numbered,
        permission::Permission,
        timestamp::Timestamp,
        user::SecondFactor,
        words::words,
    },
};

words! {
    /// What somebody is in a tenant, as far as programs ask.
    AccountRole {
        /// An administrator of the tenant's provider, or of everything.
        Spadmin = "spadmin",
        /// An administrator of the tenant.
        Admin = "admin",
        /// An application owner in the tenant.
        Appowner = "appowner",
    }
}

/// What is read of a person; $1 is the tenant.
macro_rules! columns {
    () => {
        "select u.id, u.login, u.first_name, u.last_name, u.phone, u.email_hints, u.email_verified_at, u.second_factor,
            coalesce(m.is_owner, false) as is_owner, u.password_temporary, u.created_at, u.updated_at,
            u.last_sign_in_at"
    };
}

statements! {
    PAGE = concat!(columns!(), " from memberships m cross join users u
        where m.tenant_id = $1 and u.id = m.user_id and m.kind = 'human'
        order by m.created_at, m.user_id limit $2 offset $3");
    COUNT = "select coalesce((select members from tenants where id = $1), 0)";
    /// Somebody, whether they belong to the tenant or not.
    ONE = concat!(columns!(), ", m.user_id is not null as belongs from users u
        left join memberships m on m.user_id = u.id and m.tenant_id = $1
        where u.id = $2 and u.kind = 'human'");
    PARENT = "select parent_id from tenants where id = $1";
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// UUIDv7.
    pub id: UserId,
    /// What they sign in with.
    pub login: String,
    /// First name.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// Phone number, masked for whoever may not see it.
    pub phone: Option<String>,
    /// What a program keeps beside the address, a JSON object.
    pub email_hints: String,
    /// When they confirmed their address.
    pub email_verified_at: Option<Timestamp>,
    /// What they prove themselves by beside their password.
    #[sqlx(try_from = "String")]
    pub second_factor: SecondFactor,
    /// Whether they own the tenant.
    pub is_owner: bool,
    /// Whether they must change their password.
    pub password_temporary: bool,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last edited.
    pub updated_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// What they are in the tenant.
    #[sqlx(skip)]
    pub role: Option<AccountRole>,
    /// The groups of the tenant that they are in themselves.
    #[sqlx(skip)]
    pub groups: Vec<GroupId>,
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    person: Person,
    belongs: bool,
}

/// A page of the people of a tenant, in the order in which they came to it, and how many there are.
pub async fn list(ctx: &Ctx, tenant: TenantId, page: Numbered) -> Result<(Vec<Person>, i64)> {
    ctx.require(Action::ListUsers)?;
    let conn = &mut *ctx.read().await?;
    let total = on!(conn, |c| query_scalar(COUNT).bind(tenant).fetch_one(c).await?);
    let (size, offset) = (page.size, page.offset());
    let mut people: Vec<Person> =
        on!(conn, |c| query_as(PAGE).bind(tenant).bind(size).bind(offset).fetch_all(c).await?);
    complete(ctx, conn, tenant, &mut people).await?;
    Ok((people, total))
}

/// Somebody who belongs to the tenant.
pub async fn read(ctx: &Ctx, tenant: TenantId, id: UserId) -> Result<Person> {
    ctx.require(Action::ReadUser)?;
    match find(ctx, tenant, id).await? {
        Some((person, true)) => Ok(person),
        _ => Err(Error::NotFound("user")),
    }
}

/// Somebody as they see themselves, and whom somebody was shown who just changed them; whether they belong to the tenant or
/// not.
pub async fn of(ctx: &Ctx, tenant: TenantId, id: UserId) -> Result<Person> {
    find(ctx, tenant, id).await?.map(|(person, _)| person).ok_or(Error::NotFound("user"))
}

async fn find(ctx: &Ctx, tenant: TenantId, id: UserId) -> Result<Option<(Person, bool)>> {
    let conn = &mut *ctx.read().await?;
    let found: Option<Found> = on!(conn, |c| query_as(ONE).bind(tenant).bind(id).fetch_optional(c).await?);
    let Some(Found { person, belongs }) = found else {
        return Ok(None);
    };
    let mut one = [person];
    complete(ctx, conn, tenant, &mut one).await?;
    let [person] = one;
    Ok(Some((person, belongs)))
}

/// Whom a tenant belongs to.
pub async fn parent(conn: &mut Conn, tenant: TenantId) -> Result<Option<TenantId>> {
    Ok(on!(conn, |c| query_scalar::<_, Option<TenantId>>(PARENT).bind(tenant).fetch_optional(c).await?).flatten())
}

/// Adds what they are and the groups that they are in, and masks what the caller may not see: three statements, however many
/// they are.
async fn complete(ctx: &Ctx, conn: &mut Conn, tenant: TenantId, people: &mut [Person]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let parent = parent(conn, tenant).await?;
    let held: Vec<(UserId, String, Option<TenantId>)> = on!(conn, |c| {
        let mut builder =
            QueryBuilder::new("select distinct user_id, role_id, tenant_id from effective_grants where role_id in (");
        builder.push_bind(ADMIN_ROLE).push(", ").push_bind(OWNER_ROLE);
        builder.push(") and begins <= ").push_bind(ctx.now()).push(" and ends > ").push_bind(ctx.now());
        builder.push(" and (tenant_id is null or tenant_id = ").push_bind(tenant);
        builder.push(" or tenant_id = ").push_bind(parent).push(") and user_id in (");
        let mut ids = builder.separated(", ");
        for person in people.iter() {
            ids.push_bind(person.id);
        }
        builder.push(")").build_query_as().fetch_all(c).await?
    });
    let inside: Vec<(UserId, GroupId)> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(
            "select m.user_id, m.group_id from group_members m join groups g on g.id = m.group_id where g.tenant_id = ",
        );
        builder.push_bind(tenant).push(" and m.user_id in (");
        let mut ids = builder.separated(", ");
        for person in people.iter() {
            ids.push_bind(person.id);
        }
        builder.push(") order by m.group_id").build_query_as().fetch_all(c).await?
    });
    let unmasked = ctx.may(Permission::DataUnmask);
    for person in people {
        let holds = |role: &str, place: &dyn Fn(Option<TenantId>) -> bool| {
            held.iter().any(|(user, held, at)| *user == person.id && held == role && place(*at))
        };
        person.role = if holds(ADMIN_ROLE, &|at| at == Some(tenant)) {
            Some(AccountRole::Admin)
        } else if holds(ADMIN_ROLE, &|_| true) {
            Some(AccountRole::Spadmin)
        } else {
            holds(OWNER_ROLE, &|_| true).then_some(AccountRole::Appowner)
        };
        person.groups = inside.iter().filter(|(user, _)| *user == person.id).map(|(_, group)| *group).collect();
        if !unmasked && ctx.user_id() != Some(person.id) {
            person.phone = person.phone.as_deref().map(mask::phone);
        }
    }
    Ok(())
}
