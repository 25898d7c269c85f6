//! `/admin/grants/new`: giving access, after seeing what it would do.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Crumb, Lasts, page_of};
use crate::{
    domain::{
        action::Action,
        change::Target,
        ctx::Ctx,
        error::{Error, Result},
        groups, roles, tenants, users,
    },
    functions::grants::GiveAccess,
    http::visit::{ctx, visit},
    model::{fields::Fields, forms::EVERYWHERE, page::Limited, permission::Permission, principal::Principal},
    pages::{
        Page,
        choices::{Choices, LongChoice},
        effect::{Steps, WouldCard},
        form::{Choice, Field, Form, FormState, Scope},
        layout::Console,
        times::zone_at,
    },
};

/// Roles and places to choose from.
struct Choosing {
    roles: Choices,
    places: Choices,
    likely: String,
}

impl Choosing {
    async fn load(ctx: &Ctx, holder: Principal) -> Result<Self> {
        let label = |role: &roles::store::RoleChoice| match &role.tenant_name {
            Some(tenant) => format!("{} (of {tenant})", role.name),
            None => role.name.clone(),
        };
        let roles = match ctx.may(Permission::RolesList) {
            true => Choices::of_roles(roles::queries::choices(ctx).await?, label),
            false => Choices::default(),
        };
        let (mut places, own) = Self::places(ctx, holder).await?;
        if ctx.tenant().is_none() {
            places.options.push((EVERYWHERE.to_owned(), "everywhere".to_owned()));
        }
        let likely = match (ctx.tenant(), tenants::store::are_several(&mut *ctx.read().await?).await?) {
            (Some(here), _) => here.to_string(),
            (None, true) => own.unwrap_or_default(),
            (None, false) => EVERYWHERE.to_owned(),
        };
        Ok(Self { roles, places, likely })
    }

    /// A user's own tenants; for a group the ones that can be seen. And the one that they belong to, if it is one.
    async fn places(ctx: &Ctx, holder: Principal) -> Result<(Choices, Option<String>)> {
        match holder {
            Principal::User(user) => {
                let Limited { rows, more } = tenants::memberships::queries::places_to_give(ctx, user).await?;
                let options: Vec<_> = rows.into_iter().map(|m| (m.tenant_id.to_string(), m.tenant_name)).collect();
                let own = options.first().filter(|_| options.len() == 1).map(|(place, _)| place.clone());
                Ok((Choices { options, more }, own))
            }
            Principal::Group(group) => {
                let own = groups::queries::require(ctx, &mut *ctx.read().await?, group).await?.tenant_id.to_string();
                Ok((Choices::tenants(ctx, &[&own]).await?, Some(own)))
            }
        }
    }

    /// The form with the place that is likely meant: the narrow one, unless there is only one or there are several.
    fn prefilled(&self, query: Fields) -> Fields {
        match query.text("tenant").is_empty() {
            true => query.holding("tenant", &self.likely),
            false => query,
        }
    }
}

/// `/admin/grants/new?user=…` or `?group=…`
pub async fn page() -> Page {
    let visit = visit();
    visit.ctx.require(Action::Give)?;
    let holder = holder(&visit.query).ok_or(Error::NotFound("person or group"))?;
    let (target, choices) = (target(&visit.ctx, holder).await?, Choosing::load(&visit.ctx, holder).await?);
    let state = FormState::of(GiveAccess::PATH, choices.prefilled(visit.query.clone()));
    Ok(view! {
        <Console title="Give access">
            <Crumb target=target.clone() here="Give access"/>
            <div class="head"><div><h1>"Give access to "<bdi>{target.name.clone()}</bdi></h1></div></div>
            <Scope state=state.clone()>
                <div class="cols">
                    <section class="card"><div class="in"><Giving target choices state/></div></section>
                    <div class="stack"><WouldCard heading="What giving it would do"/></div>
                </div>
            </Scope>
        </Console>
    }
    .into_any())
}

/// The holder that the address names.
fn holder(query: &Fields) -> Option<Principal> {
    let user = query.text("user").parse().ok().map(Principal::User);
    user.or(query.text("group").parse().ok().map(Principal::Group))
}

/// The holder, by name.
async fn target(ctx: &Ctx, holder: Principal) -> Result<Target> {
    let mut conn = ctx.read().await?;
    Ok(match holder {
        Principal::User(user) => users::queries::require(ctx, &mut conn, user).await?.target(),
        Principal::Group(group) => groups::queries::require(ctx, &mut conn, group).await?.target(),
    })
}

#[component]
fn Giving(target: Target, choices: Choosing, state: FormState) -> impl IntoView {
    let Choosing { roles, places, .. } = choices;
    let permissions = Permission::ALL.iter().map(|p| (p.name().to_owned(), format!("{}: {}", p.name(), p.sentence())));
    let (begins, back) = (format!("Begins ({})", zone_at(ctx().now())), page_of(&target));
    view! {
        <Form function=GiveAccess::PATH state previews=true>
            <input type="hidden" name=target.kind value=target.id/>
            <LongChoice name="role" label="Role" none="Choose a role…" choices=roles
                unlisted="A tenant's own roles are easier to find when it is your active tenant."/>
            <Choice name="permission" label="or a single permission" none="No single permission" options=permissions.collect()/>
            <LongChoice name="tenant" label="Where" none="Choose where…" choices=places
                unlisted="Switch to the tenant to give access there."/>
            <Field name="from" label=begins kind="datetime-local" hint="Leave it empty to begin at once."/>
            <Lasts/>
            <Field name="reason" label="Reason" hint="Shown beside the access and in the audit log."/>
            <Steps function=GiveAccess::PATH save="Give access" cancel=back/>
        </Form>
    }
}
