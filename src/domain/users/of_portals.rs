//! People as a partner's program sees them: those of one portal, in the order in which they came into it (contract 003).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sqlx::query_as;

use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{
        id::{TenantId, UserId},
        timestamp::Timestamp,
    },
};

/// What is read of a person; $1 is the portal.
macro_rules! people {
    ($rest:literal) => {
        concat!(
            "select u.id, u.first_name, u.last_name, u.login, m.last_sign_in_at, m.created_at as came_at
        from memberships m cross join users u
        where m.tenant_id = $1 and m.kind = 'human' and u.id = m.user_id and ",
            $rest
        )
    };
}

statements! {
    PAGE = people!("(m.created_at, m.user_id) > ($2, $3) order by m.created_at, m.user_id limit $4");
    ONE = people!("m.user_id = $2");
}

/// A person of a portal.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PortalUser {
    /// UUIDv7.
    pub id: UserId,
    /// First name.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// What they sign in with, which is their address.
    pub login: String,
    /// When they last signed in to the portal.
    pub last_sign_in_at: Option<Timestamp>,
    /// When they came into it.
    pub came_at: Timestamp,
}

/// A place in the list: the row that was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    came_at: Timestamp,
    id: UserId,
}

impl Place {
    /// Before everybody.
    pub const START: Self = Self { came_at: Timestamp(i64::MIN), id: UserId(uuid::Uuid::nil()) };

    /// As text for a URL.
    #[must_use]
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}|{}", self.came_at.0, self.id))
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let said = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (came_at, id) = said.split_once('|')?;
        let place = Self { came_at: Timestamp(came_at.parse().ok()?), id: id.parse().ok()? };
        (place.encode() == text).then_some(place)
    }
}

/// At most so many people after a place, and the place to go on from if there are more. One statement, however many they are.
pub async fn list(
    ctx: &Ctx,
    portal: TenantId,
    (after, limit): (Place, i64),
) -> Result<(Vec<PortalUser>, Option<Place>)> {
    ctx.require(Action::ReadUser)?;
    let conn = &mut *ctx.read().await?;
    let mut people: Vec<PortalUser> = on!(conn, |c| query_as(PAGE)
        .bind(portal)
        .bind(after.came_at)
        .bind(after.id)
        .bind(limit + 1)
        .fetch_all(c)
        .await?);
    let has_more = people.len() as i64 > limit;
    people.truncate(limit as usize);
    let last = people.last().filter(|_| has_more).map(|last| Place { came_at: last.came_at, id: last.id });
    Ok((people, last))
}

/// Somebody of the portal.
pub async fn read(ctx: &Ctx, portal: TenantId, id: UserId) -> Result<PortalUser> {
    ctx.require(Action::ReadUser)?;
    of(&mut *ctx.read().await?, portal, id).await
}

/// Somebody of the portal, for whoever just let them in or may remove them. Programs are nobody.
pub async fn of(conn: &mut Conn, portal: TenantId, id: UserId) -> Result<PortalUser> {
    let found: Option<PortalUser> = on!(conn, |c| query_as(ONE).bind(portal).bind(id).fetch_optional(c).await?);
    found.ok_or(Error::NotFound("user"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_in_no_other_way() {
        let place = Place { came_at: Timestamp(1_776_496_500_000), id: UserId(uuid::Uuid::from_u128(7)) };
        assert!(place.encode().starts_with("MTc3NjQ5"));
        assert_eq!(Place::decode(&place.encode()), Some(place));
        assert_eq!(Place::decode(&Place::START.encode()), Some(Place::START));
        let spelt = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let other = spelt(&format!("+1|{}", place.id));
        let padded = format!("{}=", place.encode());
        for wrong in ["", "%%%", "MQ", &spelt("1|x"), &spelt("1"), &other, &padded] {
            assert_eq!(Place::decode(wrong), None, "{wrong}");
        }
    }
}
