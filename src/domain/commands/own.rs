//! What people change of themselves. It needs no permission: what it is about is whoever asks.

use super::run_as;
use crate::{
    domain::{
        action::Action,
        command::AnyCommand,
        ctx::Ctx,
        error::{Error, Result},
        tokens::{
            self,
            commands::{AddToken, RotateToken},
            credential::{DeleteToken, DisableToken, EnableToken},
            input::NewToken,
            queries::PERSONAL_MAX,
            store::Token,
        },
        users::{commands::UpdateUser, input::UserUpdate, own::own, time_zone::SetTimeZone},
    },
    model::{
        error::FieldErrors,
        forms::{OwnTokenForm, ProfileForm, TokenForm, UserForm},
        id::TokenId,
        permission::Permission,
        token::TokenKind,
    },
};

/// Changes what the caller is called, how they are reached, which language they read and by which clock: `zone` is the one
/// that the form was opened with, and the chosen one. Their login stays: that is changed by a link which is sent to the new
/// address.
pub async fn update_profile(ctx: &Ctx, form: &UserForm, zone: (&str, &str)) -> Result<()> {
    let user = own(ctx).await?;
    let profile = ProfileForm { email: user.login.clone(), ..form.profile.clone() };
    let update = UserUpdate::parse(&UserForm { profile, version: form.version.clone() })?;
    let zone = SetTimeZone::parse(zone.0, zone.1)?;
    run_as(ctx, Action::UpdateOwnProfile, &[&UpdateUser { user: user.id, update }, &zone]).await
}

/// Makes a personal token of the caller's; answers its value, which is shown once.
pub async fn add_token(ctx: &Ctx, form: &OwnTokenForm) -> Result<String> {
    ctx.require(Action::AddOwnToken)?;
    let user = ctx.user()?.id;
    if tokens::queries::own(ctx).await?.len() as i64 >= PERSONAL_MAX {
        return Err(FieldErrors::one("name", "you have as many as there can be; delete one first").into());
    }
    let permissions = match form.may.as_str() {
        "" => Vec::new(),
        "reading" => reading(),
        _ => return Err(FieldErrors::one("may", "choose one of these").into()),
    };
    let form = TokenForm {
        kind: TokenKind::Personal.word().into(),
        user: user.to_string(),
        name: form.name.clone(),
        allowed_from: form.allowed_from.split_whitespace().map(str::to_owned).collect(),
        permissions,
        expires: form.expires.clone(),
        ..TokenForm::default()
    };
    let (command, value) = AddToken::prepare(ctx, NewToken::parse(&form)?);
    run_as(ctx, Action::AddOwnToken, &[&command]).await?;
    Ok(value)
}

/// Whatever only shows something.
fn reading() -> Vec<String> {
    let shows = |name: &&str| name.ends_with(".read") || name.ends_with(".list");
    Permission::ALL.iter().map(|permission| permission.name()).filter(shows).map(str::to_owned).collect()
}

/// Gives a personal token of the caller's another value; the one before is refused at once.
pub async fn rotate_token(ctx: &Ctx, id: TokenId) -> Result<String> {
    ctx.require(Action::AddOwnToken)?;
    let token = own_token(ctx, id).await?;
    let (command, value) = RotateToken::prepare(ctx, &token);
    run_as(ctx, Action::AddOwnToken, &[&command]).await?;
    Ok(value)
}

/// Lets a personal token of the caller's work, or not.
pub async fn let_token_work(ctx: &Ctx, id: TokenId, works: bool) -> Result<()> {
    own_token(ctx, id).await?;
    let command: &dyn AnyCommand = if works { &EnableToken { id } } else { &DisableToken { id } };
    run_as(ctx, Action::UpdateOwnToken, &[command]).await
}

/// Deletes a personal token of the caller's.
pub async fn delete_token(ctx: &Ctx, id: TokenId) -> Result<()> {
    let version = own_token(ctx, id).await?.version;
    run_as(ctx, Action::UpdateOwnToken, &[&DeleteToken { id, version }]).await
}

/// A token never changes its owner, so it is enough to look before.
async fn own_token(ctx: &Ctx, id: TokenId) -> Result<Token> {
    let user = ctx.user()?.id;
    let found = tokens::store::find(None, &mut *ctx.read().await?, id).await?;
    found.filter(|token| token.user_id == user && token.kind == TokenKind::Personal).ok_or(Error::NotFound("token"))
}
