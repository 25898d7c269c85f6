//! What programs may ask about tokens.

use super::{caller::carried, store::Access};
use crate::domain::{ctx::Ctx, error::Result};

/// What a token stands for, as the calling program may know it: whatever is of its own tenant (RFC 7662). `None` for one
/// that doesn't work, for what is no token, and for another tenant's: nobody tries out tokens that are not for them.
pub async fn introspect(ctx: &Ctx, token: &str) -> Result<Option<Access>> {
    let client = ctx.client()?;
    let conn = &mut *ctx.read().await?;
    Ok(carried(ctx, conn, token).await?.filter(|access| access.tenant_id == client.tenant))
}
