//! Contract 002, rows about roles.

use axum::{Json, extract::Path};
use serde_json::Value;

use super::answers::{Part, role};
use crate::{
    api::{
        body::Body,
        known::Known,
        parameters::{Parameters, id},
        problem::Result,
    },
    domain::{
        action::Action,
        commands::run,
        error::Error,
        roles::{
            commands::{AddRole, UpdateRole},
            input::{RoleContent, RoleUpdate},
            installation,
            removal::DeleteRole,
        },
        ulid,
    },
    model::{forms::RoleForm, permission::is_pattern},
};

/// Roles of one page, and at most.
const ROLES: (i64, i64) = (50, 100);

/// What the contract calls the fields of a role.
const NAMES: [(&str, &str); 1] = [("pattern", "permissions")];

/// Row 10.
pub async fn create(known: Known, mut body: Body) -> Result<Json<Value>> {
    let ctx = known.everywhere();
    ctx.require(Action::AddRole)?;
    let (name, description, patterns) = (body.text("name"), body.text("description"), body.texts("permissions"));
    body.finish()?;
    let form = RoleForm { name, description, patterns, ..RoleForm::default() };
    let content = RoleContent::parse_as_given(&form).map_err(|errors| errors.renamed(&NAMES))?;
    let made = run(&ctx, AddRole { id: ulid::new_role(&ctx), content }).await?;
    Ok(Json(role(&installation::of(&ctx, &made.id).await?)))
}

/// Row 12: what it shall have more and less, over the version that the caller saw.
pub async fn update(known: Known, Path(locator): Path<String>, mut body: Body) -> Result<Json<Value>> {
    let ctx = known.everywhere();
    ctx.require(Action::UpdateRole)?;
    let (name, description, version) = (body.text("name"), body.text("description"), body.number("version"));
    let (add, remove) = (body.texts("addPermissions"), body.texts("removePermissions"));
    for both in add.iter().filter(|pattern| remove.contains(pattern)) {
        body.refuse("addPermissions", &format!("{both} is to be removed, too"));
    }
    for (member, patterns) in [("addPermissions", &add), ("removePermissions", &remove)] {
        if !patterns.iter().all(|pattern| is_pattern(pattern)) {
            body.refuse(member, "choose permissions of the list");
        }
    }
    body.finish()?;
    let id = id(&locator).ok_or(Error::NotFound("role"))?;
    let before = installation::of(&ctx, &id).await?;
    let kept = before.patterns().into_iter().map(str::to_owned).filter(|pattern| !remove.contains(pattern));
    let form = RoleForm { name, description, patterns: kept.chain(add).collect(), ..RoleForm::default() };
    let content = RoleContent::parse_as_given(&form).map_err(|errors| errors.renamed(&NAMES))?;
    run(&ctx, UpdateRole { role: id.clone(), update: RoleUpdate { content, version } }).await?;
    Ok(Json(role(&installation::of(&ctx, &id).await?)))
}

/// Row 14: whoever holds it loses it. It names no version, so the one that is there now is meant.
pub async fn delete(known: Known, Path(locator): Path<String>) -> Result<()> {
    let ctx = known.everywhere();
    ctx.require(Action::DeleteRole)?;
    let role = id(&locator).ok_or(Error::NotFound("role"))?;
    let version = installation::of(&ctx, &role).await?.version;
    run(&ctx, DeleteRole { role, version, unused: false }).await?;
    Ok(())
}

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
