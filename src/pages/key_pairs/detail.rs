//! `/admin/key-pairs/{id}`: one key pair, and what can be done.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST, reach};
use crate::{
    domain::{
        action::Action,
        attention::Life,
        commands::preview::preview,
        credentials::Credential,
        key_pairs::{
            credential::DeleteKeyPair as Delete,
            queries,
            store::{KeyPair, allowed},
        },
        usage::used_lately,
    },
    functions::key_pairs::{DeleteKeyPair, DisableKeyPair, EnableKeyPair, RenameKeyPair, RotateKeyPair},
    http::visit::{ctx, named, to},
    model::{
        id::KeyPairId,
        permission::{Permission, PermissionSet},
        timestamp::Timestamp,
    },
    pages::{
        Page,
        credentials::{
            delete::{self, Question},
            once::{Once, told},
            parts::{Another, Attention, Head, LifeFacts, Locking, Most, Renaming},
        },
        layout::Console,
        parts::Trail,
    },
};

const ROTATING: &str = "What is signed with the secret before is refused at once, so have the program at hand that uses it. The key stays. This \
    can't be taken back.";
const DELETING: &str = "What is signed with it is refused from now on. This can't be taken back: to stop what uses it for a \
    while, disable it.";

/// `/admin/key-pairs/{id}`
pub async fn page() -> Page {
    let ctx = ctx();
    let pair = queries::read(&ctx, named::<KeyPairId>("id", "key pair")?).await?;
    let used = used_lately(&ctx, [pair.id.0]).await?.of(pair.id.0);
    let (now, may, life) = (ctx.now(), ctx.may(Permission::CredentialsUpdate), pair.life(used));
    let told = told(RotateKeyPair::PATH);
    let (id, name, version) = (pair.id, pair.name.clone(), pair.version);
    let about = view! { "key pair in "<bdi>{pair.tenant_name.clone()}</bdi> }.into_any();
    let delete = ctx.may(Permission::CredentialsDelete).then(|| to(format_args!("/key-pairs/{id}/delete")));
    let tenant = Some((to(format_args!("/tenants/{}", pair.tenant_id)), pair.tenant_name.clone()));
    Ok(view! {
        <Console title=name.clone()>
            <Trail list=LIST page=tenant here=name.clone()/>
            <Head name=name.clone() about delete>
                {may.then(|| view! { <Locking functions=(EnableKeyPair::PATH, DisableKeyPair::PATH) id=id.to_string() life/> })}
            </Head>
            {told.map(|told| view! { <Once told labels=LABELS/> })}
            <Attention life now/>
            <div class="cols">
                <div class="stack"><Facts pair used life now/></div>
                {may.then(|| view! {
                    <div class="stack">
                        <Another function=RotateKeyPair::PATH id=id.to_string() heading="Rotate" about=ROTATING button="Make another secret"/>
                        <Renaming function=RenameKeyPair::PATH id=id.to_string() name version/>
                    </div>
                })}
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Facts(pair: KeyPair, used: PermissionSet, life: Life, now: Timestamp) -> impl IntoView {
    let reaches = reach(&pair);
    view! {
        <section class="card">
            <header><h2>"About"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"Key"</dt><dd class="mono">{pair.api_key}</dd>
                    <dt>"Reaches"</dt><dd>{reaches}</dd>
                    <Most bounds=allowed(&pair.permissions) used everything="all that can be done there"/>
                    <LifeFacts life from=pair.last_used_from allowed_from=pair.allowed_from now/>
                </dl>
            </div>
        </section>
    }
}

/// `/admin/key-pairs/{id}/delete`
pub async fn delete_page() -> Page {
    let (ctx, id) = (ctx(), named::<KeyPairId>("id", "key pair")?);
    ctx.require(Action::DeleteKeyPair)?;
    let pair = KeyPair::require(&ctx, &mut *ctx.read().await?, id).await?;
    let effect = preview(&ctx, &Delete { id, version: pair.version }).await?;
    Ok(delete::page(Question {
        function: DeleteKeyPair::PATH,
        list: LIST,
        noun: "key pair",
        which: (id.to_string(), pair.version),
        name: pair.name,
        page: to(format_args!("/key-pairs/{id}")),
        sentence: DELETING,
        effect,
    }))
}
