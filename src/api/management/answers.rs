//! What contract 002 answers with.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    api::{parameters::Parameters, problem::Result},
    domain::{clock::exact, roles::installation::InstallationRole, users::accounts::Account},
    model::scope::TenantScope,
};

/// Everywhere, as a tenant reference.
pub const ANY: &str = "any";
/// Tenants of type test, as a tenant reference.
pub const TEST: &str = "type:test";

/// UserResponse. What is absent is left out, not null.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserResponse {
    locator: String,
    first_name: String,
    last_name: String,
    user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    tenants: Vec<String>,
    roles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<String>>,
}

impl UserResponse {
    /// Of a person; with what they may do, unless in a list.
    pub fn of(account: Account, permissions: Option<Vec<String>>) -> Self {
        let tenants = match account.tenant_scope {
            TenantScope::Any => vec![ANY.to_owned()],
            TenantScope::Test => vec![TEST.to_owned()],
            TenantScope::List => account.tenants.iter().map(ToString::to_string).collect(),
        };
        Self {
            locator: account.id.to_string(),
            first_name: account.first_name,
            last_name: account.last_name,
            user_name: account.login.clone(),
            email: Some(account.email).filter(|email| *email != account.login),
            tenants,
            roles: account.roles,
            permissions,
        }
    }
}

/// BasicUserResponse.
pub fn basic(account: &Account) -> Value {
    json!({
        "locator": account.id,
        "userName": account.login,
        "firstName": account.first_name,
        "lastName": account.last_name,
    })
}

/// RoleResponse.
pub fn role(role: &InstallationRole) -> Value {
    json!({
        "locator": role.id,
        "name": role.name,
        "description": role.description,
        "version": role.version,
        "createdAt": exact(role.created_at),
        "createdBy": role.created_by,
        "permissions": role.patterns(),
    })
}

/// Which part of a list is asked for, and how it is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Rows before it.
    pub offset: i64,
    /// Rows in it.
    pub count: i64,
    is_extended: bool,
}

impl Part {
    /// Reads the query. A count above the cap is the cap, so that callers who go on until the list is completed get all.
    pub fn read(query: &Parameters, (usual, most): (i64, i64)) -> Result<Self> {
        Ok(Self {
            offset: query.number("offset", 0, 0)?,
            count: query.number("count", usual, 1)?.min(most),
            is_extended: query.flag("extended", true)?,
        })
    }

    /// The list in its envelope, or bare.
    pub fn wrap(self, items: Vec<Value>, completed: bool) -> Value {
        match self.is_extended {
            true => json!({ "listCompleted": completed, "items": items }),
            false => items.into(),
        }
    }
}
