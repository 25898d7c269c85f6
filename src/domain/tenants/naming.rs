//! What programs call a domain: its short name, and behind `@` that of the tenant above it (contract 004). A domain that
//! has one is known by the whole name only.

use sqlx::query_as;

use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::id::TenantId,
};

statements! {
    NAMED = "select t.id, t.slug, p.slug as above from tenants t left join tenants p on p.id = t.parent_id
        where t.slug = $1 and t.kind = 'domain' and p.slug is not distinct from $2";
    OF = "select t.id, t.slug, p.slug as above from tenants t left join tenants p on p.id = t.parent_id
        where t.id = $1 and t.kind = 'domain'";
}

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its id.
    pub id: TenantId,
    /// Its whole name.
    pub name: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: TenantId,
    slug: String,
    above: Option<String>,
}

impl From<Row> for Domain {
    fn from(row: Row) -> Self {
        let name = match row.above {
            Some(above) => format!("{}@{above}", row.slug),
            None => row.slug,
        };
        Self { id: row.id, name }
    }
}

/// The domain of this name, in this case.
pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<Domain>> {
    // Short names are of nothing else, and no database is asked about what no text can hold.
    if !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(None);
    }
    let (slug, above) = match name.split_once('@') {
        Some((slug, above)) => (slug, Some(above)),
        None => (name, None),
    };
    let row: Option<Row> = on!(conn, |c| query_as(NAMED).bind(slug).bind(above).fetch_optional(c).await?);
    Ok(row.map(Domain::from))
}

/// The domain with this id; none where it is a tenant of another kind.
pub async fn of(conn: &mut Conn, id: TenantId) -> Result<Option<Domain>> {
    let row: Option<Row> = on!(conn, |c| query_as(OF).bind(id).fetch_optional(c).await?);
    Ok(row.map(Domain::from))
}
