//! How many users there are: kept, not counted.

use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::{id::TenantId, user::UserStatus},
};

statements! {
    TOTAL = "select cast(sum(total) as bigint) from user_totals";
    TOTAL_IN = "select coalesce((select members from tenants where id = $1), 0)";
    TOTAL_OF_STATUS = "select total from user_totals where status = $1";
}

/// How many users there are, in all or of one status: kept, not counted.
pub async fn total(conn: &mut Conn, status: Option<UserStatus>) -> Result<i64> {
    Ok(match status {
        None => on!(conn, |c| sqlx::query_scalar(TOTAL).fetch_one(c).await?),
        Some(status) => on!(conn, |c| sqlx::query_scalar(TOTAL_OF_STATUS).bind(status.word()).fetch_one(c).await?),
    })
}

/// How many users there are in the installation.
pub async fn total_of_all(conn: &mut Conn) -> Result<i64> {
    total(conn, None).await
}

/// How many users a tenant has.
pub async fn total_in(conn: &mut Conn, tenant: TenantId) -> Result<i64> {
    Ok(on!(conn, |c| sqlx::query_scalar(TOTAL_IN).bind(tenant).fetch_one(c).await?))
}
