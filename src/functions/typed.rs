//! What forms of credentials hold, as the domain reads it: several texts are typed into one field, and times by the reader's
//! clock.

use crate::{
    domain::ctx::Ctx,
    http::times::typed_moment,
    model::forms::{ClientForm, KeyForm, TokenForm},
};

/// The texts of a field, which blanks keep apart.
fn texts(typed: &[String]) -> Vec<String> {
    typed.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
}

/// The tenant of the address, or the chosen one where that is everywhere.
fn tenant(ctx: &Ctx, chosen: &str) -> String {
    ctx.tenant().map_or_else(|| chosen.to_owned(), |own| own.to_string())
}

/// A form of client credentials.
pub fn client(ctx: &Ctx, form: ClientForm) -> ClientForm {
    ClientForm {
        tenant: tenant(ctx, &form.tenant),
        services: texts(&form.services),
        groups: texts(&form.groups),
        allowed_from: texts(&form.allowed_from),
        expires: typed_moment(&form.expires),
        ..form
    }
}

/// A form of a token.
pub fn token(ctx: &Ctx, form: TokenForm) -> TokenForm {
    TokenForm {
        tenant: tenant(ctx, &form.tenant),
        permissions: texts(&form.permissions),
        allowed_from: texts(&form.allowed_from),
        expires: typed_moment(&form.expires),
        ..form
    }
}

/// A form of a service key or a key pair.
pub fn key(ctx: &Ctx, form: KeyForm) -> KeyForm {
    KeyForm {
        tenant: tenant(ctx, &form.tenant),
        roles: texts(&form.roles),
        permissions: texts(&form.permissions),
        allowed_from: texts(&form.allowed_from),
        expires: typed_moment(&form.expires),
        ..form
    }
}
