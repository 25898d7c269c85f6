//! Contract 001, rows about groups, which are roles.

use axum::{Json, http::StatusCode, response::Response};
use serde_json::Value;

use super::{
    answers::{ADMINISTRATORS, group, list as listed},
    asked::{Numbered, page},
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
        ctx::Ctx,
        names::same::same,
        roles::{
            commands::{AddRole, UpdateRole},
            input::{RoleContent, RoleUpdate},
            numbered,
            removal::DeleteRole,
        },
        ulid,
    },
    model::{
        forms::RoleForm,
        id::{RoleId, TenantId},
        permission::is_pattern,
    },
};

/// What the contract calls one permission of the catalogue.
const ALIAS: (&str, &str) = ("users.create", "users.add");
/// What the contract calls the fields of a role.
const NAMES: [(&str, &str); 1] = [("pattern", "permissions")];

/// Row 7.
pub async fn list(InTenant(ctx, tenant): InTenant, query: Parameters) -> Result<Response> {
    let (roles, total) = numbered::list(&ctx, tenant, page(&query)?).await?;
    Ok(listed(roles.iter().map(group).collect(), total))
}

/// Row 8.
pub async fn read(InTenant(ctx, tenant): InTenant, Numbered(number): Numbered) -> Result<Json<Value>> {
    Ok(Json(group(&numbered::read(&ctx, tenant, number).await?)))
}

/// Row 9.
pub async fn create(InTenant(ctx, tenant): InTenant, mut body: Body) -> Result<(StatusCode, Json<Value>)> {
    ctx.require(Action::AddRole)?;
    body.require("name");
    body.require("permissions");
    let (name, patterns) = (body.text_if("name"), patterns(&mut body));
    let content = content(&mut body, (name.unwrap_or_default(), patterns.unwrap_or_default()));
    body.finish()?;
    let content = content.ok_or_else(|| Problem::parameter("name", "is required"))?;
    require_free(&ctx, (tenant, &content.name), None).await?;
    let made = run(&ctx, AddRole { id: ulid::new_role(&ctx), content }).await?;
    Ok((StatusCode::CREATED, Json(group(&made))))
}

/// Rows 10 and 11. Whoever names no version means the one that is there now.
pub async fn update(
    InTenant(ctx, tenant): InTenant,
    Numbered(number): Numbered,
    mut body: Body,
) -> Result<Json<Value>> {
    let (ctx, before) = numbered::working_on(&ctx, tenant, (number, Action::UpdateRole)).await?;
    let (name, patterns) = (body.text_if("name"), patterns(&mut body));
    let name = name.unwrap_or_else(|| before.name.clone());
    let content = content(&mut body, (name, patterns.unwrap_or_else(|| before.given())));
    body.finish()?;
    let content = content.ok_or_else(|| Problem::parameter("name", "is required"))?;
    let content = RoleContent { description: before.description.clone(), ..content };
    require_free(&ctx, (tenant, &content.name), Some(&before.id)).await?;
    let update = RoleUpdate { content, version: before.version };
    Ok(Json(group(&run(&ctx, UpdateRole { role: before.id, update }).await?)))
}

/// Row 12.
pub async fn delete(InTenant(ctx, tenant): InTenant, Numbered(number): Numbered) -> Result<StatusCode> {
    let (ctx, role) = numbered::working_on(&ctx, tenant, (number, Action::DeleteRole)).await?;
    run(&ctx, DeleteRole { role: role.id, version: role.version, unused: false }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names and patterns of the catalogue, each once.
fn patterns(body: &mut Body) -> Option<Vec<String>> {
    let named = |pattern: String| if pattern == ALIAS.0 { ALIAS.1.to_owned() } else { pattern };
    let patterns: Vec<String> = body.texts_if("permissions")?.into_iter().map(named).collect();
    for (at, pattern) in patterns.iter().enumerate() {
        if !is_pattern(pattern) {
            body.refuse("permissions", &format!("{pattern} is no permission"));
        } else if patterns[..at].contains(pattern) {
            body.refuse("permissions", &format!("{pattern} is there twice"));
        }
    }
    Some(patterns)
}

/// What the role is going to be. What is wrong with its name is told beside the rest.
fn content(body: &mut Body, (name, patterns): (String, Vec<String>)) -> Option<RoleContent> {
    let form = RoleForm { name, patterns, ..RoleForm::default() };
    match RoleContent::parse_even_empty(&form) {
        Ok(content) => Some(content),
        Err(errors) => {
            body.refuse_others(&errors.renamed(&NAMES));
            None
        }
    }
}

async fn require_free(ctx: &Ctx, (tenant, name): (TenantId, &str), besides: Option<&RoleId>) -> Result<()> {
    if same(name) == same(ADMINISTRATORS) {
        return Err(Problem::parameter("name", "is the name of the built-in group"));
    }
    Ok(numbered::require_free(ctx, (tenant, name), besides).await?)
}
