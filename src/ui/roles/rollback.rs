//! `/admin/roles/{id}/rollback`: a role becomes what it was, as a new version.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, Diff, of};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::{preview::preview, run},
        error::{Error, Result},
        roles::{
            self,
            commands::RollBackRole,
            diff::RoleDiff,
            input::{RoleContent, Rollback},
            store::Role,
        },
    },
    islands::LiveForm,
    model::{error::FieldErrors, fields::Fields, forms::RollbackForm, id::RoleId},
    server::request::Query,
    ui::{
        done::Done,
        effect::EffectCard,
        form::{Field, FormNote, FormState},
        layout::console,
        parts::{Unseen, Version, asked},
        path::RolePath,
        visit::Visit,
    },
};

/// A role, a version of it, and what going back would do: unless it can't be, because another role has the name now.
struct About {
    role: Role,
    to: i64,
    old: RoleContent,
    effect: std::result::Result<Effect, FieldErrors>,
}

impl About {
    async fn load(visit: &Visit, id: &RoleId, typed: &Fields) -> Result<Self> {
        let to = typed.text("to").parse().map_err(|_| Error::NotFound("version"))?;
        let role = roles::queries::read(&visit.ctx, id).await?;
        let old = RoleContent::from(&roles::queries::version(&visit.ctx, id, to).await?);
        let back = RollBackRole { role: id.clone(), to, version: role.version, reason: String::new() };
        let effect = match preview(&visit.ctx, &back).await {
            Err(Error::Invalid(errors)) => Err(errors),
            other => Ok(other?),
        };
        Ok(Self { role, to, old, effect })
    }

    /// The form about the role as it is now.
    fn form(&self, reason: &str) -> Fields {
        let form = Fields::default().with("to", self.to.to_string()).with("reason", reason);
        form.with("version", self.role.version.to_string())
    }
}

/// `GET /admin/roles/{id}/rollback?to=…`: what going back would do.
pub async fn confirm(visit: Visit, RolePath(id): RolePath, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Action::UpdateRole)?;
    let about = About::load(&visit, &id, &query).await?;
    let form = about.form("");
    match about.effect.clone() {
        Ok(_) => Ok(view(&visit, FormState::filled(form), about)),
        Err(errors) => visit.refused(errors.into(), form, |state| view(&visit, state, about)),
    }
}

/// `POST /admin/roles/{id}/rollback`
pub async fn roll_back(visit: Visit, RolePath(id): RolePath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::UpdateRole)?;
    // A question that is asked again shows the role.
    roles::queries::read(&visit.ctx, &id).await?;
    let error = match async { go_back(&visit, &id, &form).await }.await {
        Ok(done) => return Ok(done),
        Err(error) => error,
    };
    let about = About::load(&visit, &id, &form).await?;
    visit.ask_again(error, about.form(form.text("reason")), |state| view(&visit, state, about))
}

async fn go_back(visit: &Visit, id: &RoleId, form: &Fields) -> Result<Response> {
    let Rollback { to, version, reason } = Rollback::parse(&RollbackForm::from(form))?;
    let role = run(&visit.ctx, RollBackRole { role: id.clone(), to, version, reason }).await?;
    let done = if role.version == version { Done::RoleSame } else { Done::RoleSaved };
    Ok(visit.done(&format!("/admin/roles/{id}"), done, role.version.unsigned_abs()))
}

fn view(visit: &Visit, form: FormState, about: About) -> Response {
    let href = format!("/admin/roles/{}", about.role.id);
    let title = format!("Restore version {} of {}", about.to, about.role.name);
    console(&visit.clone().at(&href), &title, move || {
        let About { role, to, old, effect } = about;
        let diff = RoleDiff::between(&RoleContent::from(&role), &old);
        let refused = effect.as_ref().is_ok_and(|effect| effect.refused.is_some());
        let possible = !diff.is_empty() && !refused && effect.is_ok();
        let sentence = match diff.is_empty() {
            true => Some("The role says the same now, so there is nothing to restore.".to_owned()),
            false => possible.then(|| format!("It is saved as version {}. Nothing is lost.", role.version + 1)),
        };
        let question = view! { <Ask href form sentence possible/> };
        let about = view! { <Outcome diff effect=effect.ok()/> };
        view! {
            <Crumb role=of(&role) here=format!("Restore version {to}")/>
            <div class="head"><div><h1>"Restore version "{to}" of "<bdi>{role.name}</bdi>"?"</h1></div></div>
            <div class="stack">{asked(refused, question.into_any(), about.into_any())}</div>
        }
    })
}

/// What going back changes in the role, and what that does to people.
#[component]
fn Outcome(diff: RoleDiff, effect: Option<Effect>) -> impl IntoView {
    view! {
        <div class="cols">
            <section class="card"><header><h2>"What would change"</h2></header><div class="in"><Diff diff/></div></section>
            {effect.map(|effect| view! { <EffectCard effect=Some(effect) heading="What it would do"/> })}
        </div>
    }
}

/// The question, as far as it can be answered with yes.
#[component]
fn Ask(href: String, form: FormState, sentence: Option<String>, possible: bool) -> impl IntoView {
    let to = form.typed.text("to").to_owned();
    view! {
        <LiveForm action=format!("{href}/rollback")>
            <FormNote form=form.clone()/>
            <input type="hidden" name="to" value=to/>
            <Version form=form.clone()/>
            <Unseen form=form.clone() name="name"/>
            {sentence.map(|sentence| view! { <p>{sentence}</p> })}
            {possible.then(|| view! {
                <Field form name="reason" label="Reason" hint="Kept with the version. Left empty, it says which version you went back to."/>
            })}
            <div class="actions">
                {possible.then(|| view! { <button class="btn main">"Restore version"</button> })}
                <a class="btn quiet" href=format!("{href}/versions")>{if possible { "Cancel" } else { "Back" }}</a>
            </div>
        </LiveForm>
    }
}
