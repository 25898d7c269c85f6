//! The grant that a page is about.

use crate::{
    domain::{
        change::Target,
        error::Result,
        grants::{self, store::Grant},
        roles,
    },
    http::visit::{ctx, named},
    model::fields::Fields,
};

/// A grant, by name.
#[derive(Debug)]
pub struct About {
    /// The grant itself.
    pub grant: Grant,
    /// Whoever holds it.
    pub target: Target,
    /// The role or the permission that it gives.
    pub name: String,
}

impl About {
    /// Loads the grant that the page's address names.
    pub async fn load() -> Result<Self> {
        let ctx = ctx();
        let (grant, target) = grants::queries::find(&ctx, named("id", "grant")?).await?;
        let role = match &grant.role_id {
            Some(role) => roles::store::find(ctx.tenant(), &mut *ctx.read().await?, role).await?.map(|role| role.name),
            None => None,
        };
        let name = role.or(grant.permission.clone()).unwrap_or_default();
        Ok(Self { grant, target, name })
    }

    /// What every form about it says: which one it is, and the version that the reader looks at.
    #[must_use]
    pub fn fields(&self) -> Fields {
        Fields::default().with("id", self.grant.id.to_string()).with("version", self.grant.version.to_string())
    }
}
