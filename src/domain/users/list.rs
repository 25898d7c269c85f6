//! The list: searched, filtered, sorted, and paged by keyset, so that the thousandth page costs what the first does.

use sqlx::QueryBuilder;

use super::{
    cursor::{Cursor, Key},
    search::{Matching, Of},
    totals::Totals,
};
use crate::{
    db::{Conn, on},
    domain::{
        action::Action,
        ctx::Ctx,
        error::Result,
        groups::{self, store::Group},
        roles::{self, store::Role},
    },
    model::{
        id::{TenantId, UserId},
        page::Page,
        timestamp::Timestamp,
        user::{UserQuery, UserSort, UserStatus},
    },
};

/// Rows of one page.
const PAGE: usize = 50;

/// A user as the list shows them, with times still as numbers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address, which is the login.
    pub login: String,
    /// Whether they can sign in.
    #[sqlx(try_from = "String")]
    pub status: UserStatus,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Names of the roles given to them directly.
    #[sqlx(skip)]
    pub roles: Vec<String>,
    /// When they were made.
    pub created_at: Timestamp,
    pub(super) name_key: String,
}

impl Cursor {
    /// The place of a row in a list of this order.
    fn of(row: &Listed, sort: UserSort) -> Self {
        let key = match sort {
            UserSort::Name => Key::Text(row.name_key.clone()),
            UserSort::Email => Key::Text(row.login.clone()),
            UserSort::Created => Key::Number(row.created_at.0),
            UserSort::LastSignIn => Key::Number(row.last_sign_in_at.map_or(0, |at| at.0)),
        };
        Self(key, row.id)
    }
}

/// What is read, and the column and the id by which it is sorted.
const fn source(of: &Of, sort: UserSort) -> (&'static str, &'static str, &'static str) {
    match (of, sort) {
        (Of::MembersByName(_), _) => ("memberships m cross join users", "m.name_key", "m.user_id"),
        (_, UserSort::Name) => ("users", "name_key", "id"),
        (_, UserSort::Email) => ("users", "login", "id"),
        (_, UserSort::Created) => ("users", "created_at", "id"),
        (_, UserSort::LastSignIn) => ("users", "coalesce(last_sign_in_at, 0)", "id"),
    }
}

/// Appends what each word of a search asks for.
macro_rules! push_patterns {
    ($builder:expr, $patterns:expr) => {
        for pattern in $patterns {
            $builder.push(" and search_key like ").push_bind(pattern.clone()).push(" escape '\\'");
        }
    };
}

/// Appends the filter to a query; a macro, because the two engines' builders are two types.
macro_rules! push_filter {
    ($builder:expr, ($query:expr, $only:expr), ($matching:expr, $of:expr)) => {
        $builder.push(" and users.kind = 'human'");
        match $of {
            Of::Installation => {}
            Of::SmallTenant(tenant) => {
                $builder.push(" and id in (select user_id from memberships where tenant_id = ").push_bind(*tenant);
                $builder.push(")");
            }
            Of::LargeTenant(tenant) => {
                $builder.push(" and exists (select 1 from memberships m where m.user_id = users.id and m.tenant_id = ");
                $builder.push_bind(*tenant).push(")");
            }
            Of::MembersByName(tenant) => {
                $builder.push(" and users.id = m.user_id and m.tenant_id = ").push_bind(*tenant);
            }
        }
        if let Some(status) = $query.status {
            $builder.push(" and users.status = ").push_bind(status.word());
            if status != UserStatus::Active {
                // Names the partial indexes' condition, which SQLite doesn't derive by itself.
                $builder.push(" and users.status <> 'active'");
            }
        }
        if let Some(role) = &$only.role {
            $builder.push(" and users.id in (select e.user_id from effective_grants e where e.role_id = ");
            $builder.push_bind(role.id.clone()).push(" and e.begins <= ").push_bind($only.now);
            $builder.push(" and e.ends > ").push_bind($only.now);
            if let Some(tenant) = $only.tenant {
                $builder.push(" and (e.tenant_id is null or e.tenant_id = ").push_bind(tenant).push(")");
            }
            $builder.push(")");
        }
        if let Some(group) = &$only.group {
            $builder.push(" and users.id in (select p.user_id from group_members p join group_closure c ");
            $builder.push("on c.group_id = p.group_id where c.ancestor_id = ").push_bind(group.id).push(")");
        }
        match $matching {
            Matching::Everyone => {}
            Matching::Index { phrases, rest, .. } => {
                $builder.push(" and number in (select rowid from users_search where users_search match ");
                $builder.push_bind(phrases.clone()).push(")");
                push_patterns!($builder, rest);
            }
            Matching::Scan(patterns) => {
                push_patterns!($builder, patterns);
            }
        }
    };
}

/// A page of users, and how many there are whatever is searched for.
#[derive(Debug)]
pub struct Users {
    /// The page.
    pub page: Page<Listed>,
    /// How many users there are where the caller works.
    pub all: i64,
    /// The role and the group whose people alone are listed.
    pub only: Only,
}

/// The role that people have now, or the group that they are in, where the list is of them alone.
#[derive(Debug)]
pub struct Only {
    /// The role.
    pub role: Option<Role>,
    /// The group.
    pub group: Option<Group>,
    /// When a role has to count.
    now: Timestamp,
    /// In which tenant; `None` for any.
    tenant: Option<TenantId>,
}

impl Only {
    /// What the query names, for whoever may see it; what can't be seen from here isn't there, and what is no id means nothing.
    async fn of(ctx: &Ctx, conn: &mut Conn, query: &UserQuery) -> Result<Self> {
        let mut only = Self { role: None, group: None, now: ctx.now(), tenant: ctx.tenant() };
        if let Ok(role) = query.role.parse() {
            ctx.require(Action::ReadRole)?;
            only.role = Some(roles::queries::require(ctx, conn, &role).await?);
        }
        if let Ok(group) = query.group.parse() {
            ctx.require(Action::ReadGroup)?;
            only.group = Some(groups::queries::require(ctx, conn, group).await?);
        }
        Ok(only)
    }
}

/// One page of users.
pub async fn list(ctx: &Ctx, query: &UserQuery) -> Result<Users> {
    ctx.require(Action::ListUsers)?;
    let conn = &mut *ctx.read().await?;
    let only = Only::of(ctx, conn, query).await?;
    let totals = Totals::read(conn, ctx.tenant()).await?;
    let (matching, of) = (Matching::of(conn, &query.search), Of::tenant(ctx.tenant(), &totals));
    let total = count(conn, (query, &only), (&matching, &of, &totals)).await?;
    let matching = matching.for_page(&totals, total);
    let of = of.for_page(query, &matching);
    let after = Cursor::decode(query.after.as_ref(), query.sort);
    let before = Cursor::decode(query.before.as_ref(), query.sort).filter(|_| after.is_none());
    let backwards = before.is_some();
    let has_place = backwards || after.is_some();
    let mut rows = fetch(conn, (query, &only), (&matching, &of), (before.or(after), backwards)).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    if backwards {
        rows.reverse();
    }
    add_roles(ctx, conn, &mut rows).await?;
    let cursor = |row: Option<&Listed>| row.map(|row| Cursor::of(row, query.sort).encode());
    let page = Page {
        total,
        before: if backwards && !more || !has_place { None } else { cursor(rows.first()) },
        after: if backwards || more { cursor(rows.last()) } else { None },
        rows,
    };
    Ok(Users { page, all: ctx.tenant().map_or_else(|| totals.all(None), |_| totals.members()), only })
}

/// How many are found: kept where nothing is searched for, counted else.
async fn count(
    conn: &mut Conn,
    (query, only): (&UserQuery, &Only),
    (matching, of, totals): (&Matching, &Of, &Totals),
) -> Result<i64> {
    match (matching, of, query.status) {
        _ if only.role.is_some() || only.group.is_some() => {}
        (Matching::Everyone, Of::Installation, status) => return Ok(totals.all(status)),
        (Matching::Everyone, _, None) => return Ok(totals.members()),
        (Matching::Index { phrases, rest, .. }, Of::Installation, None) if rest.is_empty() => {
            return count_phrases(conn, phrases).await;
        }
        _ => {}
    }
    Ok(on!(conn, |c| {
        let mut builder = QueryBuilder::new("select count(*) from users where 1 = 1");
        push_filter!(builder, (query, only), (matching, of));
        builder.build_query_scalar().fetch_one(c).await?
    }))
}

/// Counted in the index alone, which costs a third of looking at the users. No statement of both engines: Postgres
/// has no such table.
async fn count_phrases(conn: &mut Conn, phrases: &str) -> Result<i64> {
    Ok(on!(conn, |c| {
        let mut builder = QueryBuilder::new("select count(*) from users_search where users_search match ");
        builder.push_bind(phrases).build_query_scalar().fetch_one(c).await?
    }))
}

/// One row more than a page from `place` on, in reading order or backwards.
async fn fetch(
    conn: &mut Conn,
    (query, only): (&UserQuery, &Only),
    (matching, of): (&Matching, &Of),
    (place, backwards): (Option<Cursor>, bool),
) -> Result<Vec<Listed>> {
    let (table, column, id_column) = source(of, query.sort);
    let (direction, comparison) = if query.descending == backwards { ("asc", ">") } else { ("desc", "<") };
    Ok(on!(conn, |c| {
        let mut builder = QueryBuilder::new(
            "select users.id, display_name, login, users.status, users.last_sign_in_at, users.name_key, users.created_at
                from ",
        );
        builder.push(table).push(" where 1 = 1");
        push_filter!(builder, (query, only), (matching, of));
        if let Some(Cursor(key, id)) = place {
            builder.push(" and (").push(column).push(", ").push(id_column).push(") ").push(comparison).push(" (");
            match key {
                Key::Number(number) => builder.push_bind(number),
                Key::Text(text) => builder.push_bind(text),
            };
            builder.push(", ").push_bind(id).push(")");
        }
        builder
            .push(" order by ")
            .push(column)
            .push(" ")
            .push(direction)
            .push(", ")
            .push(id_column)
            .push(" ")
            .push(direction);
        builder.push(" limit ").push_bind(PAGE as i64 + 1);
        builder.build_query_as().fetch_all(c).await?
    }))
}

/// One query for the roles that count now, of the whole page.
async fn add_roles(ctx: &Ctx, conn: &mut Conn, rows: &mut [Listed]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut held: Vec<(UserId, String, i64)> = on!(conn, |c| {
        let mut builder = QueryBuilder::new(
            "select e.user_id, (select r.name from roles r where r.id = e.role_id) as name,
                (select r.number from roles r where r.id = e.role_id) as number
            from effective_grants e where e.role_id is not null and e.group_id is null and e.user_id in (",
        );
        let mut ids = builder.separated(", ");
        for row in rows.iter() {
            ids.push_bind(row.id);
        }
        builder.push(") and e.begins <= ").push_bind(ctx.now()).push(" and e.ends > ").push_bind(ctx.now());
        if let Some(tenant) = ctx.tenant() {
            builder.push(" and (e.tenant_id is null or e.tenant_id = ").push_bind(tenant).push(")");
        }
        builder.push(" order by number, e.user_id");
        builder.build_query_as().fetch_all(c).await?
    });
    // One that counts in several tenants comes several times.
    held.dedup();
    for (user, role, _) in held {
        if let Some(row) = rows.iter_mut().find(|row| row.id == user) {
            row.roles.push(role);
        }
    }
    Ok(())
}
