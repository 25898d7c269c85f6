//! What reaches a person or a group through the groups that they are in.

use sqlx::query_as;

use super::store::GrantView;
use crate::{
    db::{Conn, on, statements},
    domain::{action::Action, ctx::Ctx, error::Result, groups, keyset, users::store::User},
    model::{id::GroupId, page::Limited},
};

/// What was given to the groups that `$around` selects: those around $1. From tenant $2 only what counts there is seen,
/// and of another tenant's group neither its name nor who gave it what and why. `$suspended` is whether a grant doesn't
/// count for $1.
macro_rules! around {
    ($around:literal, $suspended:literal) => {
        concat!(
            "select g.id, g.role_id, r.name as role_name, r.description as role_description, g.permission,
                t.name as tenant_name, g.tenant_id, g.valid_from, g.expires_at,
                case when cast($2 as uuid) is null or e.tenant_id = $2 then g.reason else '' end as reason,
                case when cast($2 as uuid) is null or e.tenant_id = $2 then u.display_name end as granted_by,
                g.created_at, g.version, e.id as around_id,
                case when cast($2 as uuid) is null or e.tenant_id = $2 then e.name end as around_name, ",
            $suspended,
            " as suspended
            from grants g cross join groups e
                left join roles r on r.id = g.role_id left join tenants t on t.id = g.tenant_id
                left join users u on u.id = g.granted_by
            where g.group_id in (",
            $around,
            ") and e.id = g.group_id and (cast($2 as uuid) is null or g.tenant_id is null or g.tenant_id = $2)
            order by e.name, g.id desc limit $3"
        )
    };
}

statements! {
    AROUND_GROUP = around!("select ancestor_id from group_closure where group_id = $1 and ancestor_id <> $1", "false");
    AROUND_USER = around!(
        "select c.ancestor_id from group_members m join group_closure c on c.group_id = m.group_id where m.user_id = $1",
        "g.tenant_id is not null and not exists (
            select 1 from effective_grants v where v.user_id = $1 and v.grant_id = g.id)"
    );
}

/// A grant to a group, which whoever is in that one holds, too.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Around {
    /// What was given.
    #[sqlx(flatten)]
    pub grant: GrantView,
    /// The group that it was given to.
    pub around_id: GroupId,
    /// Its name; `None` for a group of another tenant than the one the reader works in.
    pub around_name: Option<String>,
}

/// What reaches a user whom the caller sees through groups: the first of it, by the groups' names.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Limited<Around>> {
    ctx.require(Action::ReadUser)?;
    let (here, limit) = (ctx.tenant(), keyset::LIMIT + 1);
    Ok(keyset::limited(on!(conn, |c| query_as(AROUND_USER).bind(user.id).bind(here).bind(limit).fetch_all(c).await?)))
}

/// What reaches a group through the groups that it is in: the first of it, by their names.
pub async fn of_group(ctx: &Ctx, group: GroupId) -> Result<Limited<Around>> {
    ctx.require(Action::ReadGroup)?;
    let mut conn = ctx.read().await?;
    groups::queries::require(ctx, &mut conn, group).await?;
    let (here, limit) = (ctx.tenant(), keyset::LIMIT + 1);
    Ok(keyset::limited(on!(conn, |c| query_as(AROUND_GROUP).bind(group).bind(here).bind(limit).fetch_all(c).await?)))
}
