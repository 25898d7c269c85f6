//! The SQL of account tokens as programs of their account see them.

use sqlx::query_as;

use crate::{
    db::{Conn, Result, on, statements},
    model::{
        id::{TenantId, TokenId},
        timestamp::Timestamp,
    },
};

statements! {
    /// All of an account, or the one with this number. Where nobody made it who is there, it is the owner's of the account.
    OF_ACCOUNT = "select t.id, t.number, t.name, t.audience, t.scope, u.login, coalesce(
            (select c.login from users c where c.id = t.created_by),
            (select o.login from memberships m join users o on o.id = m.user_id
                where m.tenant_id = t.tenant_id and m.is_owner)) as owner,
            t.disabled_at, t.expires_at, t.version, t.created_at, t.updated_at
        from tokens t join users u on u.id = t.user_id
        where t.tenant_id = $1 and t.kind = 'account' and (cast($2 as bigint) is null or t.number = $2)
        order by t.number";
}

/// An account token.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountToken {
    /// UUIDv7.
    pub id: TokenId,
    /// What programs know it by.
    pub number: i64,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub audience: String,
    /// What it says that it may.
    pub scope: String,
    /// The login of whom it acts for.
    pub login: String,
    /// The login of whoever made it, or of the account's owner.
    pub owner: Option<String>,
    /// When it was locked out.
    pub disabled_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

/// The tokens of an account in the order of their numbers, or the one with this number.
pub async fn of_account(conn: &mut Conn, account: TenantId, number: Option<i64>) -> Result<Vec<AccountToken>> {
    Ok(on!(conn, |c| query_as(OF_ACCOUNT).bind(account).bind(number).fetch_all(c).await?))
}
