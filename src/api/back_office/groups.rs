//! Contract 001, rows about groups, which are roles.

use axum::{Json, extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use super::{
    answers::{ADMINISTRATORS, group, list as listed},
    asked::{LIMITS, number},
};
use crate::{
    api::{
        body::Body,
        known::InTenant,
        parameters::Parameters,
        problem::{Problem, Result},
    },
    domain::{
        action::Action,
        commands::run,
        error::Error,
        roles::{
            commands::{AddRole, UpdateRole},
            input::{RoleContent, RoleUpdate},
            numbered,
            removal::DeleteRole,
        },
        ulid,
    },
    model::{forms::RoleForm, id::RoleId, permission::is_pattern},
};

/// What the contract calls one permission of the catalogue.
const ALIAS: (&str, &str) = ("users.create", "users.add");
/// What the contract calls the fields of a role.
const NAMES: [(&str, &str); 1] = [("pattern", "permissions")];

/// Row 7.
pub async fn list(InTenant(ctx, tenant): InTenant, query: Parameters) -> Result<Response> {
    let limit = query.within("limit", LIMITS.0, (1, LIMITS.1))?;
    let offset = query.number("offset", 0, 0)?;
    let (roles, total) = numbered::list(&ctx, tenant, (limit, offset)).await?;
    Ok(listed(roles.iter().map(group).collect(), total))
}

/// Row 8.
pub async fn read(InTenant(ctx, tenant): InTenant, Path(path): Path<String>) -> Result<Json<Value>> {
    Ok(Json(group(&numbered::read(&ctx, tenant, number(&path, "group")?).await?)))
}

/// Row 9.
pub async fn create(InTenant(ctx, _): InTenant, mut body: Body) -> Result<(StatusCode, Json<Value>)> {
    ctx.require(Action::AddRole)?;
    let (name, patterns) = (body.text("name"), body.texts("permissions"));
    let patterns = patterns_of(&mut body, patterns);
    body.finish()?;
    let content = content(name, patterns)?;
    require_free(&ctx, &content.name, None).await?;
    let made = run(&ctx, AddRole { id: ulid::new_role(&ctx), content }).await?;
    Ok((StatusCode::CREATED, Json(group(&made))))
}

/// Rows 10 and 11. Whoever names no version means the one that is there now.
pub async fn update(InTenant(ctx, tenant): InTenant, Path(path): Path<String>, mut body: Body) -> Result<Json<Value>> {
    let number = number(&path, "group")?;
    ctx.require(Action::UpdateRole)?;
    let (ctx, before) = numbered::working_on(&ctx, tenant, (number, Action::UpdateRole)).await?;
    let (name, patterns) = (body.text_if("name"), body.texts_if("permissions"));
    let patterns = patterns.map(|patterns| patterns_of(&mut body, patterns));
    body.finish()?;
    let mut content =
        content(name.unwrap_or_else(|| before.name.clone()), patterns.unwrap_or_else(|| before.patterns()))?;
    content.description.clone_from(&before.description);
    require_free(&ctx, &content.name, Some(&before.id)).await?;
    let update = RoleUpdate { content, version: before.version };
    Ok(Json(group(&run(&ctx, UpdateRole { role: before.id, update }).await?)))
}

/// Row 12.
pub async fn delete(InTenant(ctx, tenant): InTenant, Path(path): Path<String>) -> Result<StatusCode> {
    let number = number(&path, "group")?;
    let (ctx, role) = numbered::working_on(&ctx, tenant, (number, Action::DeleteRole)).await?;
    run(&ctx, DeleteRole { role: role.id, version: role.version, unused: false }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names and patterns of the catalogue, each once.
fn patterns_of(body: &mut Body, patterns: Vec<String>) -> Vec<String> {
    let named = |pattern: String| if pattern == ALIAS.0 { ALIAS.1.to_owned() } else { pattern };
    let patterns: Vec<String> = patterns.into_iter().map(named).collect();
    for (at, pattern) in patterns.iter().enumerate() {
        if !is_pattern(pattern) {
            body.refuse("permissions", &format!("{pattern} is no permission"));
        } else if patterns[..at].contains(pattern) {
            body.refuse("permissions", &format!("{pattern} is there twice"));
        }
    }
    patterns
}

fn content(name: String, patterns: Vec<String>) -> Result<RoleContent> {
    let form = RoleForm { name, patterns, ..RoleForm::default() };
    Ok(RoleContent::parse_even_empty(&form).map_err(|errors| errors.renamed(&NAMES))?)
}

async fn require_free(ctx: &crate::domain::ctx::Ctx, name: &str, besides: Option<&RoleId>) -> Result<()> {
    if name.eq_ignore_ascii_case(ADMINISTRATORS) {
        return Err(Problem::parameter("name", "is the name of the built-in group"));
    }
    let free = numbered::require_free(ctx, name, besides).await;
    free.map_err(|error: Error| error.into())
}
