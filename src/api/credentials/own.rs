//! Contract 000, rows about oneself, and those that a code in a mail opens.

use axum::{
    Extension, Json,
    extract::{MatchedPath, Path, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    answers::{user, user_of_client},
    asked::id,
    users::ADDRESS_MAX,
};
use crate::{
    api::{
        body::Body,
        known::BeginnerInTenant,
        parameters::Parameters,
        problem::{Problem, Result},
    },
    domain::{
        calling::Caller,
        clients,
        codes::{Link, Purpose, redeeming},
        commands::{run, tenant_people},
        confirmation,
        ctx::Ctx,
        error::Error,
        reset_requests,
        tenants::acting,
        users::{passwords::ChangePassword, people},
    },
    model::{client::ClientRole, error::FieldErrors, id::UserId, permission::Permission, scope::Scope},
};

/// Row 17: a person, or what stands for one where a program looks after people.
pub async fn profile(BeginnerInTenant(ctx, tenant): BeginnerInTenant) -> Result<Json<Value>> {
    if let Caller::Client(client) = &ctx.caller {
        return match client.role {
            ClientRole::ApiSpadmin => Ok(Json(user_of_client(&clients::queries::calling(&ctx).await?))),
            _ => Err(Error::Forbidden(Permission::UsersRead).into()),
        };
    }
    let me = ctx.user()?.id;
    Ok(Json(user(&people::of(&ctx, tenant, me).await?, tenant)))
}

/// Row 18.
pub async fn change_password(BeginnerInTenant(ctx, tenant): BeginnerInTenant, mut body: Body) -> Result<Json<Value>> {
    let me = ctx.user().map_err(|_| Error::Forbidden(Permission::UsersRead))?.id;
    let (old, new) = (body.text("oldPassword"), body.text("newPassword"));
    body.finish()?;
    let change = ChangePassword::prepare(&ctx, &old, &new).await.map_err(|error| match error {
        Error::WrongCredentials => {
            Problem::Coded(StatusCode::BAD_REQUEST, "wrong_password", "The old password is wrong".to_owned())
        }
        Error::Invalid(fields) => fields.renamed(&[("password", "newPassword")]).into(),
        other => other.into(),
    })?;
    run(&ctx, change).await?;
    Ok(Json(user(&people::of(&ctx, tenant, me).await?, tenant)))
}

/// Row 19: the same answer, whether there is such an account or not.
pub async fn forgot_password(Extension(ctx): Extension<Ctx>, mut body: Body) -> Result<Json<Value>> {
    let name = if body.has("email") && !body.has("username") { "email" } else { "username" };
    let address = body.line(name, ADDRESS_MAX);
    body.finish()?;
    reset_requests::ask(&ctx, &address).await.map_err(|error| match error {
        Error::Invalid(fields) => fields.renamed(&[("email", name)]).into(),
        other => Problem::from(other),
    })?;
    Ok(Json(json!({})))
}

/// Row 20.
pub async fn set_password(
    Extension(ctx): Extension<Ctx>,
    Path(path): Path<String>,
    mut body: Body,
) -> Result<Json<Value>> {
    let user: UserId = id(&path)?;
    let (code, password) = (body.text("code"), body.text("password"));
    body.finish()?;
    redeeming::redeem_reset(&ctx, &Link::to(user, &code), &password).await?;
    Ok(Json(json!({})))
}

/// Row 23: to somebody of the tenant, or to oneself.
pub async fn send_verification(
    BeginnerInTenant(ctx, _): BeginnerInTenant,
    Path(path): Path<String>,
) -> Result<Json<Value>> {
    let id: UserId = id(&path)?;
    // Oneself is there wherever one works.
    let ctx = if ctx.user_id() == Some(id) { ctx.working_in(Scope::Everywhere) } else { ctx };
    tenant_people::send_verification(&ctx, id).await?;
    Ok(Json(json!({})))
}

/// Row 24.
pub async fn verify(
    Extension(ctx): Extension<Ctx>,
    Path(path): Path<String>,
    query: Parameters,
) -> Result<Json<Value>> {
    let id: UserId = id(&path)?;
    let code = query.text("code").ok_or_else(|| FieldErrors::one("code", "is required"))?;
    let found = confirmation::redeem(&ctx, &Link::read(Purpose::VerifyEmail, &id.to_string(), code)).await?;
    let tenant = acting::home_of(&ctx, found.id).await?;
    Ok(Json(user(&people::of(&ctx, tenant, found.id).await?, tenant)))
}

/// `HEAD` of row 24 would use the code up and show nothing.
pub async fn no_head() -> Problem {
    Problem::Status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Says so where the methods of row 24 are told; the router would name `HEAD`, too.
pub async fn allow_no_head(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().ends_with("/users/{id}/verify"));
    let mut response = next.run(request).await;
    if path == Some(true) && [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NO_CONTENT].contains(&response.status()) {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    response
}
