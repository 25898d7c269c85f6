//! What a person is called, by what they are found, and whose a login is.

use super::input::Profile;
use crate::{
    db::{Conn, on, statements},
    domain::{
        error::Result,
        names::{self, keys::UserKeys},
    },
};

statements! {
    IS_LOGIN = "select login from users where login = $1";
}

/// The ways in which a display name is made of the first and the last name, by region.
const WAYS: [fn(&str, &str) -> String; 3] = [
    |first, last| format!("{first} {last}"),
    |first, last| format!("{last} {first}"),
    |first, last| format!("{last}{first}"),
];

impl Profile {
    /// What is stored to find them by.
    #[must_use]
    pub fn keys(&self) -> UserKeys {
        UserKeys::of([&self.display_name, &self.first_name, &self.last_name], self.email.as_str())
    }

    /// Where people reach them.
    #[must_use]
    pub fn reached_at(&self) -> &str {
        self.contact.as_ref().unwrap_or(&self.email).as_str()
    }

    /// A display name that was made of the other two, and was left as it was in the form, is made of the new ones.
    pub fn follow_names(&mut self, before: &Self) {
        let made = |way: &fn(&str, &str) -> String, of: &Self| way(&of.first_name, &of.last_name).trim().to_owned();
        let way = WAYS.iter().find(|way| made(way, before) == before.display_name);
        if let Some(way) = way.filter(|_| self.display_name == before.display_name) {
            self.display_name = made(way, self);
        }
    }
}

/// The stored login that somebody means. There is one form now; whoever was stored in another because somebody else has
/// that form is found by what they always typed.
pub async fn stored_login(conn: &mut Conn, typed: &str) -> Result<String> {
    let (login, older) = (names::address::login(typed), names::address::as_typed(typed));
    if login == older {
        return Ok(login);
    }
    let known: Option<String> = on!(conn, |c| sqlx::query_scalar(IS_LOGIN).bind(older).fetch_optional(c).await?);
    Ok(known.unwrap_or(login))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::Email;

    fn profile(first: &str, last: &str, display: &str) -> Profile {
        let email = Email::stored("ada@example.com");
        Profile {
            first_name: first.into(),
            last_name: last.into(),
            display_name: display.into(),
            email,
            contact: None,
            phone: None,
            locale: "en_US".into(),
        }
    }

    #[test]
    fn a_display_name_that_was_made_of_the_names_follows_them() {
        for (before, after) in
            [("Ada Byron", "Ada King"), ("Byron Ada", "King Ada"), ("ByronAda", "KingAda"), ("Countess", "Countess")]
        {
            let mut changed = profile("Ada", "King", before);
            changed.follow_names(&profile("Ada", "Byron", before));
            assert_eq!(changed.display_name, after);
        }
        let mut typed = profile("Ada", "King", "Lady King");
        typed.follow_names(&profile("Ada", "Byron", "Ada Byron"));
        assert_eq!(typed.display_name, "Lady King");
    }
}
