//! Where somebody works, and where a grant counts.

use super::{id::TenantId, words::words};

words! {
    /// Where what is given to somebody everywhere counts.
    TenantScope {
        /// In the tenants that they belong to.
        List = "list",
        /// In every tenant.
        Any = "any",
        /// In every tenant of type test.
        Test = "type_test",
    }
}

/// One tenant, or the whole installation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole installation: every tenant, and what belongs to none.
    #[default]
    Everywhere,
    /// One tenant. What belongs to another is not there.
    Tenant(TenantId),
}

impl Scope {
    /// As the database keeps it: no tenant means everywhere.
    #[must_use]
    pub const fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Everywhere => None,
            Self::Tenant(tenant) => Some(tenant),
        }
    }
}

impl From<Option<TenantId>> for Scope {
    fn from(tenant: Option<TenantId>) -> Self {
        tenant.map_or(Self::Everywhere, Self::Tenant)
    }
}
