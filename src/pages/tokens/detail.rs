//! `/admin/tokens/{id}`: what it is, and what can be done.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST, seen_from};
use crate::{
    domain::{
        action::Action,
        attention::Life,
        commands::preview::preview,
        credentials::Credential,
        tokens::{credential::DeleteToken as Delete, queries, store::Token},
        usage::used_lately,
    },
    functions::tokens::{DeleteToken, DisableToken, EnableToken, RenameToken, RevealToken, RotateToken},
    http::visit::{ctx, named, to, visit},
    model::{
        id::TokenId,
        permission::{Permission, PermissionSet},
        timestamp::Timestamp,
        token::TokenKind,
    },
    pages::{
        Page,
        credentials::{
            delete::{self, Question},
            once::{Once, READABLE, told},
            parts::{Another, Attention, Head, LifeFacts, Locking, Most, Renaming},
        },
        form::Act,
        layout::Console,
        parts::Trail,
    },
};

const ROTATING: &str =
    "The value before is refused at once, so have the program at hand that uses it. This can't be taken back.";
const DELETING: &str =
    "It is refused from now on. This can't be taken back: to stop what uses it for a while, disable it.";

/// `/admin/tokens/{id}`
pub async fn page() -> Page {
    let ctx = ctx();
    let token = queries::of_people(queries::read(&ctx, named::<TokenId>("id", "token")?).await?)?;
    let used = used_lately(&ctx, [token.id.0]).await?.of(token.id.0);
    let (now, may, life) = (ctx.now(), ctx.may(Permission::TokensUpdate), token.life(used));
    let told = told(RotateToken::PATH).or_else(|| told(RevealToken::PATH));
    let (id, name, version) = (token.id, token.name.clone(), token.version);
    let about = view! { {token.kind.label()}" for "<bdi>{token.user_name.clone()}</bdi> }.into_any();
    let delete = ctx.may(Permission::TokensDelete).then(|| to(format_args!("/tokens/{id}/delete")));
    let may_reveal = token.kind == TokenKind::Account && ctx.may(Permission::TokensReveal);
    let own = token.kind != TokenKind::Personal || ctx.user_id() == Some(token.user_id);
    Ok(view! {
        <Console title=name.clone()>
            <Trail list=LIST here=name.clone()/>
            <Head name=name.clone() about delete>
                {may_reveal.then(|| view! { <Revealing id=id.to_string()/> })}
                {may.then(|| view! { <Locking functions=(EnableToken::PATH, DisableToken::PATH) id=id.to_string() life/> })}
            </Head>
            {told.map(|told| match token.kind {
                TokenKind::Account => view! { <Once told labels=LABELS hint=READABLE/> }.into_any(),
                _ => view! { <Once told labels=LABELS/> }.into_any(),
            })}
            <Attention life now/>
            <div class="cols">
                <div class="stack"><Facts token used life now/></div>
                <div class="stack">
                    {(may && own).then(|| view! { <Another function=RotateToken::PATH id=id.to_string() heading="Rotate" about=ROTATING button="Make another value"/> })}
                    {may.then(|| view! { <Renaming function=RenameToken::PATH id=id.to_string() name version/> })}
                </div>
            </div>
        </Console>
    }
    .into_any())
}

/// The button that shows its value again.
#[component]
fn Revealing(id: String) -> impl IntoView {
    let title = "Shows the value. That you looked is written into the audit log.";
    view! { <Act function=RevealToken::PATH fields=vec![("id", id)]><button class="btn" title=title>"Show the value"</button></Act> }
}

/// What is said of a token or a service key.
#[component]
pub fn Facts(token: Token, used: PermissionSet, life: Life, now: Timestamp) -> impl IntoView {
    let open = visit().ctx.may(Permission::UsersRead);
    let user = to(format_args!("/users/{}", token.user_id));
    let whom = match open {
        true => view! { <a class="link" href=user><bdi>{token.user_name.clone()}</bdi></a> }.into_any(),
        false => view! { <bdi>{token.user_name.clone()}</bdi> }.into_any(),
    };
    let said = (token.kind == TokenKind::Account).then(|| {
        view! {
            <dt>"Audience"</dt><dd class="mono">{token.audience.clone()}</dd>
            <dt>"Scopes"</dt><dd class="mono">{token.scope.clone()}</dd>
        }
    });
    let place = token.tenant_name.clone().unwrap_or_else(|| "wherever they may do something".to_owned());
    let (from, bounds) = (seen_from(&token), token.permissions());
    view! {
        <section class="card">
            <header><h2>"About"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"Acts for"</dt><dd>{whom}</dd>
                    <dt>"Tenant"</dt><dd><bdi>{place}</bdi></dd>
                    {said}
                    <Most bounds used everything="all that whoever it acts for may do"/>
                    <dt>"Made by"</dt><dd><bdi>{token.maker.unwrap_or_else(|| "the command line, or somebody who is gone".to_owned())}</bdi></dd>
                    <LifeFacts life from allowed_from=token.allowed_from now/>
                    <dt>"Id"</dt><dd class="mono">{token.id.to_string()}</dd>
                    <dt>"Number"</dt><dd class="mono">{token.number}</dd>
                </dl>
            </div>
        </section>
    }
}

/// `/admin/tokens/{id}/delete`
pub async fn delete_page() -> Page {
    let (ctx, id) = (ctx(), named::<TokenId>("id", "token")?);
    ctx.require(Action::DeleteToken)?;
    let token = queries::of_people(Token::require(&ctx, &mut *ctx.read().await?, id).await?)?;
    let effect = preview(&ctx, &Delete { id, version: token.version }).await?;
    Ok(delete::page(Question {
        function: DeleteToken::PATH,
        list: LIST,
        noun: "token",
        which: (id.to_string(), token.version),
        name: token.name,
        page: to(format_args!("/tokens/{id}")),
        sentence: DELETING,
        effect,
    }))
}
