//! What client credentials may be used for.

use super::{permission::PermissionSet, words::words};

words! {
    /// The role of client credentials: fixed sets, because programs ask for them by these names.
    ClientRole {
        /// Looks after people and credentials.
        ApiSpadmin = "api_spadmin",
        /// Works for its groups.
        ApiAppowner = "api_appowner",
        /// Stands for services, and may do nothing here.
        ApiService = "api_service",
    }
}

impl ClientRole {
    /// What credentials of this role may do in their tenant.
    #[must_use]
    pub fn permissions(self) -> PermissionSet {
        match self {
            Self::ApiSpadmin => PermissionSet::from_patterns([
                "users.add",
                "users.read",
                "users.list",
                "users.update",
                "users.update-roles",
                "users.password-reset",
                "users.enable",
                "users.delete",
                "users.revoke",
                "credentials.*",
            ]),
            Self::ApiAppowner => PermissionSet::from_patterns(["groups.read"]),
            Self::ApiService => PermissionSet::NONE,
        }
    }

    /// The scope that its access tokens carry.
    #[must_use]
    pub fn scope(self) -> String {
        format!("dpod.tenant.{}", self.word())
    }
}
