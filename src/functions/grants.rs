//! Access that people and groups are given.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::would;
use super::{Answer, form::Form};
use crate::model::{forms::GrantForm, id::GrantId};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        change::Target,
        commands::run,
        grants::{
            give,
            input::{GrantUpdate, NewGrant, What},
            terms,
        },
        parse::seen,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        times::typed_moment,
        visit::{ctx, done, to},
    },
    model::{error::FieldErrors, permission::Permission},
};

/// Gives access.
#[server(prefix = "/fn", endpoint = "grants/give", input = Post<Form>)]
pub async fn give_access(form: GrantForm) -> Answer {
    let holder = if form.user.is_empty() { format!("/groups/{}", form.group) } else { format!("/users/{}", form.user) };
    let (give, begun) = given(form)?;
    run(&ctx(), give).await?;
    done(&to(holder), if begun { Done::AccessGiven } else { Done::AccessToCome }, 1);
    Ok(())
}

/// What giving it would do.
#[server(prefix = "/fn", endpoint = "grants/give/preview", input = Post<Form>)]
pub async fn preview_give_access(form: GrantForm) -> Answer<String> {
    would(&given(form)?.0).await
}

/// Changes how long access lasts.
#[server(prefix = "/fn", endpoint = "grants/change", input = Post<Form>)]
pub async fn change_access(id: GrantId, form: GrantForm) -> Answer {
    let target = run(&ctx(), changed(id, form)?).await?;
    done(&page_of(&target), Done::AccessChanged, 1);
    Ok(())
}

/// What changing it would do.
#[server(prefix = "/fn", endpoint = "grants/change/preview", input = Post<Form>)]
pub async fn preview_change_access(id: GrantId, form: GrantForm) -> Answer<String> {
    would(&changed(id, form)?).await
}

/// Gives something else in its place.
#[server(prefix = "/fn", endpoint = "grants/replace", input = Post<Form>)]
pub async fn replace_access(id: GrantId, form: GrantForm) -> Answer {
    let target = run(&ctx(), replaced(id, &form)?).await?;
    done(&page_of(&target), Done::AccessChanged, 1);
    Ok(())
}

/// What replacing it would do.
#[server(prefix = "/fn", endpoint = "grants/replace/preview", input = Post<Form>)]
pub async fn preview_replace_access(id: GrantId, form: GrantForm) -> Answer<String> {
    would(&replaced(id, &form)?).await
}

/// Ends access now.
#[server(prefix = "/fn", endpoint = "grants/take", input = Post<Form>)]
pub async fn take_access(id: GrantId, version: String) -> Answer {
    let target = run(&ctx(), give::RemoveAccess { grant: id, version: seen(&version)? }).await?;
    done(&page_of(&target), Done::AccessTaken, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    GiveAccess: Needs(&[Permission::UsersUpdateRoles]);
    PreviewGiveAccess: Needs(&[Permission::UsersUpdateRoles]);
    ChangeAccess: Needs(&[Permission::UsersUpdateRoles]);
    PreviewChangeAccess: Needs(&[Permission::UsersUpdateRoles]);
    ReplaceAccess: Needs(&[Permission::UsersUpdateRoles]);
    PreviewReplaceAccess: Needs(&[Permission::UsersUpdateRoles]);
    TakeAccess: Needs(&[Permission::UsersUpdateRoles]);
}

/// What the form gives, and whether it counts at once.
#[cfg(feature = "ssr")]
fn given(form: GrantForm) -> Answer<(give::GiveAccess, bool)> {
    let ctx = ctx();
    let grant = NewGrant::parse(&in_utc(form), ctx.now())?;
    let begun = grant.from.is_none_or(|from| from <= ctx.now());
    Ok((give::GiveAccess::new(GrantId(ctx.id()), grant), begun))
}

#[cfg(feature = "ssr")]
fn changed(grant: GrantId, form: GrantForm) -> Answer<terms::ChangeAccess> {
    let update = GrantUpdate::parse(&in_utc(form), ctx().now())?;
    Ok(terms::ChangeAccess { grant, update })
}

#[cfg(feature = "ssr")]
fn replaced(grant: GrantId, form: &GrantForm) -> Answer<give::ReplaceAccess> {
    let role = form.role.parse().map_err(|_| FieldErrors::one("role", "choose a role of the list"))?;
    Ok(give::ReplaceAccess::by(grant, seen(&form.version)?, What::Role(role)))
}

/// Its moments as the domain reads them.
#[cfg(feature = "ssr")]
fn in_utc(form: GrantForm) -> GrantForm {
    GrantForm { from: typed_moment(&form.from), until: typed_moment(&form.until), ..form }
}

/// The page of whoever holds a grant.
#[cfg(feature = "ssr")]
fn page_of(target: &Target) -> String {
    match target.kind {
        "group" => to(format_args!("/groups/{}", target.id)),
        _ => to(format_args!("/users/{}", target.id)),
    }
}
