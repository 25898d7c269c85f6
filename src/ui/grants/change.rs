//! `/admin/grants/{id}/renew`, `/replace` and `/take`: how long access lasts, what is given, and ending it now.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, Lasts, length, page_of};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        change::Target,
        commands::{preview::preview, run},
        error::{Error, Result},
        grants::{
            self,
            give::{RemoveAccess, ReplaceAccess},
            input::{GrantUpdate, What},
            store::Grant,
            terms::ChangeAccess,
        },
        roles,
    },
    islands::LiveForm,
    model::{
        error::FieldErrors,
        fields::Fields,
        forms::GrantForm,
        id::{GrantId, RoleId},
        merge::{Part, open},
        permission::Permission,
    },
    ui::{
        choices::{Choices, LongChoice},
        done::Done,
        effect::{self, EffectCard, Steps},
        form::{Field, FormNote, FormState},
        layout::console,
        overtaken::{Opened, Overtaken, as_typed},
        parts::{Confirm, Version, seen},
        path::GrantPath,
        times::local,
        visit::Visit,
    },
};

/// `GET /admin/grants/{id}/renew`
pub async fn page(visit: Visit, GrantPath(id): GrantPath) -> Result<Response> {
    let about = About::load(&visit, id).await?;
    let form = FormState::filled(about.saved());
    Ok(view(&visit, about, form, None))
}

/// `POST /admin/grants/{id}/renew`
pub async fn renew(visit: Visit, GrantPath(id): GrantPath, form: Fields) -> Result<Response> {
    let about = About::load(&visit, id).await?;
    let update = match GrantUpdate::parse(&GrantForm::from(&form), visit.ctx.now()) {
        Ok(update) => update,
        Err(errors) => return visit.refused(errors.into(), form, |state| view(&visit, about, state, None)),
    };
    let change = ChangeAccess { grant: id, update };
    if effect::asks(&form) {
        return match preview(&visit.ctx, &change).await {
            Ok(effect) => Ok(effect::answer::answer(&visit, effect, |effect| {
                view(&visit, about, FormState::filled(form), Some(effect))
            })),
            Err(error) => refused(&visit, about, form, error),
        };
    }
    match run(&visit.ctx, change).await {
        Ok(target) => Ok(visit.done(&page_of(&target), Done::AccessChanged, 1)),
        Err(error) => refused(&visit, about, form, error),
    }
}

fn refused(visit: &Visit, about: About, form: Fields, error: Error) -> Result<Response> {
    let Error::Stale = error else {
        return visit.refused(error, form, |state| view(visit, about, state, None));
    };
    let overtaken = Overtaken::new(PARTS, &about.saved(), &form, shown);
    visit.overtaken(overtaken, |state| view(visit, about, state, None))
}

const END: Part = Part::new("end", &["lasts", "until"]);
const PARTS: &[Part] = &[END, Part::new("reason", &["reason"])];

/// An end in words: a length counts from when it is saved.
fn shown(part: &Part, form: &Fields) -> String {
    match (*part == END, form.text("lasts")) {
        (false, _) => as_typed(part, form),
        (true, "until") => format!("until {} UTC", form.text("until").replace('T', " ")),
        (true, lasts) => length(lasts).to_owned(),
    }
}

/// A grant, by name.
struct About {
    grant: Grant,
    target: Target,
    name: String,
}

impl About {
    async fn load(visit: &Visit, id: crate::model::id::GrantId) -> Result<Self> {
        let (grant, target) = grants::queries::find(&visit.ctx, id).await?;
        let role = match &grant.role_id {
            Some(role) => {
                roles::store::find(visit.ctx.tenant(), &mut *visit.ctx.read().await?, role).await?.map(|role| role.name)
            }
            None => None,
        };
        let name = role.or(grant.permission.clone()).unwrap_or_default();
        Ok(Self { grant, target, name })
    }

    fn saved(&self) -> Fields {
        let fields =
            Fields::default().with("version", self.grant.version.to_string()).with("reason", &self.grant.reason);
        let form = match self.grant.expires_at {
            Some(at) => fields.with("lasts", "until").with("until", local(at)),
            None => fields,
        };
        open(PARTS, form)
    }
}

fn view(visit: &Visit, about: About, form: FormState, effect: Option<Effect>) -> Response {
    let visit = &visit.clone().at("/admin/users");
    console(visit, "Change access", move || {
        let About { grant, target, name } = about;
        let (back, replace) = (page_of(&target), format!("/admin/grants/{}/replace", grant.id));
        view! {
            <Crumb target=target.clone() here="Change access"/>
            <div class="head"><div><h1>"How long may "<bdi>{target.name.clone()}</bdi>" keep "{name}"?"</h1>
                <p>"A new length is counted from now. To give something else, "<a class="link" href=replace>"replace it"</a>"."</p></div></div>
            <div class="cols">
                <section class="card"><div class="in">
                    <LiveForm action=format!("/admin/grants/{}/renew", grant.id)>
                        <FormNote form=form.clone()/>
                        <Opened form=form.clone() parts=PARTS/>
                        <Lasts form=form.clone()/>
                        <Field form=form name="reason" label="Reason"/>
                        <Steps save="Save" cancel=back/>
                    </LiveForm>
                </div></section>
                <div class="stack"><EffectCard effect heading="What saving would do now"/></div>
            </div>
        }
    })
}

/// Roles that can be given here, for whoever may list roles.
async fn roles(visit: &Visit) -> Result<Choices> {
    Ok(match visit.ctx.may(Permission::RolesList) {
        true => Choices::of_roles(roles::queries::choices_here(&visit.ctx).await?, |role| role.name.clone()),
        false => Choices::default(),
    })
}

fn chosen(form: &Fields) -> Result<RoleId> {
    form.text("role").parse().map_err(|_| FieldErrors::one("role", "choose a role of the list").into())
}

/// `GET /admin/grants/{id}/replace`
pub async fn replace_page(visit: Visit, GrantPath(id): GrantPath) -> Result<Response> {
    let about = About::load(&visit, id).await?;
    let roles = roles(&visit).await?;
    let form = version(&about).with("role", about.grant.role_id.as_ref().map_or("", |role| &role.0));
    Ok(replace_view(&visit, (about, roles), FormState::filled(form), None))
}

/// `POST /admin/grants/{id}/replace`
pub async fn replace(visit: Visit, GrantPath(id): GrantPath, form: Fields) -> Result<Response> {
    let page = (About::load(&visit, id).await?, roles(&visit).await?);
    let command = chosen(&form).and_then(|role| Ok(ReplaceAccess::by(id, seen(&form)?, What::Role(role))));
    let done = match command {
        Ok(command) if effect::asks(&form) => match preview(&visit.ctx, &command).await {
            Ok(effect) => {
                return Ok(effect::answer::answer(&visit, effect, |effect| {
                    replace_view(&visit, page, FormState::filled(form), Some(effect))
                }));
            }
            Err(error) => Err(error),
        },
        Ok(command) => run(&visit.ctx, command).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(target) => Ok(visit.done(&page_of(&target), Done::AccessChanged, 1)),
        Err(Error::Stale) => {
            let now = version(&page.0);
            visit.ask_again(Error::Stale, now, |state| replace_view(&visit, page, state, None))
        }
        Err(error) => visit.refused(error, form, |state| replace_view(&visit, page, state, None)),
    }
}

fn replace_view(visit: &Visit, (about, roles): (About, Choices), form: FormState, effect: Option<Effect>) -> Response {
    let visit = &visit.clone().at("/admin/users");
    console(visit, "Replace access", move || {
        let About { grant, target, name } = about;
        let (action, back) = (format!("/admin/grants/{}/replace", grant.id), page_of(&target));
        view! {
            <Crumb target=target.clone() here="Replace access"/>
            <div class="head"><div><h1>"What shall "<bdi>{target.name.clone()}</bdi>" have instead of "{name}"?"</h1>
                <p>"It counts where this counts, and as long."</p></div></div>
            <div class="cols">
                <section class="card"><div class="in">
                    <LiveForm action>
                        <FormNote form=form.clone()/>
                        <Version form=form.clone()/>
                        <LongChoice form name="role" label="Role" none="Choose a role…" choices=roles
                            unlisted="A tenant's own roles are chosen when it is your active tenant."/>
                        <Steps save="Replace access" cancel=back/>
                    </LiveForm>
                </div></section>
                <div class="stack"><EffectCard effect heading="What replacing it would do"/></div>
            </div>
        }
    })
}

/// `GET /admin/grants/{id}/take`
pub async fn confirm_take(visit: Visit, GrantPath(id): GrantPath) -> Result<Response> {
    visit.ctx.require(Action::Take)?;
    let (about, effect) = preview_taken(&visit, id).await?;
    Ok(take_view(&visit, FormState::filled(version(&about)), about, effect))
}

async fn preview_taken(visit: &Visit, id: GrantId) -> Result<(About, Effect)> {
    let about = About::load(visit, id).await?;
    let effect = preview(&visit.ctx, &RemoveAccess { grant: id, version: about.grant.version }).await?;
    Ok((about, effect))
}

fn version(about: &About) -> Fields {
    Fields::default().with("version", about.grant.version.to_string())
}

/// `POST /admin/grants/{id}/take`
pub async fn take(visit: Visit, GrantPath(id): GrantPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::Take)?;
    let error = match async { run(&visit.ctx, RemoveAccess { grant: id, version: seen(&form)? }).await }.await {
        Ok(target) => return Ok(visit.done(&page_of(&target), Done::AccessTaken, 1)),
        Err(error) => error,
    };
    let (about, effect) = preview_taken(&visit, id).await?;
    visit.ask_again(error, version(&about), |state| take_view(&visit, state, about, effect))
}

fn take_view(visit: &Visit, form: FormState, about: About, effect: Effect) -> Response {
    let visit = &visit.clone().at("/admin/users");
    console(visit, "Remove access", move || {
        let About { grant, target, name } = about;
        let (action, back) = (format!("/admin/grants/{}/take", grant.id), page_of(&target));
        view! {
            <Crumb target=target.clone() here="Remove access"/>
            <div class="head"><div><h1>"Remove "{name}" from "<bdi>{target.name}</bdi>"?"</h1></div></div>
            <Confirm action form effect button="Remove access" back
                sentence="It counts from their next request. You can undo it afterwards."/>
        }
    })
}
