//! Contract 000, rows about client credentials.

use axum::{Json, extract::Path, http::StatusCode};
use serde_json::Value;

use super::{
    answers::{client, client_with_secret, page},
    asked::{id, require_any},
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
        clients::{
            commands::{AddClient, RotateClient},
            credential::DeleteClient,
            editing::UpdateClient,
            input::{NewClient, listed},
            listing::{Filter, list as listing},
            owners,
        },
        commands::clients as changes,
        error::Error,
    },
    model::{client::ClientRole, error::FieldErrors, forms::ClientForm, id::ClientId},
};

const NAME_MAX: usize = 100;
/// Of one page, and at most.
pub const SIZES: (i64, i64) = (50, 100);
/// What the contract calls the fields of client credentials.
const NAMES: [(&str, &str); 2] = [("services", "serviceIds"), ("groups", "subscriberGroups")];

/// Row 1.
pub async fn create(InTenant(ctx, tenant): InTenant, mut body: Body) -> Result<Json<Value>> {
    owners::authority(&ctx, &mut *ctx.read().await?, Action::AddClient).await?;
    let (name, role) = (body.line("name", NAME_MAX), body.text("role"));
    let (services, groups) = (body.texts_if("serviceIds"), body.texts_if("subscriberGroups"));
    body.finish()?;
    let (services, groups) = (services.unwrap_or_default(), groups.unwrap_or_default());
    let form = ClientForm { tenant: tenant.to_string(), name, role, services, groups, ..ClientForm::default() };
    let new = NewClient::parse(&form).map_err(|errors| errors.renamed(&NAMES))?;
    for group in &new.groups {
        // Named before it is joined: a group that isn't there is 404.
        crate::domain::groups::queries::require(&ctx, &mut *ctx.read().await?, *group).await?;
    }
    let (add, secret) = AddClient::prepare(&ctx, new.clone());
    let made = changes::add(&ctx, add).await.map_err(told)?;
    Ok(Json(client_with_secret(&made, &new.groups, secret)))
}

/// Row 2.
pub async fn list(InTenant(ctx, tenant): InTenant, query: Parameters) -> Result<Json<Value>> {
    let part = query.page(SIZES)?;
    let role = query.text("role").map(|text| {
        let role = ClientRole::parse(text);
        role.ok_or_else(|| Problem::parameter("role", "must be api_spadmin, api_appowner or api_service"))
    });
    let services: Vec<String> = query.texts("serviceIds").map(str::to_owned).collect();
    let services = listed(&services, "must be UUIDs").map_err(|message| FieldErrors::one("serviceIds", message))?;
    let filter = Filter { role: role.transpose()?, services };
    let (found, total) = listing(&ctx, tenant, &filter, part).await?;
    Ok(Json(page(found.iter().map(|(found, groups)| client(found, groups)).collect(), part, total)))
}

/// Row 3.
pub async fn read(InTenant(ctx, _): InTenant, Path(path): Path<String>) -> Result<Json<Value>> {
    let (found, groups) = found(&ctx, Action::ReadClient, &path).await?;
    Ok(Json(client(&found, &groups)))
}

/// Row 4.
pub async fn update(InTenant(ctx, _): InTenant, Path(path): Path<String>, mut body: Body) -> Result<Json<Value>> {
    let (before, _) = found(&ctx, Action::UpdateClient, &path).await?;
    if body.has("role") {
        body.refuse("role", "can't be changed; make other client credentials");
    } else {
        require_any(&body, &["name", "serviceIds", "subscriberGroups"])?;
    }
    let name = body.line_if("name", NAME_MAX);
    let (services, groups) = (body.ids_if("serviceIds"), body.ids_if("subscriberGroups"));
    body.finish()?;
    for group in groups.iter().flatten() {
        crate::domain::groups::queries::require(&ctx, &mut *ctx.read().await?, *group).await?;
    }
    let update = UpdateClient { id: before.id, name, services, groups, version: before.version };
    changes::update(&ctx, update).await.map_err(told)?;
    read(InTenant(ctx, before.tenant_id), Path(path)).await
}

/// Row 5.
pub async fn delete(InTenant(ctx, _): InTenant, Path(path): Path<String>) -> Result<StatusCode> {
    let (found, _) = found(&ctx, Action::DeleteClient, &path).await?;
    changes::change(&ctx, found.id, DeleteClient { id: found.id, version: found.version }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Row 6.
pub async fn reset_secret(InTenant(ctx, _): InTenant, Path(path): Path<String>) -> Result<Json<Value>> {
    let (found, groups) = found(&ctx, Action::RotateClient, &path).await?;
    let (rotate, secret) = RotateClient::prepare_reset(found.id);
    let changed = changes::change(&ctx, found.id, rotate).await?;
    Ok(Json(client_with_secret(&changed, &groups, secret)))
}

async fn found(
    ctx: &crate::domain::ctx::Ctx,
    action: Action,
    path: &str,
) -> Result<crate::domain::clients::listing::WithGroups> {
    let authority = owners::authority(ctx, &mut *ctx.read().await?, action).await;
    authority?;
    let client: ClientId = id(path)?;
    Ok(owners::require(ctx, &mut *ctx.read().await?, (action, client)).await?)
}

/// A refusal in the contract's words.
fn told(error: Error) -> Problem {
    match error {
        Error::Invalid(fields) => fields.renamed(&NAMES).into(),
        other => other.into(),
    }
}
