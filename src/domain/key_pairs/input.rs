//! What is asked of key pairs, parsed.

use crate::{
    domain::{
        bounds::{self, AllowedFrom},
        input::Problems,
        parse::filled,
    },
    model::{error::FieldErrors, forms::KeyForm, id::TenantId, timestamp::Timestamp},
};

/// Characters of a name.
pub const NAME_MAX: usize = 100;

/// A key pair to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKeyPair {
    /// The tenant that it belongs to.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// Patterns of what it may do at most; everything where none was named (decision 0022).
    pub permissions: Vec<String>,
    /// The networks that it is taken from.
    pub allowed_from: AllowedFrom,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

impl NewKeyPair {
    /// Reads what was typed.
    pub fn parse(form: &KeyForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let tenant = form.tenant.parse().map_err(|_| "choose a tenant of the list".to_owned());
        let tenant = problems.check("tenant", tenant);
        let name = problems.check("name", name(&form.name));
        let permissions = problems.check("permissions", bounds::permissions(&form.permissions, &["*.*"]));
        let allowed_from = problems.check("allowed_from", AllowedFrom::parse(&form.allowed_from));
        let expires_at = bounds::end(&mut problems, &form.expires);
        if !form.roles.is_empty() {
            problems.refuse("roles", "only service keys have roles");
        }
        let pair = tenant.zip(name).zip(permissions).zip(allowed_from).zip(expires_at);
        problems.finish(pair.map(|((((tenant, name), permissions), allowed_from), expires_at)| Self {
            tenant,
            name,
            permissions,
            allowed_from,
            expires_at,
        }))
    }
}

/// What people call a key.
pub fn name(text: &str) -> Result<String, String> {
    filled(text, NAME_MAX, "enter a name")
}
