//! What programs of domains call roles (contract 004): two built-in ones have names of their own there.

use super::store::find_by_name;
use crate::{
    db::Conn,
    domain::error::Result,
    model::{
        id::{ADMIN_ROLE, NO_PRIVILEGES_ROLE, RoleId, TenantId},
        scope::Scope,
    },
};

/// The role that may do everything in a domain.
pub const ADMIN: &str = "ADMIN";
/// The role that may do nothing.
pub const NO_PRIVILEGES: &str = "NO_PRIVILEGES";
/// No role: whoever is added by it is [`ADMIN`] and owns the domain.
pub const OWNER: &str = "OWNER";

/// What a role is called.
#[must_use]
pub fn shown<'a>(id: &RoleId, name: &'a str) -> &'a str {
    match id.0.as_str() {
        ADMIN_ROLE => ADMIN,
        NO_PRIVILEGES_ROLE => NO_PRIVILEGES,
        _ => name,
    }
}

/// The role of this name, in this case, that can be given in a domain: one of its own, else one of the installation.
pub async fn named(conn: &mut Conn, domain: TenantId, name: &str) -> Result<Option<RoleId>> {
    match name {
        ADMIN => return Ok(Some(RoleId(ADMIN_ROLE.into()))),
        NO_PRIVILEGES => return Ok(Some(RoleId(NO_PRIVILEGES_ROLE.into()))),
        _ => {}
    }
    for scope in [Scope::Tenant(domain), Scope::Everywhere] {
        let found = find_by_name(conn, name, scope).await?;
        if let Some(role) = found.filter(|role| shown(&role.id, &role.name) == name) {
            return Ok(Some(role.id));
        }
    }
    Ok(None)
}
