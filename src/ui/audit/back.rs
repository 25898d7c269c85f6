//! Where a reader goes after something was undone: back to the page where they asked for it, if it is still there.

use crate::{
    domain::{ctx::Ctx, error::Error, grants, groups, roles, tenants, users},
    model::fields::Fields,
    server::request::safe_next,
};

const LOG: &str = "/admin/audit";

/// The page of ours that a form names to go back to.
pub fn asked(form: &Fields) -> Option<&str> {
    safe_next(form.text("back")).filter(|path| path.starts_with("/admin/"))
}

/// That page, or the log where it is gone now.
pub async fn landing(ctx: &Ctx, form: &Fields) -> String {
    match asked(form) {
        Some(path) if is_there(ctx, path).await => path.to_owned(),
        _ => LOG.to_owned(),
    }
}

/// Whether what a path names is still there, and the reader may see it. A list always is.
async fn is_there(ctx: &Ctx, path: &str) -> bool {
    let mut parts = path.strip_prefix("/admin/").unwrap_or_default().split(['/', '?', '#']);
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
