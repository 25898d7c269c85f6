//! Who needs a second step.

use super::store;
use crate::{
    db::Conn,
    domain::{error::Result, passkeys, tenants::asked, users::store::Credentials},
    model::{id::UserId, timestamp::Timestamp, user::SecondFactor},
};

/// What somebody still needs whose password was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A code of their app.
    App,
    /// One of their passkeys.
    Passkey,
    /// A code that is sent to their address.
    Mail,
    /// A second factor is required of them, and they have none yet.
    Enrolment,
}

/// What this person needs at `now`: the factor that they have, and one if it is required of them, or a role or a tenant of
/// theirs asks for it.
pub async fn of(conn: &mut Conn, user: &Credentials, now: Timestamp) -> Result<Need> {
    Ok(match user.second_factor {
        SecondFactor::Totp => Need::App,
        // What can't be read out to anybody goes before what can.
        _ if passkeys::store::count(conn, user.id).await? > 0 => Need::Passkey,
        SecondFactor::Email => Need::Mail,
        SecondFactor::None if is_required(conn, user.id, now).await? => Need::Enrolment,
        SecondFactor::None => Need::Nothing,
    })
}

/// Whether a second factor is required of somebody at `now`: by what is said of them or of everybody, by a role that they
/// have, or by a tenant that they belong to.
pub async fn is_required(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<bool> {
    if store::is_asked(conn, user, now).await? {
        return Ok(true);
    }
    Ok(asked::of_user(conn, user).await?.needs_factor())
}
