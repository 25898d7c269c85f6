//! `/admin/roles/{id}/rollback`: a role becomes what it was, as a new version.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_axum::ResponseOptions;

use super::{Crumb, Diff, of};
use crate::{
    domain::{
        access::preview::effect::Effect,
        commands::preview::preview,
        ctx::Ctx,
        error::{Error, Result},
        roles::{self, commands, diff::RoleDiff, input::RoleContent, store::Role},
    },
    functions::roles::RollBackRole,
    http::{
        error::{refusal, status},
        visit::{named, to, visit},
    },
    model::{error::FieldErrors, fields::Fields, id::RoleId},
    pages::{
        Page,
        effect::EffectCard,
        form::{Field, Form, FormState, Hidden, Message},
        layout::Console,
        parts::{Version, asked},
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
    async fn load(ctx: &Ctx, id: &RoleId, to: &str) -> Result<Self> {
        let to = to.parse().map_err(|_| Error::NotFound("version"))?;
        let role = roles::queries::read(ctx, id).await?;
        let old = RoleContent::from(&roles::queries::version(ctx, id, to).await?);
        let back = commands::RollBackRole { role: id.clone(), to, version: role.version, reason: String::new() };
        let effect = match preview(ctx, &back).await {
            Err(Error::Invalid(errors)) => Err(errors),
            other => Ok(other?),
        };
        Ok(Self { role, to, old, effect })
    }

    /// The form about the role as it is now, with the reason that was typed.
    fn form(&self) -> FormState {
        let sent = FormState::of(RollBackRole::PATH, Fields::default());
        let now = Fields::default()
            .with("id", self.role.id.to_string())
            .with("to", self.to.to_string())
            .with("reason", sent.typed.text("reason"))
            .with("version", self.role.version.to_string());
        let mut state = FormState::asking(RollBackRole::PATH, now);
        state.refusal = state.refusal.or(sent.refusal);
        if let (None, Err(errors)) = (&state.refusal, &self.effect) {
            let error = Error::Invalid(errors.clone());
            expect_context::<ResponseOptions>().set_status(status(&error));
            state.refusal = Some(refusal(&error));
        }
        state
    }
}

/// `/admin/roles/{id}/rollback?to=…`: what going back would do.
pub async fn page() -> Page {
    let visit = visit();
    let id: RoleId = named("id", "role")?;
    let about = About::load(&visit.ctx, &id, visit.query.text("to")).await?;
    let state = about.form();
    let About { role, to: version, old, effect } = about;
    let diff = RoleDiff::between(&RoleContent::from(&role), &old);
    let refused = effect.as_ref().is_ok_and(|effect| effect.refused.is_some());
    let possible = !diff.is_empty() && !refused && effect.is_ok();
    let sentence = match diff.is_empty() {
        true => Some("The role says the same now, so there is nothing to restore.".to_owned()),
        false => possible.then(|| format!("It is saved as version {}. Nothing is lost.", role.version + 1)),
    };
    let back = to(format_args!("/roles/{id}/versions"));
    let question = view! { <Ask state sentence possible back/> };
    let about = view! { <Outcome diff effect=effect.ok()/> };
    Ok(view! {
        <Console title=format!("Restore version {version} of {}", role.name)>
            <Crumb role=of(&role) here=format!("Restore version {version}")/>
            <div class="head"><div><h1>"Restore version "{version}" of "<bdi>{role.name}</bdi>"?"</h1></div></div>
            <div class="stack">{asked(refused, question.into_any(), about.into_any())}</div>
        </Console>
    }
    .into_any())
}

/// What going back changes in the role, and what that does to people.
#[component]
fn Outcome(diff: RoleDiff, effect: Option<Effect>) -> impl IntoView {
    view! {
        <div class="cols">
            <section class="card"><header><h2>"What would change"</h2></header><div class="in"><Diff diff/></div></section>
            {effect.map(|effect| view! { <EffectCard effect/> })}
        </div>
    }
}

/// The question, as far as it can be answered with yes; `back` is where a no goes.
#[component]
fn Ask(state: FormState, sentence: Option<String>, possible: bool, back: String) -> impl IntoView {
    view! {
        <Form function=RollBackRole::PATH state>
            <Hidden name="id"/>
            <Hidden name="to"/>
            <Version/>
            <Message field="name"/>
            {sentence.map(|sentence| view! { <p>{sentence}</p> })}
            {possible.then(|| view! {
                <Field name="reason" label="Reason" hint="Kept with the version. Left empty, it says which version you went back to."/>
            })}
            <div class="actions">
                {possible.then(|| view! { <button class="btn main">"Restore version"</button> })}
                <a class="btn quiet" href=back>{if possible { "Cancel" } else { "Back" }}</a>
            </div>
        </Form>
    }
}
