//! What contract 004 answers with.

use serde_json::{Value, json};

use crate::{
    domain::{
        clock::to_the_millisecond,
        tokens::of_accounts::AccountToken,
        users::{of_domains::DomainUser, store::User},
    },
    model::timestamp::Timestamp,
};

/// TokenInfo.
pub fn token(token: &AccountToken, account: &str, now: Timestamp) -> Value {
    json!({
        "id": token.number,
        "name": token.name,
        "scope": token.scope,
        "owner": token.owner,
        "user": token.login,
        "audience": token.audience,
        "token_type": "Bearer",
        "active": token.disabled_at.is_none(),
        "expiration": token.expires_at.map(to_the_millisecond),
        "account": account,
        "created": to_the_millisecond(token.created_at),
        "updated": to_the_millisecond(token.updated_at),
        // Up, so that 0 says that it is over.
        "expires_in_seconds": token.expires_at.map(|end| ((end.0 - now.0).max(0) + 999) / 1000),
    })
}

/// DomainUser.
pub fn user(user: &DomainUser, domain: &str) -> Value {
    json!({
        "email": user.login,
        "userName": user.display_name,
        "phone": user.phone,
        "role": user.roles.join(","),
        "domain": domain,
        "owner": user.is_owner,
        "status": user.status.word(),
    })
}

/// Person.
pub fn person(user: &User) -> Value {
    json!({ "email": user.login, "userName": user.display_name, "phone": user.phone, "id": user.id })
}
