//! How many users there are: kept, not counted.

use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::{id::TenantId, user::UserStatus},
};

statements! {
    TOTALS = "select status, total, coalesce((select members from tenants where id = $1), 0) from user_totals";
}

/// How many users the installation has, by status, and how many one of its tenants has.
#[derive(Clone, Debug)]
pub struct Totals {
    by_status: Vec<(String, i64)>,
    members: i64,
}

impl Totals {
    /// Of the installation and of `tenant`.
    pub async fn read(conn: &mut Conn, tenant: Option<TenantId>) -> Result<Self> {
        let rows: Vec<(String, i64, i64)> = on!(conn, |c| sqlx::query_as(TOTALS).bind(tenant).fetch_all(c).await?);
        let members = rows.first().map_or(0, |(_, _, members)| *members);
        Ok(Self { by_status: rows.into_iter().map(|(status, total, _)| (status, total)).collect(), members })
    }

    /// Of the installation, in all or of one status.
    #[must_use]
    pub fn all(&self, status: Option<UserStatus>) -> i64 {
        let wanted = |name: &str| status.is_none_or(|status| status.word() == name);
        self.by_status.iter().filter(|(name, _)| wanted(name)).map(|(_, total)| total).sum()
    }

    /// Of the tenant.
    #[must_use]
    pub const fn members(&self) -> i64 {
        self.members
    }
}
