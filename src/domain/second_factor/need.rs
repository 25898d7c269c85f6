//! Who needs a second step.

use crate::{
    db::Conn,
    domain::{error::Result, tenants::settings, users::store::Credentials},
    model::user::SecondFactor,
};

/// What somebody still needs whose password was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A code of their app.
    App,
    /// A code that is sent to their address.
    Mail,
    /// A second factor is required of them, and they have none yet.
    Enrolment,
}

/// What this person needs: the factor that they have, and one if it is required of them or a tenant of theirs asks for it.
pub async fn of(conn: &mut Conn, user: &Credentials) -> Result<Need> {
    Ok(match user.second_factor {
        SecondFactor::Totp => Need::App,
        SecondFactor::Email => Need::Mail,
        SecondFactor::None if user.second_factor_required => Need::Enrolment,
        SecondFactor::None => {
            let settings = settings::of_user(conn, user.id).await?;
            let is_asked = settings.iter().any(|tenant| tenant.second_factor.is_some());
            if is_asked { Need::Enrolment } else { Need::Nothing }
        }
    })
}
