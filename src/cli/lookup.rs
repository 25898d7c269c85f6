//! What a command names, looked up, and why it could not be.

use crate::{
    domain::{
        ctx::Ctx,
        error::Error,
        roles,
        users::{self, store::User},
    },
    model::{id::RoleId, scope::Scope},
};

/// A role of the place that is worked in, or of the installation.
pub async fn role_named(ctx: &Ctx, name: &str) -> Result<RoleId, String> {
    let mut conn = ctx.read().await.map_err(reason)?;
    for scope in [ctx.scope, Scope::Everywhere] {
        if let Some(role) = roles::store::find_by_name(&mut conn, name, scope).await.map_err(reason)? {
            return Ok(role.id);
        }
    }
    Err(format!("there is no role {name}"))
}

/// The user with this address.
pub async fn named(ctx: &Ctx, email: &str) -> Result<User, String> {
    let mut conn = ctx.read().await.map_err(reason)?;
    let login = users::naming::stored_login(&mut conn, email).await.map_err(reason)?;
    let found = users::store::find_by_login(ctx.tenant(), &mut conn, &login).await.map_err(reason)?;
    found.ok_or_else(|| format!("there is no user {email}"))
}

/// What to tell on stderr.
/// Why something was refused, as one line.
pub fn reason(error: impl Into<Error>) -> String {
    match error.into() {
        Error::Invalid(fields) => {
            fields.iter().map(|(field, message)| format!("{field}: {message}")).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
