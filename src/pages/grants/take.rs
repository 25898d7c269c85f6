//! `/admin/grants/{id}/take`: ending access now.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Crumb, about::About, page_of};
use crate::{
    domain::{action::Action, commands::preview::preview, grants::give::RemoveAccess},
    functions::grants::TakeAccess,
    http::visit::ctx,
    pages::{Page, form::FormState, layout::Console, parts::Confirm},
};

/// `/admin/grants/{id}/take`
pub async fn page() -> Page {
    let ctx = ctx();
    ctx.require(Action::Take)?;
    let about = About::load().await?;
    let effect = preview(&ctx, &RemoveAccess { grant: about.grant.id, version: about.grant.version }).await?;
    let state = FormState::asking(TakeAccess::PATH, about.fields());
    let About { target, name, .. } = about;
    let back = page_of(&target);
    Ok(view! {
        <Console title="Remove access">
            <Crumb target=target.clone() here="Remove access"/>
            <div class="head"><div><h1>"Remove "{name}" from "<bdi>{target.name}</bdi>"?"</h1></div></div>
            <Confirm function=TakeAccess::PATH state fields=&["id"] effect button="Remove access" back
                sentence="It counts from their next request. You can undo it afterwards."/>
        </Console>
    }
    .into_any())
}
