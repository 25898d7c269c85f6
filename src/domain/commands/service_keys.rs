//! A service key with the service account that holds what it may do: they are made and deleted together.

use super::run_all;
use crate::{
    domain::{
        action::Action,
        command::AnyCommand,
        credentials::Credential,
        ctx::Ctx,
        error::{Error, Result},
        grants::{give::GiveAccess, input::NewGrant},
        input::Problems,
        key_pairs::input::name,
        tokens::{
            commands::AddToken,
            credential::DeleteToken,
            input::{NewToken, TokenBounds},
            store::Token,
        },
        users::{commands::AddUser, removal::DeleteUser},
    },
    model::{
        error::FieldErrors,
        forms::KeyForm,
        id::{GrantId, RoleId, TenantId, TokenId},
        principal::Principal,
        scope::Scope,
        token::TokenKind,
    },
};

/// Roles of one service key.
const ROLES_MAX: usize = 50;

/// A service key to be made.
#[derive(Clone, Debug)]
pub struct NewServiceKey {
    /// The tenant that it works in.
    pub tenant: TenantId,
    /// What people call it, and its account.
    pub name: String,
    /// What its account gets there.
    pub roles: Vec<RoleId>,
    /// What bounds it besides.
    pub bounds: TokenBounds,
}

impl NewServiceKey {
    /// Reads what was typed.
    pub fn parse(form: &KeyForm) -> std::result::Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let tenant = form.tenant.parse().map_err(|_| "choose a tenant of the list".to_owned());
        let tenant = problems.check("tenant", tenant);
        let name = problems.check("name", name(&form.name));
        let roles = problems.check("roles", roles(&form.roles));
        let bounds = TokenBounds::parse(&mut problems, &form.permissions, &form.allowed_from, &form.expires);
        let key = tenant.zip(name).zip(roles).zip(bounds);
        problems.finish(key.map(|(((tenant, name), roles), bounds)| Self { tenant, name, roles, bounds }))
    }
}

fn roles(texts: &[String]) -> std::result::Result<Vec<RoleId>, String> {
    let roles: Option<Vec<RoleId>> = texts.iter().map(|text| text.parse().ok()).collect();
    match roles {
        Some(roles) if (1..=ROLES_MAX).contains(&roles.len()) => Ok(roles),
        _ => Err("name the roles that it gets".into()),
    }
}

/// Makes a service account with these roles in the tenant, and its key: everything that its maker could do one by one, and
/// no more. Answers the key's value, which nobody can read again.
pub async fn add_service_key(ctx: &Ctx, new: NewServiceKey) -> Result<(Token, String)> {
    let account = AddUser::service_account(ctx, &new.name, new.tenant);
    let give = |role: RoleId| {
        let grant = NewGrant::lasting(Principal::User(account.id), role, Scope::Tenant(new.tenant));
        GiveAccess::new(GrantId(ctx.id()), grant)
    };
    let gives: Vec<GiveAccess> = new.roles.into_iter().map(give).collect();
    let (add, value) = AddToken::prepare(
        ctx,
        NewToken {
            kind: TokenKind::ServiceKey,
            user: account.id,
            tenant: Some(new.tenant),
            name: new.name,
            audience: String::new(),
            scope: String::new(),
            bounds: new.bounds,
        },
    );
    let gives = gives.iter().map(|give| give as &dyn AnyCommand);
    let commands: Vec<_> =
        [&account as &dyn AnyCommand].into_iter().chain(gives).chain([&add as &dyn AnyCommand]).collect();
    run_all(ctx, &commands).await?;
    Ok((Token::require(ctx, &mut *ctx.read().await?, add.id).await?, value))
}

/// The service key with this id; other tokens are none.
pub async fn service_key(ctx: &Ctx, id: TokenId) -> Result<Token> {
    let found = Token::require(ctx, &mut *ctx.read().await?, id).await?;
    Some(found).filter(|token| token.kind == TokenKind::ServiceKey).ok_or(Error::NotFound("key"))
}

/// Deletes a service key and its account, which is good for nothing else; refuses if somebody else changed the key since
/// `version`.
pub async fn delete_service_key(ctx: &Ctx, key: &Token, version: i64) -> Result<()> {
    ctx.require(Action::DeleteToken)?;
    let token = DeleteToken { id: key.id, version };
    run_all(ctx, &[&token, &DeleteUser { user: key.user_id, unchanged: None }]).await
}
