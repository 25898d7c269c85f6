//! Tokens of people: the list, one of them, making and deleting.

pub mod detail;
pub mod list;
pub mod new;

use crate::{
    domain::{tokens::store::Token, usage::UsedLately},
    http::visit::{to, visit},
    model::{permission::Permission, token::TokenKind},
    pages::credentials::table::Line,
};

/// The list's path in the console, and what it is called.
const LIST: (&str, &str) = ("/tokens", "Tokens");
/// What a token is sent as; there is nothing beside it.
const LABELS: (&str, &str) = ("Token", "");

/// A token, or a service key, as a list shows it.
pub fn line(token: Token, used: &UsedLately) -> Line {
    let ctx = visit().ctx.clone();
    let pages = if token.kind == TokenKind::ServiceKey { "/keys" } else { "/tokens" };
    let link = |may: bool, path: String| may.then(|| to(path));
    let user = link(ctx.may(Permission::UsersRead), format!("/users/{}", token.user_id));
    let mut whom = vec![("", user, token.user_name.clone())];
    if let (None, Some(tenant), Some(name)) = (ctx.tenant(), token.tenant_id, &token.tenant_name) {
        let tenant = link(ctx.may(Permission::TenantsRead), format!("/tenants/{tenant}"));
        whom.push((" in ", tenant, name.clone()));
    }
    Line {
        href: to(format_args!("{pages}/{}", token.id)),
        kind: token.kind.label().to_owned(),
        whom,
        life: token.life(used.of(token.id.0)),
        from: seen_from(&token),
        name: token.name,
    }
}

/// From where it was last used: where other people are is shown to those alone who may see their addresses.
pub fn seen_from(token: &Token) -> Option<String> {
    let ctx = &visit().ctx;
    let shown =
        token.kind == TokenKind::ServiceKey || ctx.user_id() == Some(token.user_id) || ctx.may(Permission::DataUnmask);
    token.last_used_from.clone().filter(|_| shown)
}
