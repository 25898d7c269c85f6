//! `/admin/grants/{id}/renew` and `/take`: how long access lasts, and ending it now.

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
        grants::{self, give::RemoveAccess, input::GrantUpdate, store::Grant, terms::ChangeAccess},
        roles,
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        forms::GrantForm,
        id::GrantId,
        merge::{Part, open},
    },
    ui::{
        done::Done,
        effect::{self, EffectCard, Steps},
        form::{Field, FormNote, FormState},
        layout::console,
        overtaken::{Opened, Overtaken, as_typed},
        parts::{Confirm, seen},
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
        let back = page_of(&target);
        view! {
            <Crumb target=target.clone() here="Change access"/>
            <div class="head"><div><h1>"How long may "<bdi>{target.name.clone()}</bdi>" keep "{name}"?"</h1>
                <p>"A new length is counted from now."</p></div></div>
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
