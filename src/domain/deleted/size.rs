//! How many people something deleted would reach again, counted before it is brought back to see what that does.

use serde::Deserialize;
use sqlx::query_scalar;

use crate::{
    db::{Conn, on, statements},
    domain::{
        access::preview::gather::count,
        affected::People,
        error::{Error, Result},
    },
    model::{
        id::{GroupId, RoleId},
        principal::Principal,
    },
};

statements! {
    OF_ROLE = "select count(*) from (
        select d.user_id from deleted_grants d where d.role_id = $1 and d.user_id is not null
        union
        select m.user_id from deleted_grants d cross join group_closure c cross join group_members m
        where d.role_id = $1 and c.ancestor_id = d.group_id and m.group_id = c.group_id and m.user_id is not null
    ) held";
    SNAPSHOT = "select snapshot from deleted where id = $1 and kind = 'group'";
}

/// How many people held a role, directly or through groups.
pub async fn people_of_role(conn: &mut Conn, role: &RoleId) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(OF_ROLE).bind(role).fetch_one(c).await?))
}

/// What of a deleted group says how many are in it.
#[derive(Deserialize)]
struct Members {
    members: Vec<Principal>,
}

/// How many people a group would have, directly or through groups in it; who is in several of those counts for each.
pub async fn people_of_group(conn: &mut Conn, group: GroupId) -> Result<i64> {
    let snapshot: Option<String> = on!(conn, |c| query_scalar(SNAPSHOT).bind(group).fetch_optional(c).await?);
    let Some(snapshot) = snapshot else { return Ok(0) };
    let kept: Members =
        serde_json::from_str(&snapshot).map_err(|e| Error::Internal(format!("a group's snapshot: {e}")))?;
    let mut people = 0;
    for member in kept.members {
        people += match member {
            Principal::User(_) => 1,
            Principal::Group(inner) => count(conn, &People::Group(inner)).await?,
        };
    }
    Ok(people)
}
