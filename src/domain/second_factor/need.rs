//! Who needs a second step.

use serde_json::Value;

use super::store;
use crate::{
    db::Conn,
    domain::{error::Result, users::store::Credentials},
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
            let settings = store::settings(conn, user.id).await?;
            if settings.iter().any(|text| asks(text)) { Need::Enrolment } else { Need::Nothing }
        }
    })
}

/// Whether a tenant's settings ask for a second factor of all its people.
fn asks(settings: &str) -> bool {
    let settings: Value = serde_json::from_str(settings).unwrap_or_default();
    settings["second_factor"] == "required"
}

#[cfg(test)]
mod tests {
    use super::asks;

    #[test]
    fn a_tenant_asks_by_one_word() {
        assert!(asks(r#"{"password_min":20,"second_factor":"required"}"#));
        for other in
            ["", "{}", "[]", r#"{"second_factor":"optional"}"#, r#"{"second_factor":true}"#, r#""second_factor""#]
        {
            assert!(!asks(other), "{other}");
        }
    }
}
