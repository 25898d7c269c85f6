//! `/admin/clients/{id}`: what they are, their secrets, and what can be done.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST};
use crate::{
    domain::{
        action::Action,
        clients::{
            credential::DeleteClient as Delete,
            queries,
            store::{Client, Secret},
        },
        commands::preview::preview,
        credentials::Credential,
    },
    functions::clients::{DeleteClient, DisableClient, EnableClient, EndClientSecret, RenameClient, RotateClient},
    http::visit::{ctx, named, to, visit},
    model::{
        id::{ClientId, GroupId},
        permission::Permission,
        timestamp::Timestamp,
    },
    pages::{
        Page,
        credentials::{
            delete::{self, Question},
            once::{Once, told},
            parts::{Another, Attention, Head, LifeFacts, Locking, Renaming},
        },
        form::Act,
        layout::Console,
        parts::Trail,
        times::{Time, moment},
    },
};

const ROTATING: &str = "The program gets another secret, and the newest one goes on working beside it, so that you can change \
    over. An older one ends at once. When the program uses the new one, end the old one here.";
const DELETING: &str = "Their secrets and access tokens are refused from now on. This can't be taken back: to stop the program \
    for a while, disable it.";

/// `/admin/clients/{id}`
pub async fn page() -> Page {
    let ctx = ctx();
    let (client, secrets, groups) = queries::read(&ctx, named::<ClientId>("id", "client")?).await?;
    let (now, may, life) = (ctx.now(), ctx.may(Permission::CredentialsUpdate), client.life());
    let told = told(RotateClient::PATH);
    let (id, name, version) = (client.id, client.name.clone(), client.version);
    let about = view! { {client.role.word()}" in "<bdi>{client.tenant_name.clone()}</bdi> }.into_any();
    let delete = ctx.may(Permission::CredentialsDelete).then(|| to(format_args!("/clients/{id}/delete")));
    Ok(view! {
        <Console title=name.clone()>
            <Trail list=LIST here=name.clone()/>
            <Head name=name.clone() about delete>
                {may.then(|| view! { <Locking functions=(EnableClient::PATH, DisableClient::PATH) id=id.to_string() life/> })}
            </Head>
            {told.map(|told| view! { <Once told labels=LABELS/> })}
            <Attention life now/>
            <div class="cols">
                <div class="stack"><Facts client groups now/></div>
                <div class="stack">
                    <Secrets id secrets may now/>
                    {may.then(|| view! {
                        <Another function=RotateClient::PATH id=id.to_string() heading="Rotate" about=ROTATING button="Make another secret"/>
                        <Renaming function=RenameClient::PATH id=id.to_string() name version/>
                    })}
                </div>
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Facts(client: Client, groups: Vec<(GroupId, String)>, now: Timestamp) -> impl IntoView {
    let (life, services) = (client.life(), client.services());
    let services = services.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let services = if services.is_empty() { "none".to_owned() } else { services };
    view! {
        <section class="card">
            <header><h2>"About"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"Client id"</dt><dd class="mono">{client.id.to_string()}</dd>
                    <dt>"Role"</dt><dd class="mono">{client.role.word()}</dd>
                    <dt>"Services"</dt><dd class="mono">{services}</dd>
                    <dt>"Groups"</dt><dd><Groups groups/></dd>
                    <LifeFacts life from=client.last_used_from allowed_from=client.allowed_from now/>
                </dl>
            </div>
        </section>
    }
}

#[component]
fn Groups(groups: Vec<(GroupId, String)>) -> impl IntoView {
    if groups.is_empty() {
        return "none".into_any();
    }
    let open = visit().ctx.may(Permission::GroupsRead);
    let group = |(id, name): (GroupId, String)| match open {
        true => {
            view! { <div><a class="link" href=to(format_args!("/groups/{id}"))><bdi>{name}</bdi></a></div> }.into_any()
        }
        false => view! { <div><bdi>{name}</bdi></div> }.into_any(),
    };
    groups.into_iter().map(group).collect_view().into_any()
}

/// The secrets that work, the newest first. While there are two, the older one can be ended.
#[component]
fn Secrets(id: ClientId, secrets: Vec<Secret>, may: bool, now: Timestamp) -> impl IntoView {
    let (several, count) = (secrets.len() > 1, secrets.len());
    let row = |(n, secret): (usize, Secret)| {
        let name = if n == 0 { "Newest secret" } else { "Older secret" };
        let end = (may && several && n > 0).then(|| {
            let fields = vec![("id", id.to_string()), ("secret", secret.id.to_string())];
            view! { <Act function=EndClientSecret::PATH fields class="do"><button class="btn">"End it"</button></Act> }
        });
        let used = secret.last_used_at.map(|at| view! { " · last used "<Time at=moment(at, now)/> });
        let unused = secret.last_used_at.is_none().then_some(" · never used");
        view! {
            <li><div>{name}<div class="sub">"made "<Time at=moment(secret.created_at, now)/>{used}{unused}</div></div>{end}</li>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Secrets that work"</h2><span class="hint">{count}</span></header>
            <ul class="rows">{secrets.into_iter().enumerate().map(row).collect_view()}</ul>
        </section>
    }
}

/// `/admin/clients/{id}/delete`
pub async fn delete_page() -> Page {
    let (ctx, id) = (ctx(), named::<ClientId>("id", "client")?);
    ctx.require(Action::DeleteClient)?;
    let client = Client::require(&ctx, &mut *ctx.read().await?, id).await?;
    let effect = preview(&ctx, &Delete { id, version: client.version }).await?;
    Ok(delete::page(Question {
        function: DeleteClient::PATH,
        list: LIST,
        noun: "client",
        which: (id.to_string(), client.version),
        name: client.name,
        page: to(format_args!("/clients/{id}")),
        sentence: DELETING,
        effect,
    }))
}
