//! `/admin/keys/{id}`: one service key, and what can be done.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST};
use crate::{
    domain::{
        action::Action, commands::preview::preview, commands::service_keys::service_key, tokens::store::Token,
        usage::used_lately, users::removal,
    },
    functions::{
        keys::DeleteKey,
        tokens::{DisableToken, EnableToken, RenameToken, RotateToken},
    },
    http::visit::{ctx, named, to},
    model::{id::TokenId, permission::Permission},
    pages::{
        Page,
        credentials::{
            delete::{self, Question},
            once::{Once, told},
            parts::{Another, Attention, Head, Locking, Renaming},
        },
        layout::Console,
        parts::Trail,
        tokens::detail::Facts,
    },
};

const ROTATING: &str =
    "The key before is refused at once, so have the program at hand that uses it. This can't be taken back.";
const DELETING: &str = "The key is refused from now on, and its account is deleted with it. The key can't be brought back: to \
    stop what uses it for a while, disable it.";

/// `/admin/keys/{id}`
pub async fn page() -> Page {
    let ctx = ctx();
    ctx.require(Action::ReadToken)?;
    let key = service_key(&ctx, named::<TokenId>("id", "key")?).await?;
    let used = used_lately(&ctx, [key.id.0]).await?.of(key.id.0);
    let (now, may, life) = (ctx.now(), ctx.may(Permission::TokensUpdate), key.life(used));
    let told = told(RotateToken::PATH);
    let (id, name, version) = (key.id, key.name.clone(), key.version);
    let place = key.tenant_name.clone().map(|name| view! { " in "<bdi>{name}</bdi> });
    let about = view! { "service key"{place} }.into_any();
    let may_delete = ctx.may(Permission::TokensDelete) && ctx.may(Permission::UsersDelete);
    let delete = may_delete.then(|| to(format_args!("/keys/{id}/delete")));
    Ok(view! {
        <Console title=name.clone()>
            <Trail list=LIST page=tenant(&key) here=name.clone()/>
            <Head name=name.clone() about delete>
                {may.then(|| view! { <Locking functions=(EnableToken::PATH, DisableToken::PATH) id=id.to_string() life/> })}
            </Head>
            {told.map(|told| view! { <Once told labels=LABELS/> })}
            <Attention life now/>
            <div class="cols">
                <div class="stack"><Facts token=key used life now/></div>
                {may.then(|| view! {
                    <div class="stack">
                        <Another function=RotateToken::PATH id=id.to_string() heading="Rotate" about=ROTATING button="Make another key"/>
                        <Renaming function=RenameToken::PATH id=id.to_string() name version/>
                    </div>
                })}
            </div>
        </Console>
    }
    .into_any())
}

/// The page of the tenant that it works in.
fn tenant(key: &Token) -> Option<(String, String)> {
    key.tenant_id.zip(key.tenant_name.clone()).map(|(id, name)| (to(format_args!("/tenants/{id}")), name))
}

/// `/admin/keys/{id}/delete`
pub async fn delete_page() -> Page {
    let (ctx, id) = (ctx(), named::<TokenId>("id", "key")?);
    ctx.require(Action::DeleteToken)?;
    let key = service_key(&ctx, id).await?;
    let effect = preview(&ctx, &removal::DeleteUser { user: key.user_id, unchanged: None }).await?;
    Ok(delete::page(Question {
        function: DeleteKey::PATH,
        list: LIST,
        noun: "service key",
        which: (id.to_string(), key.version),
        name: key.name,
        page: to(format_args!("/keys/{id}")),
        sentence: DELETING,
        effect,
    }))
}
