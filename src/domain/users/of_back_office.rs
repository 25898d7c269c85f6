//! People as programs of a back office see them: by their numbers, with the roles that they hold there (contract 001).

use sqlx::{QueryBuilder, query_scalar};

use super::store;
use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        mask,
        names::{address::login, fold::folded},
        users::allowlist::Allowlist,
    },
    model::{
        id::{TenantId, UserId},
        permission::Permission,
        tenant::MembershipStatus,
        timestamp::Timestamp,
        user::SecondFactor,
        words::words,
    },
};

statements! {
    COUNT = "select coalesce((select members from tenants where id = $1), 0)";
    COUNT_ACTIVE = "select count(*) from memberships where tenant_id = $1 and status = 'active' and kind = 'human'";
    NUMBERED = "select user_id from memberships where tenant_id = $1 and number = $2 and kind = 'human'";
}

words! {
    /// By what a list is sorted.
    Sort {
        /// By number.
        Id = "id",
        /// By name.
        Name = "name",
        /// By login.
        Email = "email",
        /// By when they came.
        CreateTime = "createTime",
    }
}

/// Whom a list shows, and in which order.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only those of this name, however it is written.
    pub name: Option<String>,
    /// Only who signs in with this.
    pub email: Option<String>,
    /// Only those who count.
    pub active: bool,
    /// By what.
    pub sort: Sort,
    /// Whether the last come first.
    pub backwards: bool,
    /// How many.
    pub limit: i64,
    /// From which place on.
    pub offset: i64,
}

/// A member.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    /// UUIDv7.
    pub id: UserId,
    /// Rising integer.
    pub number: i64,
    /// What people call them.
    pub display_name: String,
    /// What they sign in with.
    pub login: String,
    /// Phone number, masked for whoever may not see it.
    pub phone: Option<String>,
    /// Whether they count.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    /// What they prove themselves by beside their password.
    #[sqlx(try_from = "String")]
    pub second_factor: SecondFactor,
    /// Whether they must have a second factor.
    pub second_factor_required: bool,
    ip_allowlist: String,
    tags: String,
    /// The number of who made them.
    pub creator: Option<i64>,
    /// When they came.
    pub created_at: Timestamp,
    /// When such a program last changed them.
    pub updated_at: Option<Timestamp>,
    /// The numbers of the roles that they hold directly, there or everywhere.
    #[sqlx(skip)]
    pub roles: Vec<i64>,
    /// Whether they were given to see what is masked, directly there.
    #[sqlx(skip)]
    pub unmasked: bool,
}

impl Member {
    /// From where they are let in.
    #[must_use]
    pub fn allowlist(&self) -> Allowlist {
        Allowlist::stored(&self.ip_allowlist)
    }

    /// Their tags.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        serde_json::from_str(&self.tags).unwrap_or_default()
    }
}

/// What is read of each member.
const COLUMNS: &str = "select u.id, m.number, u.display_name, u.login, u.phone, m.status, u.second_factor,
        u.second_factor_required, u.ip_allowlist, m.tags, (select c.number from users c where c.id = u.created_by) as creator,
        m.created_at, m.updated_at
    from memberships m cross join users u where u.id = m.user_id and m.kind = 'human' and m.tenant_id = ";

/// Appends whom a list shows; a macro, because the two engines' builders are two types.
macro_rules! push_wanted {
    ($builder:expr, $wanted:expr, $who:expr) => {
        if let Some(user) = $who {
            $builder.push(" and m.user_id = ").push_bind(user);
        }
        if let Some(name) = &$wanted.name {
            $builder.push(" and m.name_key = ").push_bind(folded(name));
        }
        if $wanted.active {
            $builder.push(" and m.status = 'active'");
        }
    };
}

const fn order(sort: Sort, backwards: bool) -> &'static str {
    match (sort, backwards) {
        (Sort::Id, false) => " order by m.number",
        (Sort::Id, true) => " order by m.number desc",
        (Sort::Name, false) => " order by m.name_key, m.number",
        (Sort::Name, true) => " order by m.name_key desc, m.number desc",
        (Sort::Email, false) => " order by u.login",
        (Sort::Email, true) => " order by u.login desc",
        (Sort::CreateTime, false) => " order by m.created_at, m.number",
        (Sort::CreateTime, true) => " order by m.created_at desc, m.number desc",
    }
}

/// The members that are wanted, and how many there are without limit and place.
pub async fn list(ctx: &Ctx, tenant: TenantId, wanted: &Wanted) -> Result<(Vec<Member>, i64)> {
    ctx.require(Action::ReadUser)?;
    let conn = &mut *ctx.read().await?;
    let who = match &wanted.email {
        Some(email) => match store::find_by_login(Some(tenant), conn, &login(email)).await? {
            Some(user) => Some(user.id),
            None => return Ok((Vec::new(), 0)),
        },
        None => None,
    };
    let total = count(conn, tenant, (wanted, who)).await?;
    let mut members: Vec<Member> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(COLUMNS);
        builder.push_bind(tenant);
        push_wanted!(builder, wanted, who);
        builder.push(order(wanted.sort, wanted.backwards)).push(" limit ").push_bind(wanted.limit);
        builder.push(" offset ").push_bind(wanted.offset).build_query_as().fetch_all(c).await?
    });
    complete(ctx, conn, tenant, &mut members).await?;
    Ok((members, total))
}

async fn count(conn: &mut Conn, tenant: TenantId, (wanted, who): (&Wanted, Option<UserId>)) -> Result<i64> {
    if wanted.name.is_none() && who.is_none() {
        let sql = if wanted.active { COUNT_ACTIVE } else { COUNT };
        return Ok(on!(conn, |c| query_scalar(sql).bind(tenant).fetch_one(c).await?));
    }
    Ok(on!(conn, |c| {
        let mut builder =
            QueryBuilder::new("select count(*) from memberships m where m.kind = 'human' and m.tenant_id = ");
        builder.push_bind(tenant);
        push_wanted!(builder, wanted, who);
        builder.build_query_scalar().fetch_one(c).await?
    }))
}

/// The member of this number, for whoever may read them.
pub async fn read(ctx: &Ctx, tenant: TenantId, number: i64) -> Result<Member> {
    ctx.require(Action::ReadUser)?;
    let id = numbered(ctx, tenant, number).await?;
    of(ctx, tenant, id).await
}

/// Who has this number, as a member.
pub async fn numbered(ctx: &Ctx, tenant: TenantId, number: i64) -> Result<UserId> {
    let conn = &mut *ctx.read().await?;
    let found: Option<UserId> =
        on!(conn, |c| query_scalar(NUMBERED).bind(tenant).bind(number).fetch_optional(c).await?);
    found.ok_or(Error::NotFound("user"))
}

/// A member as somebody is shown who just changed them.
pub async fn of(ctx: &Ctx, tenant: TenantId, user: UserId) -> Result<Member> {
    let conn = &mut *ctx.read().await?;
    let mut found: Vec<Member> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(COLUMNS);
        builder.push_bind(tenant).push(" and m.user_id = ").push_bind(user).build_query_as().fetch_all(c).await?
    });
    complete(ctx, conn, tenant, &mut found).await?;
    found.pop().ok_or(Error::NotFound("user"))
}

/// What somebody holds directly: the number of a role, or the name of a permission.
#[derive(sqlx::FromRow)]
struct Held {
    user_id: UserId,
    role: Option<i64>,
    permission: Option<String>,
    tenant_id: Option<TenantId>,
}

/// Adds what they hold, and masks what the caller may not see: one statement, however many they are.
async fn complete(ctx: &Ctx, conn: &mut Conn, tenant: TenantId, members: &mut [Member]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let held: Vec<Held> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(
            "select g.user_id, r.number as role, g.permission, g.tenant_id from grants g left join roles r on r.id = g.role_id
                where (g.valid_from is null or g.valid_from <= ",
        );
        builder.push_bind(ctx.now()).push(") and (g.expires_at is null or g.expires_at > ").push_bind(ctx.now());
        builder.push(") and (g.tenant_id is null or g.tenant_id = ").push_bind(tenant).push(") and g.user_id in (");
        let mut ids = builder.separated(", ");
        for member in members.iter() {
            ids.push_bind(member.id);
        }
        builder.push(")").build_query_as().fetch_all(c).await?
    });
    let may_see = ctx.may(Permission::DataUnmask);
    for member in members {
        let own: Vec<&Held> = held.iter().filter(|held| held.user_id == member.id).collect();
        member.roles = own.iter().filter_map(|held| held.role).collect();
        member.roles.sort_unstable();
        member.roles.dedup();
        let unmask = Some(Permission::DataUnmask.name());
        member.unmasked = own.iter().any(|held| held.permission.as_deref() == unmask && held.tenant_id.is_some());
        if !may_see && ctx.user_id() != Some(member.id) {
            member.phone = member.phone.as_deref().map(mask::phone);
            "[]".clone_into(&mut member.ip_allowlist);
        }
    }
    Ok(())
}
