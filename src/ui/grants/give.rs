//! `/admin/grants/new`: giving access, after seeing what it would do.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, Lasts, holder, page_of, target};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        change::Target,
        commands::{preview::preview, run},
        ctx::Ctx,
        error::{Error, Result},
        grants::{give::GiveAccess, input::NewGrant},
        groups, roles, tenants,
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        forms::{EVERYWHERE, GrantForm},
        id::GrantId,
        page::Limited,
        permission::Permission,
        principal::Principal,
    },
    server::request::Query,
    ui::{
        choices::{Choices, LongChoice},
        done::Done,
        effect::{self, EffectCard, Steps},
        form::{Choice, Field, FormNote, FormState},
        layout::console,
        visit::Visit,
    },
};

/// Roles and places to choose from.
#[derive(Clone)]
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
            true => query.without(&["tenant"]).with("tenant", &self.likely),
            false => query,
        }
    }
}

/// `GET /admin/grants/new?user=…` or `?group=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Action::Give)?;
    let holder = holder(&query).ok_or(Error::NotFound("person or group"))?;
    let (target, choices) = (target(&visit, holder).await?, Choosing::load(&visit.ctx, holder).await?);
    let form = FormState::filled(choices.prefilled(query));
    Ok(view(&visit, (target, choices), form, None))
}

/// `POST /admin/grants/new`
pub async fn give(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::Give)?;
    let holder = holder(&form).ok_or(Error::NotFound("person or group"))?;
    let target = target(&visit, holder).await?;
    let choices = Choosing::load(&visit.ctx, holder).await?;
    let grant = match NewGrant::parse(&GrantForm::from(&form), visit.ctx.now()) {
        Ok(grant) => grant,
        Err(errors) => return visit.refused(errors.into(), form, |state| view(&visit, (target, choices), state, None)),
    };
    let begun = grant.from.is_none_or(|from| from <= visit.ctx.now());
    let give = GiveAccess::new(GrantId(visit.ctx.id()), grant);
    if effect::asks(&form) {
        return match preview(&visit.ctx, &give).await {
            Ok(effect) => Ok(effect::answer::answer(&visit, effect, |effect| {
                view(&visit, (target, choices), FormState::filled(form), Some(effect))
            })),
            Err(error) => visit.refused(error, form, |state| view(&visit, (target, choices), state, None)),
        };
    }
    match run(&visit.ctx, give).await {
        Ok(_) => {
            let done = if begun { Done::AccessGiven } else { Done::AccessToCome };
            Ok(visit.done(&page_of(&target), done, 1))
        }
        Err(error) => visit.refused(error, form, |state| view(&visit, (target, choices), state, None)),
    }
}

fn view(visit: &Visit, (target, choices): (Target, Choosing), form: FormState, effect: Option<Effect>) -> Response {
    let visit = &visit.clone().at("/admin/users");
    console(visit, "Give access", move || {
        let back = page_of(&target);
        let permissions =
            Permission::ALL.iter().map(|p| (p.name().to_owned(), format!("{}: {}", p.name(), p.sentence())));
        view! {
            <Crumb target=target.clone() here="Give access"/>
            <div class="head"><div><h1>"Give access to "<bdi>{target.name.clone()}</bdi></h1></div></div>
            <div class="cols">
                <section class="card"><div class="in">
                    <LiveForm action="/admin/grants/new".to_owned()>
                        <FormNote form=form.clone()/>
                        <input type="hidden" name=target.kind value=target.id/>
                        <LongChoice form=form.clone() name="role" label="Role" none="Choose a role…" choices=choices.roles
                            unlisted="A tenant's own roles are easier to find when it is your active tenant."/>
                        <Choice form=form.clone() name="permission" label="or a single permission" none="No single permission" options=permissions.collect()/>
                        <LongChoice form=form.clone() name="tenant" label="Where" none="Choose where…" choices=choices.places
                            unlisted="Switch to the tenant to give access there."/>
                        <Field form=form.clone() name="from" label="Begins (UTC)" kind="datetime-local" hint="Leave it empty to begin at once."/>
                        <Lasts form=form.clone()/>
                        <Field form=form name="reason" label="Reason" hint="Shown beside the access and in the audit log."/>
                        <Steps save="Give access" cancel=back/>
                    </LiveForm>
                </div></section>
                <div class="stack"><EffectCard effect heading="What giving it would do"/></div>
            </div>
        }
    })
}
