//! The SQL of the versions of roles.

use sqlx::query_as;

use super::input::RoleContent;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{audit, ctx::Ctx, error::Result, keyset::PAGE},
    model::{
        id::{RoleId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    INSERT_VERSION = "insert into role_versions (role_id, version, name, description, patterns, author_id, author_name,
            reason, at)
        select id, version, name, description, $2, $3, $4, $5, $6 from roles where id = $1";
    VERSIONS = "select version, name, description, patterns, author_id, author_name, reason, at
        from role_versions where role_id = $1 and version < $2 order by version desc limit $3";
    VERSION = "select version, name, description, patterns, author_id, author_name, reason, at
        from role_versions where role_id = $1 and version = $2";
}

/// A role as it once was, and who made it so.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Counted from 1.
    pub version: i64,
    /// Its name then.
    pub name: String,
    /// What it was for.
    pub description: String,
    pub(super) patterns: String,
    /// Who saved it, if a user.
    pub author_id: Option<UserId>,
    /// Their name at the time.
    pub author_name: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Version {
    /// What it allowed.
    #[must_use]
    pub fn patterns(&self) -> Vec<String> {
        super::input::tidied(self.patterns.split_whitespace().map(str::to_owned).collect())
    }
}

impl From<&Version> for RoleContent {
    fn from(version: &Version) -> Self {
        let (name, description) = (version.name.clone(), version.description.clone());
        Self { name, description, patterns: version.patterns(), reason: version.reason.clone() }
    }
}

/// Keeps the role as it is now as a version.
pub async fn keep_version(ctx: &Ctx, tx: &mut Tx, id: &RoleId, content: &RoleContent) -> Result<()> {
    let (_, author_id, author_name) = audit::record::actor(ctx, None);
    on!(tx, |c| sqlx::query(INSERT_VERSION)
        .bind(id)
        .bind(content.patterns.join(" "))
        .bind(author_id)
        .bind(author_name)
        .bind(&content.reason)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Versions before `before`, newest first.
pub async fn versions(conn: &mut Conn, id: &RoleId, before: i64) -> Result<Vec<Version>> {
    Ok(on!(conn, |c| query_as(VERSIONS).bind(id).bind(before).bind(PAGE + 1).fetch_all(c).await?))
}

/// One version.
pub async fn version(conn: &mut Conn, id: &RoleId, version: i64) -> Result<Option<Version>> {
    Ok(on!(conn, |c| query_as(VERSION).bind(id).bind(version).fetch_optional(c).await?))
}
