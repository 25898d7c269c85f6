//! Contract 000, rows about the people of a tenant.

use axum::{Json, extract::Path, http::StatusCode};
use serde_json::{Value, json};

use super::{
    answers::{page, user},
    asked::{id, require_any},
    clients::SIZES,
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
        commands::{
            run,
            tenant_people::{self, NewPerson},
        },
        ctx::Ctx,
        error::{Error, Refused},
        passwords::minimum::Minimum,
        secrets::new_temporary,
        tenants::acting::reach,
        users::{
            commands::ResetSecondFactor,
            input::{NewUser, ProfileChange, Special},
            passwords::ResetPassword,
            people::{self, AccountRole},
        },
    },
    model::{
        forms::{NewUserForm, ProfileForm},
        id::{TenantId, UserId},
        permission::Permission,
    },
};

const NAME_MAX: usize = 50;
/// Characters of an address.
pub const ADDRESS_MAX: usize = 100;
const PHONE_MAX: usize = 20;
/// Bytes of what a program keeps beside an address.
const HINTS_MAX: usize = 4096;
/// What the contract calls the fields of a user.
const NAMES: [(&str, &str); 5] = [
    ("first_name", "givenName"),
    ("last_name", "familyName"),
    ("email", "username"),
    ("phone", "phoneNumber"),
    ("member_group", "subscriberGroups"),
];

/// Row 12. A password that is sent is temporary, too; without one nobody knows it, and a link to set one is sent.
pub async fn create(InTenant(ctx, own): InTenant, mut body: Body) -> Result<(StatusCode, Json<Value>)> {
    let profile = ProfileForm {
        email: body.line("username", ADDRESS_MAX),
        first_name: body.line("givenName", NAME_MAX),
        last_name: body.line("familyName", NAME_MAX),
        phone: body.line_if("phoneNumber", PHONE_MAX).unwrap_or_default(),
        ..ProfileForm::default()
    };
    let role = body.text("accountRole");
    let role = AccountRole::parse(&role).or_else(|| {
        if body.has("accountRole") {
            body.refuse("accountRole", "must be spadmin, admin or appowner");
        }
        None
    });
    let (hints, password) = (body.object_if("emailHints", HINTS_MAX), body.text_if("password"));
    if password.as_deref() == Some("") {
        body.refuse("password", "enter a password");
    }
    let groups = body.ids_if("subscriberGroups").unwrap_or_default();
    if role == Some(AccountRole::Appowner) && groups.is_empty() {
        body.refuse("subscriberGroups", "name at least one group");
    }
    let tenant = one_id(&mut body, "tenantId");
    let asked = body.finish();
    let ctx = reach(ctx, tenant, Permission::UsersAdd).await?;
    ctx.require(Action::AddUser)?;
    asked?;
    let role = role.ok_or_else(|| Problem::parameter("accountRole", "is required"))?;
    let has_no_password = password.is_none();
    let form = NewUserForm {
        profile,
        password: password.unwrap_or_else(|| new_temporary(Minimum::MOST)),
        ..NewUserForm::default()
    };
    let mut new = NewUser::parse(&form).map_err(|errors| errors.renamed(&NAMES))?;
    let email_hints = hints.map(|hints| hints.to_string());
    new.special = Special { is_temporary: true, is_unverified: true, email_hints, ..Special::default() };
    let tenant = ctx.tenant().unwrap_or(own);
    new.tenant = Some(tenant);
    let person = NewPerson { user: new, role, groups, has_no_password };
    let id = tenant_people::add(&ctx, tenant, person).await.map_err(told)?;
    Ok((StatusCode::CREATED, Json(user(&people::of(&ctx, tenant, id).await?, tenant))))
}

/// Row 13.
pub async fn list(InTenant(ctx, own): InTenant, query: Parameters) -> Result<Json<Value>> {
    let ctx = reach(ctx, named(&query)?, Permission::UsersList).await?;
    ctx.require(Action::ListUsers)?;
    let part = query.page(SIZES)?;
    let tenant = ctx.tenant().unwrap_or(own);
    let (found, total) = people::list(&ctx, tenant, part).await?;
    Ok(Json(page(found.iter().map(|person| user(person, tenant)).collect(), part, total)))
}

/// Row 14.
pub async fn read(InTenant(ctx, tenant): InTenant, Path(path): Path<String>) -> Result<Json<Value>> {
    ctx.require(Action::ReadUser)?;
    Ok(Json(user(&people::read(&ctx, tenant, id(&path)?).await?, tenant)))
}

/// Row 15: what isn't named stays.
pub async fn update(InTenant(ctx, tenant): InTenant, Path(path): Path<String>, mut body: Body) -> Result<Json<Value>> {
    ctx.require(Action::UpdateUser)?;
    let id: UserId = id(&path)?;
    require_any(&body, &["givenName", "familyName", "phoneNumber", "subscriberGroups"])?;
    let profile = ProfileChange {
        first_name: body.line_if("givenName", NAME_MAX),
        last_name: body.line_if("familyName", NAME_MAX),
        phone: body.line_if("phoneNumber", PHONE_MAX),
        ..ProfileChange::default()
    };
    let groups = body.ids_if("subscriberGroups");
    body.finish()?;
    tenant_people::update(&ctx, (tenant, id), &profile, groups.as_deref()).await.map_err(told)?;
    answer(&ctx, tenant, id).await
}

/// Row 16: the membership ends, and the person goes with their last one.
pub async fn delete(InTenant(ctx, tenant): InTenant, Path(path): Path<String>) -> Result<StatusCode> {
    ctx.require(Action::DeleteUser)?;
    let removed = tenant_people::remove(&ctx, (tenant, id(&path)?)).await;
    removed.map_err(|error| match error {
        Error::Refused(Refused::Owner) => {
            coded(StatusCode::CONFLICT, "primary_admin", "The primary administrator can't be deleted")
        }
        Error::Refused(Refused::Yourself) => coded(StatusCode::CONFLICT, "self_delete", "Nobody deletes themselves"),
        other => told(other),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Row 21. Without a password one is made that nobody thought of, for the caller to pass on.
pub async fn reset_password(
    InTenant(ctx, tenant): InTenant,
    Path(path): Path<String>,
    mut body: Body,
) -> Result<Json<Value>> {
    ctx.require(Action::ResetPassword)?;
    let id: UserId = id(&path)?;
    let password = body.text_if("password");
    body.finish()?;
    if ctx.user_id() == Some(id) {
        return Err(coded(StatusCode::CONFLICT, "self_reset", "Change your own password with changePassword"));
    }
    tenant_people::require_may_touch(&ctx, (tenant, id)).await?;
    let (reset, made) = match password {
        Some(password) => (ResetPassword::prepare(&ctx, id, &password).await?, None),
        None => {
            let (reset, made) = ResetPassword::with_any(&ctx, id).await?;
            (reset, Some(made))
        }
    };
    run(&ctx, reset).await?;
    let Json(mut answer) = answer(&ctx, tenant, id).await?;
    if let Some(made) = made {
        answer["temporaryPassword"] = made.into();
    }
    Ok(Json(answer))
}

/// Row 22.
pub async fn reset_second_factor(
    InTenant(ctx, own): InTenant,
    Path(path): Path<String>,
    query: Parameters,
) -> Result<Json<Value>> {
    let ctx = reach(ctx, named(&query)?, Permission::UsersPasswordReset).await?;
    ctx.require(Action::ResetSecondFactor)?;
    let user: UserId = id(&path)?;
    tenant_people::require_may_touch(&ctx, (ctx.tenant().unwrap_or(own), user)).await?;
    run(&ctx, ResetSecondFactor { user }).await?;
    Ok(Json(json!({})))
}

async fn answer(ctx: &Ctx, tenant: TenantId, id: UserId) -> Result<Json<Value>> {
    Ok(Json(user(&people::of(ctx, tenant, id).await?, tenant)))
}

/// The tenant that a query names.
fn named(query: &Parameters) -> Result<Option<TenantId>> {
    let parsed = query.text("tenantId").map(str::parse).transpose();
    parsed.map_err(|_| Problem::parameter("tenantId", "must be a UUID"))
}

/// An id that a body names.
fn one_id(body: &mut Body, name: &str) -> Option<TenantId> {
    body.has(name).then(|| body.id(name)).flatten()
}

fn coded(status: StatusCode, code: &'static str, message: &str) -> Problem {
    Problem::Coded(status, code, message.to_owned())
}

/// A refusal in the contract's words.
fn told(error: Error) -> Problem {
    match error {
        Error::Invalid(fields) => fields.renamed(&NAMES).into(),
        other => other.into(),
    }
}
