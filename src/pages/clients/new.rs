//! `/admin/clients/new`

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST};
use crate::{
    domain::{action::Action, ctx::Ctx, error::Result, groups},
    functions::clients::CreateClient,
    http::visit::{to, visit},
    model::{client::ClientRole, fields::Fields, permission::Permission},
    pages::{
        Page,
        choices::{Choices, home},
        credentials::{
            call::{ByApi, of_client},
            forms::{Bounds, Place},
            once::{Made, told},
        },
        form::{Choice, Field, Form, FormState, Message},
        layout::Console,
        parts::Trail,
    },
};

/// `/admin/clients/new`
pub async fn page() -> Page {
    let visit = visit();
    visit.ctx.require(Action::AddClient)?;
    let state = FormState::of(CreateClient::PATH, Fields::default());
    let call = of_client(&visit.site.public_url, &state.typed);
    let body = match told(CreateClient::PATH) {
        Some(told) => view! { <Made told labels=LABELS pages=LIST.0/> }.into_any(),
        None => {
            let tenants = home(&visit.ctx, state.typed.text("tenant")).await?;
            form(state, tenants, working_for(&visit.ctx).await?)
        }
    };
    Ok(view! {
        <Console title="New client">
            <Trail list=LIST here="New"/>
            <div class="head"><div><h1>"New client"</h1><p>"You see the secret on the page that follows, once."</p></div></div>
            <div class="stack">{body}<ByApi call/></div>
        </Console>
    }
    .into_any())
}

/// The first groups that can be seen, by name; none for those who may not list them.
async fn working_for(ctx: &Ctx) -> Result<Choices> {
    if !ctx.may(Permission::GroupsList) {
        return Ok(Choices::default());
    }
    let (page, everywhere) = (groups::queries::list(ctx, "", "").await?, ctx.tenant().is_none());
    let label = |group: &groups::store::Listed| match everywhere {
        true => format!("{} (in {})", group.name, group.tenant_name),
        false => group.name.clone(),
    };
    let options = page.rows.iter().map(|group| (group.id.to_string(), label(group))).collect();
    Ok(Choices { options, more: page.after.is_some() })
}

fn form(state: FormState, tenants: Option<Choices>, groups: Choices) -> AnyView {
    let chosen: Vec<String> = state.typed.all("groups").map(str::to_owned).collect();
    view! {
        <Form function=CreateClient::PATH state still=true>
            <Field name="name" label="Name" required=true/>
            <Choice name="role" label="Role" none="Choose what they are for…" options=roles()/>
            <Place choices=tenants none="Choose the tenant they belong to…"/>
            <div class="for-service">
                <Field name="services" label="Services"
                    hint="The ids of the services that they stand for, with blanks between them."/>
            </div>
            <Groups groups chosen/>
            <Bounds/>
            <div class="actions">
                <button class="btn main">"Make client"</button>
                <a class="btn quiet" href=to(LIST.0)>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}

fn roles() -> Vec<(String, String)> {
    let roles = [
        (ClientRole::ApiSpadmin, "looks after people and credentials of the tenant"),
        (ClientRole::ApiAppowner, "works for its groups"),
        (ClientRole::ApiService, "stands for services, and may do nothing here"),
    ];
    roles.map(|(role, about)| (role.word().to_owned(), format!("{}: {about}", role.word()))).into()
}

/// The groups that they work for, to tick.
#[component]
fn Groups(groups: Choices, chosen: Vec<String>) -> impl IntoView {
    let Choices { options, more } = groups;
    let none = options.is_empty().then_some("There is no group to choose.");
    let more = more.then_some(" Only the first groups are listed: in a tenant you see its own.");
    let option = |(id, label): (String, String)| {
        let checked = chosen.contains(&id);
        view! { <label class="check"><input type="checkbox" name="groups" value=id checked=checked/><span>{label}</span></label> }
    };
    view! {
        <fieldset class="fieldset for-appowner" aria-describedby="groups-error">
            <legend>"Groups"</legend>
            <p class="hint">"The groups that they work for."{more}" "{none}</p>
            {options.into_iter().map(option).collect_view()}
            <Message field="groups"/>
        </fieldset>
    }
}
