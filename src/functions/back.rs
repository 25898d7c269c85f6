//! Whether the page is still there that a reader comes back to after something was undone.

use crate::domain::{ctx::Ctx, error::Error, grants, groups, roles, tenants, users};

/// Whether what a path of the console names is there, and the reader may see it. A list always is.
pub async fn is_there(ctx: &Ctx, path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split(['/', '?', '#']);
    let (family, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let found: Result<(), Error> = match family {
        "users" => of(id, async |id| users::queries::find(ctx, id).await.map(drop)).await,
        "roles" => of(id, async |id| roles::queries::read(ctx, &id).await.map(drop)).await,
        "groups" => of(id, async |id| groups::queries::read(ctx, id).await.map(drop)).await,
        "tenants" => of(id, async |id| tenants::queries::read(ctx, id).await.map(drop)).await,
        "grants" => of(id, async |id| grants::queries::find(ctx, id).await.map(drop)).await,
        _ => Ok(()),
    };
    found.is_ok()
}

/// What stands in the place of an id and is none is the name of a page.
async fn of<Id: std::str::FromStr>(text: &str, find: impl AsyncFnOnce(Id) -> Result<(), Error>) -> Result<(), Error> {
    match text.parse() {
        Ok(id) => find(id).await,
        Err(_) => Ok(()),
    }
}
