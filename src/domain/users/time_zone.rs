//! By which clock somebody reads times: a zone of the IANA database, or that of their browser.

use jiff::tz::{TimeZone, db};
use serde_json::json;
use sqlx::query_scalar;

use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        action::Action,
        change::{Change, Target},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{error::FieldErrors, id::UserId},
};

statements! {
    ZONE = "select time_zone from users where id = $1";
    SET_ZONE = "update users set time_zone = $2 where id = $1 and time_zone = $3";
}

/// The zones to choose from: places, and UTC.
#[must_use]
pub fn all() -> Vec<String> {
    let is_place = |name: &String| name == "UTC" || name.contains('/') && !name.starts_with("Etc/");
    db().available().map(|name| name.as_str().to_owned()).filter(is_place).collect()
}

/// The zone of somebody; empty for that of their browser.
pub async fn of(conn: &mut Conn, user: UserId) -> Result<String> {
    let zone: Option<String> = on!(conn, |c| query_scalar(ZONE).bind(user).fetch_optional(c).await?);
    Ok(zone.unwrap_or_default())
}

/// Says by which clock the caller reads times; refuses if it isn't `from` any more.
#[derive(Clone, Debug)]
pub struct SetTimeZone {
    from: String,
    to: String,
}

impl SetTimeZone {
    /// Reads what was chosen.
    pub fn parse(from: &str, to: &str) -> Result<Self> {
        if !to.is_empty() && TimeZone::get(to).is_err() {
            return Err(FieldErrors::one("time_zone", "choose one of these").into());
        }
        Ok(Self { from: from.to_owned(), to: to.to_owned() })
    }
}

impl Command for SetTimeZone {
    const ACTION: Action = Action::UpdateOwnProfile;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        if self.from == self.to {
            return Ok(Applied::unchanged(()));
        }
        let rows = on!(tx, |c| sqlx::query(SET_ZONE)
            .bind(user.id)
            .bind(&self.to)
            .bind(&self.from)
            .execute(c)
            .await?
            .rows_affected());
        if rows == 0 {
            return Err(Error::Stale);
        }
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name))
            .before(json!({ "time zone": self.from }))
            .after(json!({ "time zone": self.to }));
        Ok(Applied::changed((), change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_places_and_each_can_be_chosen() {
        let all = all();
        assert!(all.len() > 300 && all.contains(&"Europe/Berlin".to_owned()) && all.contains(&"UTC".to_owned()));
        assert!(all.iter().all(|zone| SetTimeZone::parse("", zone).is_ok()));
        assert!(SetTimeZone::parse("", "Europe/Nowhere").is_err() && SetTimeZone::parse("UTC", "").is_ok());
    }
}
