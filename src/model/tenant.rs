//! What tenants and memberships can be.

use super::words::words;

words! {
    /// What a tenant is for the families of the API.
    TenantKind {
        /// The one that exists from set-up.
        Root = "root",
        /// An organisation.
        Standard = "standard",
        /// A portal of an organisation.
        Portal = "portal",
        /// A mail domain of an organisation.
        Domain = "domain",
        /// Whoever looks after other organisations.
        Reseller = "reseller",
    }
}

words! {
    /// Whether a tenant is real.
    TenantType {
        /// Real work.
        Production = "production",
        /// For trying things out.
        Test = "test",
    }
}

words! {
    /// Whether somebody belongs to a tenant.
    MembershipStatus {
        /// Invited.
        Pending = "pending",
        /// Belongs to it.
        Active = "active",
        /// Belongs to it, and may do nothing there.
        Inactive = "inactive",
    }
}

impl MembershipStatus {
    /// The tag's tone: always beside the word, never instead of it.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Active => "tag good",
            Self::Pending => "tag warn",
            Self::Inactive => "tag bad",
        }
    }
}
