//! Contract 000, rows about subscriber groups.

use axum::{Json, extract::Path, http::StatusCode};
use serde_json::Value;

use super::{
    answers::{group, page},
    asked::{id, require_any},
    clients::SIZES,
};
use crate::{
    api::{body::Body, known::InTenant, parameters::Parameters, problem::Result},
    domain::{
        action::Action,
        clients::owners,
        commands::run,
        groups::{
            commands::{AddGroup, UpdateGroup},
            input::{GroupUpdate, NewGroup},
            queries,
            removal::DeleteEmptyGroup,
        },
    },
    model::{forms::GroupForm, id::GroupId},
};

const NAME_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 500;

/// Row 7.
pub async fn create(InTenant(ctx, tenant): InTenant, mut body: Body) -> Result<(StatusCode, Json<Value>)> {
    ctx.require(Action::AddGroup)?;
    let name = body.line("name", NAME_MAX);
    let description = described(&mut body).unwrap_or_default();
    body.finish()?;
    let form = GroupForm { name, description, tenant: tenant.to_string(), ..GroupForm::default() };
    let new = NewGroup::parse(&form)?;
    let made = run(&ctx, AddGroup { id: GroupId(ctx.id()), group: new }).await?;
    Ok((StatusCode::CREATED, Json(group(&made))))
}

/// Row 8.
pub async fn list(InTenant(ctx, tenant): InTenant, query: Parameters) -> Result<Json<Value>> {
    ctx.require(Action::ListGroups)?;
    let part = query.page(SIZES)?;
    let (found, total) = queries::by_creation(&ctx, tenant, part).await?;
    Ok(Json(page(found.iter().map(group).collect(), part, total)))
}

/// Row 9.
pub async fn read(InTenant(ctx, _): InTenant, Path(path): Path<String>) -> Result<Json<Value>> {
    Ok(Json(group(&owners::group(&ctx, id(&path)?).await?)))
}

/// Row 10: what isn't named stays.
pub async fn update(InTenant(ctx, tenant): InTenant, Path(path): Path<String>, mut body: Body) -> Result<Json<Value>> {
    ctx.require(Action::UpdateGroup)?;
    let id: GroupId = id(&path)?;
    require_any(&body, &["name", "description"])?;
    let (name, description) = (body.line_if("name", NAME_MAX), described(&mut body));
    body.finish()?;
    let before = queries::require(&ctx, &mut *ctx.read().await?, id).await?;
    let form = GroupForm {
        name: name.unwrap_or(before.name),
        description: description.unwrap_or(before.description),
        tenant: tenant.to_string(),
        version: before.version.to_string(),
    };
    let update = GroupUpdate::parse(&form)?;
    let changed = run(&ctx, UpdateGroup { group: id, update }).await?;
    Ok(Json(group(&changed)))
}

/// Row 11.
pub async fn delete(InTenant(ctx, _): InTenant, Path(path): Path<String>) -> Result<StatusCode> {
    ctx.require(Action::DeleteGroup)?;
    run(&ctx, DeleteEmptyGroup { group: id(&path)? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a group is for; it may be empty.
fn described(body: &mut Body) -> Option<String> {
    let text = body.text_if("description")?;
    if text.trim().chars().count() > DESCRIPTION_MAX {
        body.refuse("description", &format!("must have at most {DESCRIPTION_MAX} characters"));
    }
    Some(text.trim().to_owned())
}
