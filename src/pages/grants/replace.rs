//! `/admin/grants/{id}/replace`: something else in place of what was given.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Crumb, about::About, page_of};
use crate::{
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        roles,
    },
    functions::grants::ReplaceAccess,
    http::visit::ctx,
    model::permission::Permission,
    pages::{
        Page,
        choices::{Choices, LongChoice},
        effect::{Steps, WouldCard},
        form::{Form, FormState, Hidden, Scope},
        layout::Console,
        parts::Version,
    },
};

/// `/admin/grants/{id}/replace`
pub async fn page() -> Page {
    let about = About::load().await?;
    let roles = roles(&ctx()).await?;
    let state = state(&about);
    let About { target, name, .. } = about;
    let back = page_of(&target);
    Ok(view! {
        <Console title="Replace access">
            <Crumb target=target.clone() here="Replace access"/>
            <div class="head"><div><h1>"What shall "<bdi>{target.name}</bdi>" have instead of "{name}"?"</h1>
                <p>"It counts where this counts, and as long."</p></div></div>
            <Scope state=state.clone()>
                <div class="cols">
                    <section class="card"><div class="in"><Replacing state roles back/></div></section>
                    <div class="stack"><WouldCard heading="What replacing it would do"/></div>
                </div>
            </Scope>
        </Console>
    }
    .into_any())
}

#[component]
fn Replacing(state: FormState, roles: Choices, back: String) -> impl IntoView {
    view! {
        <Form function=ReplaceAccess::PATH state previews=true>
            <Hidden name="id"/>
            <Version/>
            <LongChoice name="role" label="Role" none="Choose a role…" choices=roles
                unlisted="A tenant's own roles are chosen when it is your active tenant."/>
            <Steps function=ReplaceAccess::PATH save="Replace access" cancel=back/>
        </Form>
    }
}

/// The form. Whoever was overtaken is asked about what is there now, with the role that they chose.
fn state(about: &About) -> FormState {
    let choosing = |role: &str| about.fields().with("role", role);
    match FormState::answer_to(ReplaceAccess::PATH) {
        Some(late) if matches!(late.refused(), Some(Error::Stale)) => {
            FormState::asking(ReplaceAccess::PATH, choosing(late.typed.text("role")))
        }
        _ => {
            let current = about.grant.role_id.as_ref().map_or("", |role| &role.0);
            FormState::of(ReplaceAccess::PATH, choosing(current))
        }
    }
}

/// Roles that can be given here, for whoever may list roles.
async fn roles(ctx: &Ctx) -> Result<Choices> {
    Ok(match ctx.may(Permission::RolesList) {
        true => Choices::of_roles(roles::queries::choices_here(ctx).await?, |role| role.name.clone()),
        false => Choices::default(),
    })
}
