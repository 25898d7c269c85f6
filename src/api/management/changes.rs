//! Contract 002, rows that make and change users.

use axum::{Json, extract::Path};

use super::{
    answers::{ANY, TEST, UserResponse},
    users::{user, whole},
};
use crate::{
    api::{
        body::{Body, OneText},
        known::Known,
        parameters::Parameters,
        problem::{Problem, Result},
    },
    domain::{
        action::Action,
        commands::{
            accounts::{self, AccountUpdate, Places},
            run,
        },
        ctx::Ctx,
        error::Error,
        roles::installation,
        tenants,
        users::{
            accounts as people,
            input::{NewUser, ProfileChange, Special},
            passwords::ResetPassword,
        },
    },
    model::{
        error::FieldErrors,
        forms::{NewUserForm, ProfileForm},
        id::{RoleId, TenantId, UserId},
        permission::{Permission, PermissionSet},
        scope::TenantScope,
    },
};

/// What the contract calls the fields of a user.
const NAMES: [(&str, &str); 6] = [
    ("first_name", "firstName"),
    ("last_name", "lastName"),
    ("email", "userName"),
    ("contact", "email"),
    ("role", "roles"),
    ("tenant", "tenants"),
];

/// Row 1. A user without a password never signs in here, which `enableUser=true` says on purpose.
pub async fn create(known: Known, query: Parameters, mut body: Body) -> Result<Json<UserResponse>> {
    let ctx = known.everywhere();
    ctx.require(Action::AddUser)?;
    let may_lack_password = query.flag("enableUser", false)?;
    let profile = ProfileForm {
        first_name: body.text("firstName"),
        last_name: named(&mut body, "lastName"),
        email: body.text("userName"),
        contact: body.text_if("email").unwrap_or_default(),
        ..ProfileForm::default()
    };
    let (password, is_temporary) = match may_lack_password && !body.has("password") {
        true => (String::new(), false),
        false => (named(&mut body, "password"), body.flag("temporaryPassword")),
    };
    let (roles, tenants) = (body.texts_if("roles"), body.texts_if("tenants"));
    body.finish()?;
    let form = NewUserForm { profile, password, ..NewUserForm::default() };
    let mut new = NewUser::parse(&form).map_err(|errors| errors.renamed(&NAMES))?;
    new.special = Special { is_temporary, belongs_nowhere: true, ..Special::default() };
    let roles = roles_named(&ctx, &roles.unwrap_or_default(), "roles").await?;
    let places = places(&ctx, "tenants", &tenants.unwrap_or_default()).await?;
    let id = accounts::add(&ctx, new, roles, places).await.map_err(told)?;
    answer(&ctx, id).await
}

/// Row 7: whoever may change users, and everybody their own names and address.
pub async fn update(known: Known, Path(locator): Path<String>, mut body: Body) -> Result<Json<UserResponse>> {
    let (ctx, id) = (known.everywhere(), user(&locator)?);
    let is_own = ctx.user_id() == Some(id) && !ctx.may(Permission::UsersUpdate);
    let ctx = if is_own { ctx } else { people::working_on(ctx, Permission::UsersUpdate, id).await? };
    let before = people::of(&ctx, id).await?;
    let profile = ProfileChange {
        first_name: Some(body.text("firstName")),
        last_name: Some(if before.last_name.is_empty() { body.text("lastName") } else { named(&mut body, "lastName") }),
        contact: body.text_if("email"),
        ..ProfileChange::default()
    };
    let (roles, permissions) = (body.texts_if("roles"), body.texts_if("permissions"));
    let tenants = body.texts("tenants");
    let permissions = permissions.map(|names| catalogued(&mut body, &names));
    body.finish()?;
    let roles = match roles {
        Some(roles) => Some(roles_named(&ctx, &roles, "roles").await?),
        None => None,
    };
    let places = Some(places(&ctx, "tenants", &tenants).await?);
    let update = AccountUpdate { profile, roles, permissions, places };
    let done = match ctx.tenant() {
        _ if is_own => accounts::update_own(&ctx, &update).await,
        // Roles, permissions and tenants here are those of the installation.
        Some(_) => accounts::update_names(&ctx, Action::UpdateUser, id, &update).await,
        None => accounts::update(&ctx, Action::UpdateUser, id, &update).await,
    };
    done.map_err(told)?;
    answer(&ctx, id).await
}

/// Row 8: a password for a while, which its user must change.
pub async fn reset_password(known: Known, Path(locator): Path<String>, OneText(password): OneText) -> Result<()> {
    let id = user(&locator)?;
    let ctx = people::working_on(known.everywhere(), Permission::UsersPasswordReset, id).await?;
    // Accounts of programs are no people.
    people::of(&ctx, id).await?;
    run(&ctx, ResetPassword::prepare(&ctx, id, &password).await?).await?;
    Ok(())
}

/// Row 17.
pub async fn roles(known: Known, Path(locator): Path<String>, mut body: Body) -> Result<Json<UserResponse>> {
    let (ctx, id) = (known.everywhere(), user(&locator)?);
    ctx.require(Action::Give)?;
    let (add, remove) = sets(&mut body, ("addRoles", "removeRoles"));
    body.finish()?;
    let before = people::of(&ctx, id).await?;
    let add = roles_named(&ctx, &add, "addRoles").await?;
    let remove = roles_named(&ctx, &remove, "removeRoles").await?;
    if add.iter().any(|role| remove.contains(role)) {
        return Err(FieldErrors::one("addRoles", "names a role that is to be removed, too").into());
    }
    let current = roles_named(&ctx, &before.roles, "roles").await?;
    let kept = current.into_iter().filter(|role| !remove.contains(role) && !add.contains(role));
    let roles = Some(kept.chain(add.clone()).collect());
    let update = AccountUpdate { roles, ..AccountUpdate::default() };
    accounts::update(&ctx, Action::Give, id, &update).await.map_err(told)?;
    answer(&ctx, id).await
}

/// Row 18.
pub async fn tenants(known: Known, Path(locator): Path<String>, mut body: Body) -> Result<Json<UserResponse>> {
    let (ctx, id) = (known.everywhere(), user(&locator)?);
    ctx.require(Action::AddMembership)?;
    let (add, remove) = sets(&mut body, ("addTenants", "removeTenants"));
    body.finish()?;
    let before = people::of(&ctx, id).await?;
    let (added, removed) =
        (read_places(&ctx, "addTenants", &add).await?, read_places(&ctx, "removeTenants", &remove).await?);
    let kept = before.tenants.iter().copied().filter(|tenant| !removed.tenants.contains(tenant));
    let mut all: Vec<TenantId> = kept.chain(added.tenants).collect();
    all.sort_unstable();
    all.dedup();
    let scope = match (added.scope, removed.scope) {
        (Some(scope), _) => scope,
        (None, Some(scope)) if scope == before.tenant_scope => TenantScope::List,
        (None, _) => before.tenant_scope,
    };
    let places = Some(Places { scope, tenants: Some(all) });
    let update = AccountUpdate { places, ..AccountUpdate::default() };
    accounts::update(&ctx, Action::AddMembership, id, &update).await.map_err(told)?;
    answer(&ctx, id).await
}

/// The user as they are now.
async fn answer(ctx: &Ctx, id: UserId) -> Result<Json<UserResponse>> {
    let account = people::of(ctx, id).await?;
    whole(ctx, account).await.map(Json)
}

/// A text that there must be and that isn't empty.
fn named(body: &mut Body, name: &str) -> String {
    let text = body.text(name);
    if body.has(name) && text.trim().is_empty() {
        body.refuse(name, "is required");
    }
    text
}

/// Two sets that there must be, of which one is added and the other removed.
fn sets(body: &mut Body, (add, remove): (&str, &str)) -> (Vec<String>, Vec<String>) {
    let sets = (body.texts(add), body.texts(remove));
    if let Some(both) = sets.0.iter().find(|name| sets.1.contains(name)) {
        body.refuse(add, &format!("{both} is to be removed, too"));
    }
    sets
}

fn catalogued(body: &mut Body, names: &[String]) -> PermissionSet {
    let mut all = PermissionSet::default();
    for name in names {
        match Permission::parse(name) {
            Some(permission) => all = all.union(PermissionSet::of(permission)),
            None => body.refuse("permissions", &format!("{name} is no permission")),
        }
    }
    all
}

async fn roles_named(ctx: &Ctx, names: &[String], field: &str) -> Result<Vec<RoleId>> {
    let found = installation::named(&mut *ctx.read().await?, names).await?;
    Ok(found.map_err(|name| FieldErrors::one(field, format!("there is no role {name}")))?)
}

/// Words and ids of tenants, told apart.
struct Named {
    scope: Option<TenantScope>,
    tenants: Vec<TenantId>,
}

async fn read_places(ctx: &Ctx, field: &str, names: &[String]) -> Result<Named> {
    let mut named = Named { scope: None, tenants: Vec::new() };
    for name in names {
        let scope = match name.as_str() {
            ANY => Some(TenantScope::Any),
            TEST => Some(TenantScope::Test),
            _ => None,
        };
        if scope.is_some() && named.scope.is_some() && scope != named.scope {
            return Err(FieldErrors::one(field, "names two scopes; choose any or type:test").into());
        }
        if scope.is_some() {
            named.scope = scope;
            continue;
        }
        let unknown = || FieldErrors::one(field, format!("there is no tenant {name}"));
        let tenant: TenantId = name.parse().map_err(|_| unknown())?;
        let found = tenants::queries::require(ctx, &mut *ctx.read().await?, tenant).await;
        found.map_err(|error| if matches!(error, Error::NotFound(_)) { unknown().into() } else { error })?;
        named.tenants.push(tenant);
    }
    named.tenants.sort_unstable();
    named.tenants.dedup();
    Ok(named)
}

/// All places that somebody shall have. A scope alone says nothing of where they belong.
async fn places(ctx: &Ctx, field: &str, names: &[String]) -> Result<Places> {
    let Named { scope, tenants } = read_places(ctx, field, names).await?;
    let is_scope_alone = scope.is_some() && tenants.is_empty();
    Ok(Places { scope: scope.unwrap_or(TenantScope::List), tenants: (!is_scope_alone).then_some(tenants) })
}

/// A refusal in the contract's words.
fn told(error: Error) -> Problem {
    match error {
        Error::Invalid(fields) => fields.renamed(&NAMES).into(),
        other => other.into(),
    }
}
