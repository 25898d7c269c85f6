//! `/admin/grants/new`: giving access, after seeing what it would do.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, Lasts, holder, page_of, target};
use crate::{
    domain::{
        ctx::Ctx,
        engine::what_if::Effect,
        error::{Error, Result},
        events::Target,
        grants::{self, Holder, Terms},
        roles, tenants,
        verb::Verb,
    },
    islands::LiveForm,
    model::{fields::Fields, permission::Permission},
    server::request::Query,
    ui::{
        done::Done,
        effect::{self, EffectCard},
        form::{Choice, Field, FormNote, FormState},
        layout::console,
        visit::Visit,
    },
};

/// What there is to choose from: values and labels.
#[derive(Clone)]
struct Choices {
    roles: Vec<(String, String)>,
    tenants: Vec<(String, String)>,
    /// Whether access everywhere can be given from where the reader works.
    everywhere: bool,
}

impl Choices {
    async fn load(ctx: &Ctx, holder: Holder) -> Result<Self> {
        let roles = match ctx.may(Permission::RolesList) {
            true => roles::list(ctx, "", "").await?.rows,
            false => Vec::new(),
        };
        let label = |role: &roles::Listed| match &role.tenant_name {
            Some(tenant) => format!("{} (of {tenant})", role.name),
            None => role.name.clone(),
        };
        Ok(Self {
            roles: roles.iter().map(|role| (role.id.to_string(), label(role))).collect(),
            tenants: Self::tenants(ctx, holder).await?,
            everywhere: ctx.tenant().is_none(),
        })
    }

    /// A user's own tenants; for a group the ones that can be seen.
    async fn tenants(ctx: &Ctx, holder: Holder) -> Result<Vec<(String, String)>> {
        if let Holder::User(user) = holder {
            let memberships = tenants::of_user(ctx, user).await?;
            return Ok(memberships.into_iter().map(|m| (m.tenant_id.to_string(), m.tenant_name)).collect());
        }
        let Some(here) = ctx.tenant() else {
            let seen = ctx.may(Permission::TenantsList);
            let rows = if seen { tenants::list(ctx, "", "").await?.rows } else { Vec::new() };
            return Ok(rows.into_iter().map(|tenant| (tenant.id.to_string(), tenant.name)).collect());
        };
        let tenant = tenants::require(ctx, &mut ctx.read().await?, here).await?;
        Ok(vec![(tenant.id.to_string(), tenant.name)])
    }
}

/// `GET /admin/grants/new?user=…` or `?group=…`
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Verb::Give)?;
    let holder = holder(&query).ok_or(Error::NotFound("person or group"))?;
    let (target, choices) = (target(&visit, holder).await?, Choices::load(&visit.ctx, holder).await?);
    Ok(view(&visit, (target, choices), FormState::filled(query), None))
}

/// `POST /admin/grants/new`
pub async fn give(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Verb::Give)?;
    let holder = holder(&form).ok_or(Error::NotFound("person or group"))?;
    let target = target(&visit, holder).await?;
    let choices = Choices::load(&visit.ctx, holder).await?;
    let terms = match Terms::parse(&form, visit.ctx.now()) {
        Ok(terms) => terms,
        Err(errors) => return visit.refused(errors.into(), form, |state| view(&visit, (target, choices), state, None)),
    };
    if effect::asks(&form) {
        return match grants::what_if_given(&visit.ctx, &terms).await {
            Ok(effect) => Ok(effect::answer(&visit, effect, |effect| {
                view(&visit, (target, choices), FormState::filled(form), Some(effect))
            })),
            Err(error) => visit.refused(error, form, |state| view(&visit, (target, choices), state, None)),
        };
    }
    match grants::give(&visit.ctx, &terms).await {
        Ok(_) => Ok(visit.done(&page_of(&target), Done::AccessGiven, 1)),
        Err(error) => visit.refused(error, form, |state| view(&visit, (target, choices), state, None)),
    }
}

fn view(visit: &Visit, (target, choices): (Target, Choices), form: FormState, effect: Option<Effect>) -> Response {
    let visit = &visit.clone().at("/admin/users");
    console(visit, "Give access", move || {
        let back = page_of(&target);
        let permissions =
            Permission::ALL.iter().map(|p| (p.name().to_owned(), format!("{}: {}", p.name(), p.sentence())));
        let mut places = choices.tenants;
        if choices.everywhere {
            places.insert(0, (String::new(), "everywhere".to_owned()));
        }
        view! {
            <Crumb target=target.clone() here="Give access"/>
            <div class="head"><div><h1>"Give access to "<bdi>{target.name.clone()}</bdi></h1></div></div>
            <div class="cols">
                <section class="card"><div class="in">
                    <LiveForm action="/admin/grants/new".to_owned()>
                        <FormNote form=form.clone()/>
                        <input type="hidden" name=target.kind value=target.id/>
                        <Choice form=form.clone() name="role" label="Role" none="Choose a role…" options=choices.roles/>
                        <Choice form=form.clone() name="permission" label="or a single permission" none="No single permission" options=permissions.collect()/>
                        <Choice form=form.clone() name="tenant" label="Where" none="" options=places/>
                        <Field form=form.clone() name="from" label="Begins (UTC)" kind="datetime-local" hint="Leave it empty to begin at once."/>
                        <Lasts form=form.clone()/>
                        <Field form=form name="reason" label="Reason" hint="Shown beside the access and in the audit log."/>
                        <div class="actions">
                            <button class="btn main" name="step" value="save">"Give access"</button>
                            <button class="btn" name="step" value="preview">"What would this do?"</button>
                            <a class="btn quiet" href=back>"Cancel"</a>
                        </div>
                    </LiveForm>
                </div></section>
                <div class="stack"><EffectCard effect heading="What giving it would do"/></div>
            </div>
        }
    })
}
