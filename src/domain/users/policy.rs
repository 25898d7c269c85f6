//! Whether a text may be somebody's password.

use super::{
    input::{OneName, Profile, ProfileChange},
    store::User,
};
use crate::{
    db::Conn,
    domain::{
        ctx::Ctx,
        error::Result,
        parse::Email,
        passwords::{
            minimum::Minimum,
            rules::{About, Password},
        },
        second_factor, tenants,
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        timestamp::Timestamp,
    },
};

/// How long a temporary password lets its user in, in seconds: three days (contract 000, rule 9).
pub const TEMPORARY_LIFETIME: i64 = 72 * 60 * 60;

/// The password, if the rules let this user have it: it isn't their name, nor that of a place that they belong to.
pub async fn parse(conn: &mut Conn, (user, now): (&User, Timestamp), text: &str) -> Result<Password> {
    let needs_factor = second_factor::store::is_asked(conn, user.id, now).await?;
    parse_beside(conn, (user.id, &user.profile()), (text, needs_factor)).await
}

/// Whether somebody of whom this is said may begin with a password in a tenant, or why not.
pub async fn parse_new(
    conn: &mut Conn,
    (said, tenant): (&ProfileChange, TenantId),
    (text, needs_factor): (&str, bool),
) -> Result<std::result::Result<Password, String>> {
    let place = tenants::store::name(conn, tenant).await?;
    let own = said.name.iter().flat_map(OneName::names);
    let names: Vec<&str> = own.chain(place.as_deref()).collect();
    let about = About { login: said.email.as_ref().map_or("", Email::as_str), names: &names };
    let asked = tenants::asked::of_newcomer(conn, &[tenant]).await?;
    Ok(Password::parse(text, &about, asked.least_password(needs_factor)))
}

/// The same for somebody who is going to have this profile, and of whom a second factor is going to be required or not.
pub async fn parse_beside(
    conn: &mut Conn,
    (user, profile): (UserId, &Profile),
    (text, needs_factor): (&str, bool),
) -> Result<Password> {
    let places = tenants::store::names_of(conn, user).await?;
    let own = [&profile.first_name, &profile.last_name, &profile.display_name];
    let names: Vec<&str> = own.into_iter().chain(&places).map(String::as_str).collect();
    let about = About { login: profile.email.as_str(), names: &names };
    let least = least(conn, (user, needs_factor)).await?;
    Ok(Password::parse(text, &about, least).map_err(|message| FieldErrors::one("password", message))?)
}

/// What the password of somebody has at least.
pub async fn least_of(ctx: &Ctx, user: UserId) -> Result<Minimum> {
    let conn = &mut *ctx.read().await?;
    let needs_factor = second_factor::store::is_asked(conn, user, ctx.now()).await?;
    least(conn, (user, needs_factor)).await
}

/// The same where it is known whether a second factor is required of them besides.
pub async fn least(conn: &mut Conn, (user, needs_factor): (UserId, bool)) -> Result<Minimum> {
    Ok(tenants::asked::of_user(conn, user).await?.least_password(needs_factor))
}
