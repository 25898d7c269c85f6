//! Giving access tokens, and refresh tokens with them, and ending them.

use serde_json::json;

use super::access_store::{self as store, NewAccess, Whose};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        calling::{CallingClient, Proof},
        change::{Change, Target},
        clients,
        clock::exact,
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Refused, Result},
        secrets::{new_token, token_hash},
    },
    model::{
        id::{GroupId, TokenId, UserId},
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// How long an access token works, in seconds (contract 000).
pub const LIFETIME: i64 = 3600;
/// How long a refresh token works, in seconds: two weeks (contract 001).
pub const REFRESH_LIFETIME: i64 = 14 * 24 * 60 * 60;
/// How long one sign-in buys refresh tokens, one after the other, in seconds: ninety days (ASVS 5.0, 10.4.8).
pub const REFRESHED_FOR: i64 = 90 * 24 * 60 * 60;

/// An access or a refresh token, as the program that asked for it is told once.
#[derive(Debug)]
pub struct Issued {
    /// Its id.
    pub id: TokenId,
    /// What is carried.
    pub token: String,
    /// What it may be used for, as words (RFC 6749, 3.3).
    pub scope: String,
    /// Since when it works.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Gives the calling program an access token: for all that it may do, or for some of it.
#[derive(Debug)]
pub struct IssueAccess {
    /// The words of the scope that is asked for; all without any.
    pub scope: Vec<String>,
}

impl Command for IssueAccess {
    const ACTION: Action = Action::IssueToken;
    type Done = Issued;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Issued>> {
        let client = ctx.client()?;
        // An access token buys no other.
        let Proof::Secret(secret) = client.by else {
            return Err(Error::Unauthenticated);
        };
        let groups = clients::store::groups(tx, client.id).await?;
        let scope = narrowed(scopes(client, groups.into_iter().map(|(id, _)| id)), &self.scope)?;
        let whose = Whose::Client(client.id, client.tenant);
        let ends = ctx.now().plus_seconds(LIFETIME);
        let issued = issue(ctx, tx, (TokenKind::Access, whose), (scope, ends, None)).await?;
        store::used(tx, secret, ctx.now()).await?;
        let change = Change::new(Self::ACTION, Target::client(client.id, &client.name))
            .of(Some(client.tenant))
            .after(json!({ "scope": issued.scope, "until": exact(issued.expires_at) }));
        Ok(Applied::changed(issued, change))
    }
}

/// Gives somebody who signed in an access token: for all that they may do, wherever.
pub async fn issue_to(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<Issued> {
    let ends = ctx.now().plus_seconds(LIFETIME);
    issue(ctx, tx, (TokenKind::Access, Whose::User(user)), (String::new(), ends, None)).await
}

/// Gives somebody who signed in then what they change for another access token once that is over, without their password. What
/// they change it for ends for good a while after they signed in.
pub async fn issue_refresh(ctx: &Ctx, tx: &mut Tx, user: UserId, begun_at: Timestamp) -> Result<Issued> {
    let ends = ctx.now().plus_seconds(REFRESH_LIFETIME).min(begun_at.plus_seconds(REFRESHED_FOR));
    issue(ctx, tx, (TokenKind::Refresh, Whose::User(user)), (String::new(), ends, Some(begun_at))).await
}

/// Uses a refresh token up, and says whose login it was for, and when they signed in; `None` of one that is none, over or
/// used.
pub async fn take_refresh(ctx: &Ctx, tx: &mut Tx, token: &str) -> Result<Option<(String, Timestamp)>> {
    Ok(store::take_refresh(tx, &token_hash(token), ctx.now()).await?)
}

async fn issue(
    ctx: &Ctx,
    tx: &mut Tx,
    (kind, whose): (TokenKind, Whose),
    (scope, expires_at, begun_at): (String, Timestamp, Option<Timestamp>),
) -> Result<Issued> {
    let (id, token, now) = (TokenId(ctx.id()), format!("{}{}", kind.prefix(), new_token()), ctx.now());
    let hash = token_hash(&token);
    store::insert(tx, &NewAccess { id, kind, whose, scope: &scope, hash: &hash, now, expires_at, begun_at }).await?;
    Ok(Issued { id, token, scope, created_at: now, expires_at })
}

/// All that a program may ask for: its tenant, its role, and each of its groups (contract 000, rule 3).
fn scopes(client: &CallingClient, groups: impl Iterator<Item = GroupId>) -> Vec<String> {
    let tenant = format!("dpod.tuid.{}", client.tenant);
    let groups = groups.map(|group| format!("{tenant}.sguid.{group}"));
    [tenant.clone(), client.role.scope()].into_iter().chain(groups).collect()
}

/// What is asked for of all there is, in the order of all there is. What isn't there can't be asked for.
fn narrowed(all: Vec<String>, asked: &[String]) -> Result<String> {
    if asked.iter().any(|word| !all.contains(word)) {
        return Err(Refused::Scope.into());
    }
    let fits = |word: &String| asked.is_empty() || asked.contains(word);
    Ok(all.into_iter().filter(fits).collect::<Vec<_>>().join(" "))
}

/// Removes access and refresh tokens that are over.
pub async fn sweep(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    Ok(store::sweep(tx, ctx.now()).await?)
}

/// Ends an access token of the calling program. One that is none, or another's, is no error (RFC 7009, 2.2).
#[derive(Debug)]
pub struct RevokeAccess {
    hash: Vec<u8>,
}

impl RevokeAccess {
    /// Of this token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self { hash: token_hash(token) }
    }
}

impl Command for RevokeAccess {
    const ACTION: Action = Action::RevokeToken;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let client = ctx.client()?;
        if !store::delete(tx, &self.hash, client.id).await? {
            return Ok(Applied::unchanged(()));
        }
        let change = Change::new(Self::ACTION, Target::client(client.id, &client.name)).of(Some(client.tenant));
        Ok(Applied::changed((), change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::error::Error;

    #[test]
    fn what_is_asked_for_is_of_what_there_is() {
        let all = || vec!["a".to_owned(), "b".to_owned()];
        let narrow = |asked: &[&str]| narrowed(all(), &asked.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(narrow(&[]).unwrap(), "a b");
        assert_eq!(narrow(&["b", "a"]).unwrap(), "a b");
        assert_eq!(narrow(&["b"]).unwrap(), "b");
        assert!(matches!(narrow(&["b", "c"]), Err(Error::Refused(Refused::Scope))));
    }
}
