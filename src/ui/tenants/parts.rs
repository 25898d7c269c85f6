//! Parts of forms that the pages of tenants and of groups share.

use leptos::prelude::*;

use crate::{
    domain::{
        ctx::Ctx,
        engine::what_if::Effect,
        error::{Error, Result},
        keyset::PAGE,
        tenants,
    },
    islands::LiveForm,
    model::{id::TenantId, permission::Permission},
    ui::{
        effect::EffectCard,
        form::{Choice, FormNote, FormState},
    },
};

/// Tenants to choose from.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Their ids and names.
    pub options: Vec<(String, String)>,
    /// Whether there are more than these.
    pub more: bool,
}

impl Choices {
    /// The first tenants by name, as far as the reader may list them, and the wanted ones that can be seen.
    pub async fn load(ctx: &Ctx, wanted: &[&str]) -> Result<Self> {
        let mut choices = Self::default();
        if ctx.may(Permission::TenantsList) {
            let page = tenants::list(ctx, "", "").await?;
            choices.more = page.after.is_some();
            choices.options = page.rows.into_iter().map(|tenant| (tenant.id.to_string(), tenant.name)).collect();
        }
        let wanted: Vec<TenantId> = wanted.iter().filter_map(|id| id.parse().ok()).collect();
        for id in wanted {
            choices.include(ctx, id).await?;
        }
        Ok(choices)
    }

    async fn include(&mut self, ctx: &Ctx, id: TenantId) -> Result<()> {
        let text = id.to_string();
        if self.options.iter().any(|(listed, _)| *listed == text) {
            return Ok(());
        }
        match tenants::require(ctx, &mut ctx.read().await?, id).await {
            Ok(tenant) => self.options.push((text, tenant.name)),
            Err(Error::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
        Ok(())
    }
}

/// A choice among tenants.
#[component]
pub fn TenantChoice(
    form: FormState,
    name: &'static str,
    label: &'static str,
    none: &'static str,
    choices: Choices,
    /// What to do where the wanted one is not listed.
    unlisted: &'static str,
) -> impl IntoView {
    let Choices { options, more } = choices;
    let hint = format!("Only the first {PAGE} tenants are listed. {unlisted}");
    view! {
        <Choice form name label none options/>
        {more.then(|| view! { <p class="hint">{hint}</p> })}
    }
}

/// The message of a field that nobody sees: what is wrong with it must be seen all the same.
#[component]
pub fn Unseen(form: FormState, name: &'static str) -> impl IntoView {
    let error = form.error(name);
    let fine = error.is_none();
    view! { <p class="err" data-error=name hidden=fine>{error}</p> }
}

/// The version that the form was opened with.
#[component]
pub fn Version(form: FormState) -> impl IntoView {
    let version = form.typed.text("version").to_owned();
    view! {
        <input type="hidden" name="version" value=version/>
        <Unseen form name="version"/>
    }
}

/// What is about to happen, and the question whether it shall. What a rule forbids can't be answered with yes.
#[component]
pub fn Confirm(
    /// Where a yes goes. A version that the form carries is the one the reader looks at.
    action: String,
    form: FormState,
    effect: Effect,
    /// What happens besides.
    sentence: &'static str,
    button: &'static str,
    /// Where a no goes.
    back: String,
) -> impl IntoView {
    let possible = effect.refused.is_none();
    let leave = if possible { "Cancel" } else { "Back" };
    view! {
        <div class="stack">
            <EffectCard effect=Some(effect) heading="What it would do"/>
            <LiveForm action=action>
                <FormNote form=form.clone()/>
                <Version form/>
                <p>{sentence}</p>
                <div class="actions">
                    {possible.then(|| view! { <button class="btn main bad">{button}</button> })}
                    <a class="btn quiet" href=back>{leave}</a>
                </div>
            </LiveForm>
        </div>
    }
}
