//! The people whom a change can touch: gathered within it, and counted by reading before it begins.

use sqlx::query_scalar;

use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        access::load::effective_of_group,
        affected::{Affected, People},
        ctx::Ctx,
        error::Result,
    },
    model::{id::UserId, permission::PermissionSet},
};

/// Whoever holds role $1, directly or through groups, at whatever time.
macro_rules! of_role {
    () => {
        "select g.user_id from grants g where g.role_id = $1 and g.user_id is not null
            union
            select m.user_id from grants g cross join group_closure c cross join group_members m
            where g.role_id = $1 and c.ancestor_id = g.group_id and m.group_id = c.group_id and m.user_id is not null"
    };
}

/// Whoever is in group $1, directly or through groups in it.
macro_rules! of_group {
    () => {
        "select distinct m.user_id from group_closure c cross join group_members m
            where c.ancestor_id = $1 and m.group_id = c.group_id and m.user_id is not null"
    };
}

statements! {
    GATHER_USER = "insert into what_if_people (user_id) select id from users where id = $1 on conflict do nothing";
    GATHER_ROLE = concat!("insert into what_if_people (user_id) ", of_role!(), " on conflict do nothing");
    GATHER_GROUP = concat!("insert into what_if_people (user_id) ", of_group!(), " on conflict do nothing");
    GATHERED = "select user_id from what_if_people order by user_id";
    COUNT_ROLE = concat!("select count(*) from (", of_role!(), ") held");
    COUNT_GROUP = concat!("select count(*) from (", of_group!(), ") inside");
    SEES_ROLE = "select exists (select 1 from roles
        where id = $1 and (cast($2 as uuid) is null or tenant_id is null or tenant_id = $2))";
    SEES_GROUP = "select exists (select 1 from groups
        where id = $1 and (cast($2 as uuid) is null or tenant_id = $2))";
    PATTERNS = "select coalesce(string_agg(pattern, ' '), '') from role_permissions where role_id = $1";
}

/// A change of more people, and so of more rows, isn't run to see what it does: nobody could sign in meanwhile.
pub const BOUND: i64 = 2_000;

/// What is known of a change that is too large to be run for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// How many people it can touch.
    pub people: i64,
    /// What they may gain or lose.
    pub permissions: PermissionSet,
}

/// Whether a change that touches these people is too large to be run; then what is known of it. What the caller doesn't
/// see from where they work is for the change itself to refuse.
pub async fn concerned(ctx: &Ctx, affected: &Affected) -> Result<Option<Concerned>> {
    let mut conn = ctx.read().await?;
    let people = match affected.after {
        Some(count) => count,
        None if sees(ctx, &mut conn, &affected.people).await? => count(&mut conn, &affected.people).await?,
        None => 0,
    };
    if people <= BOUND {
        return Ok(None);
    }
    let permissions = match affected.permissions.is_empty() {
        true => given_to(ctx, &mut conn, &affected.people).await?,
        false => affected.permissions,
    };
    Ok(Some(Concerned { people, permissions }))
}

/// Whether the caller may know of them.
async fn sees(ctx: &Ctx, conn: &mut Conn, people: &People) -> Result<bool> {
    Ok(match people {
        People::Users(_) => true,
        People::Role(role) => {
            on!(conn, |c| query_scalar(SEES_ROLE).bind(role).bind(ctx.tenant()).fetch_one(c).await?)
        }
        People::Group(group) => {
            on!(conn, |c| query_scalar(SEES_GROUP).bind(group).bind(ctx.tenant()).fetch_one(c).await?)
        }
    })
}

/// How many people these are.
pub async fn count(conn: &mut Conn, people: &People) -> Result<i64> {
    Ok(match people {
        People::Users(users) => users.len() as i64,
        People::Role(role) => on!(conn, |c| query_scalar(COUNT_ROLE).bind(role).fetch_one(c).await?),
        People::Group(group) => on!(conn, |c| query_scalar(COUNT_GROUP).bind(group).fetch_one(c).await?),
    })
}

async fn given_to(ctx: &Ctx, conn: &mut Conn, people: &People) -> Result<PermissionSet> {
    Ok(match people {
        People::Users(_) => PermissionSet::default(),
        People::Role(role) => {
            let patterns: String = on!(conn, |c| query_scalar(PATTERNS).bind(role).fetch_one(c).await?);
            PermissionSet::from_patterns(patterns.split(' '))
        }
        People::Group(group) => effective_of_group(conn, *group, ctx.now()).await?.anywhere(),
    })
}

/// Adds whom a change touches to those who are compared.
pub async fn gather(tx: &mut Tx, people: &People) -> Result<()> {
    match people {
        People::Users(users) => {
            for user in users {
                on!(tx, |c| sqlx::query(GATHER_USER).bind(user).execute(c).await?.rows_affected());
            }
        }
        People::Role(role) => {
            on!(tx, |c| sqlx::query(GATHER_ROLE).bind(role).execute(c).await?.rows_affected());
        }
        People::Group(group) => {
            on!(tx, |c| sqlx::query(GATHER_GROUP).bind(group).execute(c).await?.rows_affected());
        }
    }
    Ok(())
}

/// Everybody who was gathered.
pub async fn gathered(tx: &mut Tx) -> Result<Vec<UserId>> {
    Ok(on!(tx, |c| query_scalar(GATHERED).fetch_all(c).await?))
}
