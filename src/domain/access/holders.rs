//! Who holds a permission: set-based, so that an answer of a million people costs no memory.

use sqlx::{query_as, query_scalar};

use crate::{
    db::{Conn, on, statements},
    domain::{error::Result, keyset::Place, users},
    model::{id::UserId, permission::Permission, scope::Scope, timestamp::Timestamp},
};

/// `$columns` of whatever gives permission $1 (`noun.*` is $2) at $3, as far as it fits `$place`: by roles and by the
/// permission alone, put together by `$union`.
macro_rules! giving {
    ($columns:literal, $place:literal, $union:literal) => {
        concat!(
            "select ",
            $columns,
            " from effective_grants e
                where e.role_id in (select role_id from role_permissions where pattern in ($1, $2, '*.*'))
                    and e.begins <= $3 and e.ends > $3 and ",
            $place,
            $union,
            "select ",
            $columns,
            " from effective_grants e
                where e.permission = $1 and e.begins <= $3 and e.ends > $3 and ",
            $place
        )
    };
}
pub(super) use giving;

/// People who hold permission $1 at $3, everywhere or in tenant $4.
macro_rules! people {
    ($union:literal) => {
        giving!("e.user_id", "(e.tenant_id is null or e.tenant_id = $4)", $union)
    };
}

statements! {
    /// Those who belong to tenant $5, or all. Who is disabled holds nothing; few are, so they are taken off.
    COUNT = concat!(
        "select count(*) from (",
        people!(" union "),
        ") held
        where held.user_id not in (select id from users where disabled_at is not null)
            and (cast($5 as uuid) is null or exists (
                select 1 from memberships m where m.user_id = held.user_id and m.tenant_id = $5))"
    );
    /// From place ($6, $7) on; few of all: they are gathered and sorted.
    FEW = concat!(
        "select u.id, u.display_name, u.login, u.name_key from users u
        where u.disabled_at is null and (u.name_key, u.id) > ($6, $7) and u.id in (",
        people!(" union all "),
        ")
            and (cast($5 as uuid) is null or exists (
                select 1 from memberships m where m.user_id = u.id and m.tenant_id = $5))
        order by u.name_key, u.id limit $8"
    );
    /// The same where many of all hold it: the order of names is walked, and most of what is met belongs. `coalesce`
    /// keeps SQLite from gathering them by their ids all the same.
    MANY = concat!(
        "select u.id, u.display_name, u.login, u.name_key from users u
        where u.disabled_at is null and (u.name_key, u.id) > ($6, $7) and coalesce(u.id, u.id) in (",
        people!(" union all "),
        ")
            and (cast($5 as uuid) is null or exists (
                select 1 from memberships m where m.user_id = u.id and m.tenant_id = $5))
        order by u.name_key, u.id limit $8"
    );
    ANY = concat!(
        "select held.user_id from (",
        people!(" union all "),
        ") held
        where held.user_id not in (select id from users where disabled_at is not null)
            and (cast($5 as uuid) is null or exists (
                select 1 from memberships m where m.user_id = held.user_id and m.tenant_id = $5))
        limit 1"
    );
}

/// A permission that more than one in this many people holds is held by many.
const MANY_SHARE: i64 = 50;

/// Somebody who holds a permission.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Holder {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address, which is the login.
    pub login: String,
    /// The name that lists are ordered by.
    pub name_key: String,
}

/// What is asked: who holds it, where, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The permission.
    pub permission: Permission,
    /// Where they hold it.
    pub at: Scope,
    /// When.
    pub now: Timestamp,
}

/// People who hold a permission.
#[derive(Clone, Debug)]
pub struct Holders {
    /// One page of those who can be named.
    pub rows: Vec<Holder>,
    /// How many can be named.
    pub total: i64,
    /// How many others there are: who work in a tenant are told of them only that they are there.
    pub outside: i64,
}

/// At most `limit` people who effectively hold it, by name from `place` on. From a tenant only its members are seen.
/// Disabled people hold nothing.
pub async fn holders(
    conn: &mut Conn,
    asked: Asked,
    seen_from: Scope,
    (place, limit): (&Place<UserId>, i64),
) -> Result<Holders> {
    let all = count(conn, asked, Scope::Everywhere).await?;
    let total = match seen_from {
        Scope::Everywhere => all,
        Scope::Tenant(_) => count(conn, asked, seen_from).await?,
    };
    let many = total * MANY_SHARE > users::totals::Totals::read(conn, None).await?.all(None);
    let rows = on!(conn, |c| query_as(if many { MANY } else { FEW })
        .bind(asked.permission.name())
        .bind(asked.permission.family())
        .bind(asked.now)
        .bind(asked.at.tenant())
        .bind(seen_from.tenant())
        .bind(&place.name)
        .bind(place.id)
        .bind(limit)
        .fetch_all(c)
        .await?);
    Ok(Holders { rows, total, outside: all - total })
}

async fn count(conn: &mut Conn, asked: Asked, seen_from: Scope) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(COUNT)
        .bind(asked.permission.name())
        .bind(asked.permission.family())
        .bind(asked.now)
        .bind(asked.at.tenant())
        .bind(seen_from.tenant())
        .fetch_one(c)
        .await?))
}

/// Whether anybody of this place holds it.
pub async fn any_holder(conn: &mut Conn, asked: Asked, of: Scope) -> Result<bool> {
    let first: Option<UserId> = on!(conn, |c| query_scalar(ANY)
        .bind(asked.permission.name())
        .bind(asked.permission.family())
        .bind(asked.now)
        .bind(asked.at.tenant())
        .bind(of.tenant())
        .fetch_optional(c)
        .await?);
    Ok(first.is_some())
}
