//! From where somebody is let in: on pages, and with every token of theirs (contract 001, rule 8).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::query_scalar;

use super::{guards, queries::require};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        access::administrators,
        action::Action,
        bounds::network,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Refused, Result},
        mask::LET_IN_FROM,
    },
    model::{error::FieldErrors, id::UserId},
};

statements! {
    ALLOWLIST = "select ip_allowlist from users where id = $1";
    SET_ALLOWLIST = "update users set ip_allowlist = $2, version = version + 1, updated_at = $3 where id = $1";
}

/// More than anybody names.
const MOST: usize = 100;

/// Addresses and networks, as they were said; everywhere, where none is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowlist(Vec<String>);

impl Allowlist {
    /// Reads addresses and networks, like `192.0.2.7` and `2001:db8::/32`, each once.
    pub fn parse(texts: &[String]) -> std::result::Result<Self, String> {
        if texts.len() > MOST {
            return Err(format!("must name at most {MOST} addresses and networks"));
        }
        let mut once: Vec<String> = Vec::with_capacity(texts.len());
        for text in texts.iter().map(|text| text.trim()) {
            if network(text).is_none() {
                return Err(format!("{text} is no address or network"));
            }
            if !once.iter().any(|other| other == text) {
                once.push(text.to_owned());
            }
        }
        Ok(Self(once))
    }

    /// Reads what was typed into the field `networks`, with blanks between them.
    pub fn typed(text: &str) -> std::result::Result<Self, FieldErrors> {
        let texts: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Self::parse(&texts).map_err(|message| FieldErrors::one("networks", message))
    }

    /// What was stored.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// As it was said.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.0
    }

    fn text(&self) -> String {
        json!(self.0).to_string()
    }
}

/// Whether somebody whose list is stored as `text` is let in from there. A list that can't be read opens nothing, and where
/// there is one, nobody without an address is in it.
#[must_use]
pub fn admits(text: &str, address: Option<IpAddr>) -> bool {
    let Ok(texts) = serde_json::from_str::<Vec<String>>(text) else {
        return false;
    };
    let is_in = |address: IpAddr| texts.iter().filter_map(|text| network(text)).any(|known| known.contains(&address));
    texts.is_empty() || address.is_some_and(|address| is_in(address.to_canonical()))
}

/// From where somebody is let in.
pub async fn of(conn: &mut Conn, user: UserId) -> Result<Allowlist> {
    let text: Option<String> = on!(conn, |c| query_scalar(ALLOWLIST).bind(user).fetch_optional(c).await?);
    Ok(Allowlist::stored(text.as_deref().unwrap_or("[]")))
}

/// Says from where somebody is let in; refuses if it isn't `from` any more. It ends nothing: every request is looked at anew.
/// The last administrator doesn't lock themselves out: nobody could let them in again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetAllowlist {
    /// Whom.
    pub user: UserId,
    /// What it is.
    pub from: Allowlist,
    /// What it shall be.
    pub to: Allowlist,
}

impl Command for SetAllowlist {
    const ACTION: Action = Action::SetAllowlist;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = require(ctx, tx, self.user).await?;
        guards::require_not_above_caller(ctx, tx, user.id).await?;
        if of(tx, user.id).await? != self.from {
            return Err(Error::Stale);
        }
        if self.from == self.to {
            return Ok(Applied::unchanged(()));
        }
        if ctx.user_id() == Some(user.id)
            && !admits(&self.to.text(), ctx.origin.address)
            && administrators::is_last(ctx, tx, user.id).await?
        {
            return Err(Refused::LastAdministrator.into());
        }
        let now = ctx.now();
        on!(tx, |c| sqlx::query(SET_ALLOWLIST)
            .bind(user.id)
            .bind(self.to.text())
            .bind(now)
            .execute(c)
            .await?
            .rows_affected());
        let state = |list: &Allowlist| json!({ LET_IN_FROM: list.texts().join(" ") });
        let back = Self { user: user.id, from: self.to.clone(), to: self.from.clone() };
        let change =
            Change::new(Self::ACTION, user.target()).before(state(&self.from)).after(state(&self.to)).undo(&back);
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for SetAllowlist {
    const KIND: &'static str = "set-allowlist";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_kept_as_it_was_said_and_lets_in_whom_it_names() {
        let texts = ["10.0.0.0/8", "2001:db8::1", "10.0.0.0/8"].map(str::to_owned);
        let list = Allowlist::parse(&texts).unwrap();
        assert_eq!(list.texts(), ["10.0.0.0/8", "2001:db8::1"]);
        assert_eq!(Allowlist::stored(&list.text()), list);
        let from = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert!(admits(&list.text(), from("10.9.8.7")) && admits(&list.text(), from("::ffff:10.0.0.9")));
        assert!(!admits(&list.text(), from("11.0.0.1")) && !admits(&list.text(), None));
        let mapped = Allowlist::parse(&["::ffff:10.0.0.0/104".to_owned()]).unwrap();
        assert!(admits(&mapped.text(), from("10.0.0.9")) && !admits(&mapped.text(), from("11.0.0.9")));
        assert!(admits("[]", None) && !admits("nonsense", from("10.0.0.1")));
        assert!(Allowlist::parse(&["10.0.0".to_owned()]).is_err());
        assert!(Allowlist::parse(&vec!["10.0.0.1".to_owned(); 101]).is_err());
    }
}
