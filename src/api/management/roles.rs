//! Contract 002, rows about roles.

use axum::{Json, extract::Path};
use serde_json::Value;

use super::answers::{Part, role};
use crate::{
    api::{
        known::Known,
        parameters::{Parameters, id},
        problem::Result,
    },
    domain::{error::Error, roles::installation},
};

/// Roles of one page, and at most.
const ROLES: (i64, i64) = (50, 100);

/// Row 11. What can't be a locator is nobody's.
pub async fn by_locator(known: Known, Path(locator): Path<String>) -> Result<Json<Value>> {
    let ctx = known.everywhere();
    let found = match id(&locator) {
        Some(id) => installation::read(&ctx, &id).await,
        None => installation::permissions(&ctx).and(Err(Error::NotFound("role"))),
    };
    Ok(Json(role(&found?)))
}

/// Row 13.
pub async fn list(known: Known, query: Parameters) -> Result<Json<Value>> {
    let part = Part::read(&query, ROLES)?;
    let (roles, completed) = installation::list(&known.everywhere(), part.offset, part.count).await?;
    Ok(Json(part.wrap(roles.iter().map(role).collect(), completed)))
}

/// Row 15.
pub async fn permissions(known: Known) -> Result<Json<Vec<&'static str>>> {
    Ok(Json(installation::permissions(&known.everywhere())?))
}
