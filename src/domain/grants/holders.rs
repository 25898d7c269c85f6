//! To whom a role was given.

use sqlx::query_as;
use uuid::Uuid;

use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        ctx::Ctx,
        error::Result,
        keyset::{self, PAGE, Place},
        roles,
    },
    model::{
        id::{GrantId, GroupId, RoleId, UserId},
        page::Page,
        timestamp::Timestamp,
    },
};

/// Grants of role $1 that have not ended at $2. Seen from tenant $3: what counts there; from everywhere, all.
macro_rules! given {
    () => {
        "g.role_id = $1 and (g.expires_at is null or g.expires_at > $2)
            and (cast($3 as uuid) is null or g.tenant_id is null or g.tenant_id = $3)"
    };
}

/// Of the people, a tenant sees its members.
macro_rules! seen {
    () => {
        "(cast($3 as uuid) is null or exists (
            select 1 from memberships m where m.user_id = g.user_id and m.tenant_id = $3))"
    };
}

statements! {
    /// How many people, how many of them are seen, and how many groups.
    COUNT = concat!(
        "select (select count(*) from (select distinct g.user_id from grants g where g.user_id is not null and ",
        given!(),
        ") everybody), (select count(*) from (select distinct g.user_id from grants g where g.user_id is not null and ",
        given!(),
        " and ",
        seen!(),
        ") people), (select count(*) from (select distinct g.group_id from grants g where g.group_id is not null and ",
        given!(),
        ") teams)"
    );
    /// People from place ($4, $5) on, in the order of their accounts: that of the index.
    PEOPLE = concat!(
        "select g.id, g.user_id, g.group_id, u.display_name as name, u.disabled_at is not null as disabled,
            t.name as tenant_name, g.valid_from, g.expires_at
        from grants g join users u on u.id = g.user_id left join tenants t on t.id = g.tenant_id
        where (g.user_id, g.id) > ($4, $5) and ",
        given!(),
        " and ",
        seen!(),
        " order by g.user_id, g.id limit $6"
    );
    /// Groups from place ($4, $5) on. A tenant reads the names of its own.
    TEAMS = concat!(
        "select g.id, g.user_id, g.group_id,
            case when cast($3 as uuid) is null or o.tenant_id = $3 then o.name end as name, false as disabled,
            t.name as tenant_name, g.valid_from, g.expires_at
        from grants g join groups o on o.id = g.group_id left join tenants t on t.id = g.tenant_id
        where g.user_id is null and (g.group_id, g.id) > ($4, $5) and ",
        given!(),
        " order by g.group_id, g.id limit $6"
    );
}

/// A grant of a role, from the role's side.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Given {
    /// The grant.
    pub id: GrantId,
    /// The user it was given to, unless to a group.
    pub user_id: Option<UserId>,
    /// The group it was given to, unless to a user.
    pub group_id: Option<GroupId>,
    /// The holder's name; `None` for a group of another tenant.
    pub name: Option<String>,
    /// Whether the user is disabled, so that it gives them nothing.
    pub disabled: bool,
    /// The name of the tenant where it counts; `None` for everywhere.
    pub tenant_name: Option<String>,
    /// When it begins.
    pub valid_from: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl Given {
    /// Whoever holds it, among all that can.
    #[must_use]
    pub fn holder(&self) -> Uuid {
        self.user_id.map(|user| user.0).or(self.group_id.map(|group| group.0)).unwrap_or_default()
    }
}

/// To whom a role was given directly, unless it has ended for them. The totals count each once, however often it was
/// given to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleHolders {
    /// People who can be named.
    pub people: Page<Given>,
    /// How many other people: who work in a tenant are told of them only that they are there.
    pub outside: i64,
    /// Groups, and so whoever is in them.
    pub groups: Page<Given>,
}

/// To whom a role was given, as seen from where the caller works. `people` and `groups` are where the pages begin.
pub async fn holders(ctx: &Ctx, role: &RoleId, people: &str, groups: &str) -> Result<RoleHolders> {
    // Whoever may delete it is told first who holds it.
    ctx.require(Action::DeleteRole).or_else(|_| ctx.require(Action::ReadRole))?;
    let mut conn = ctx.read().await?;
    roles::queries::require(ctx, &mut conn, role).await?;
    let (everybody, seen, all_groups) = count(ctx, &mut conn, role).await?;
    Ok(RoleHolders {
        people: page(ctx, &mut conn, (PEOPLE, role, people), seen).await?,
        outside: everybody - seen,
        groups: page(ctx, &mut conn, (TEAMS, role, groups), all_groups).await?,
    })
}

async fn count(ctx: &Ctx, conn: &mut Conn, role: &RoleId) -> Result<(i64, i64, i64)> {
    Ok(on!(conn, |c| query_as(COUNT).bind(role).bind(ctx.now()).bind(ctx.tenant()).fetch_one(c).await?))
}

async fn page(
    ctx: &Ctx,
    conn: &mut Conn,
    (sql, role, after): (&'static str, &RoleId, &str),
    total: i64,
) -> Result<Page<Given>> {
    let place = Place::decode(after, GrantId(Uuid::nil()));
    let holder: Uuid = place.name.parse().unwrap_or_default();
    let rows = on!(conn, |c| query_as(sql)
        .bind(role)
        .bind(ctx.now())
        .bind(ctx.tenant())
        .bind(holder)
        .bind(place.id)
        .bind(PAGE + 1)
        .fetch_all(c)
        .await?);
    Ok(keyset::page(rows, total, |given: &Given| Place { name: given.holder().to_string(), id: given.id }))
}
