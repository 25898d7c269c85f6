//! Choices among roles and among tenants, of which there may be more than a form can show.

use leptos::prelude::*;

use super::form::Choice;
use crate::{
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        keyset::LIMIT,
        roles::store::RoleChoice,
        tenants,
    },
    model::{id::TenantId, page::Limited, permission::Permission},
};

/// What there is to choose from.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Values and labels.
    pub options: Vec<(String, String)>,
    /// Whether there are more than these.
    pub more: bool,
}

impl Choices {
    /// These roles; `label` says what is shown of each.
    pub fn of_roles(roles: Limited<RoleChoice>, label: impl Fn(&RoleChoice) -> String) -> Self {
        let options = roles.rows.iter().map(|role| (role.id.to_string(), label(role))).collect();
        Self { options, more: roles.more }
    }

    /// Tenants by name, as far as the reader may list them, else those that they belong to; and the wanted ones that can
    /// be seen.
    pub async fn tenants(ctx: &Ctx, wanted: &[&str]) -> Result<Self> {
        let mut choices = Self::default();
        if ctx.may(Permission::TenantsList) {
            let Limited { rows, more } = tenants::queries::choices(ctx).await?;
            choices.more = more;
            choices.options = rows.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
        } else {
            let page = tenants::queries::workplaces(ctx, "", "").await?;
            choices.more = page.after.is_some();
            choices.options = page.rows.into_iter().map(|tenant| (tenant.id.to_string(), tenant.name)).collect();
        }
        let wanted: Vec<TenantId> = wanted.iter().filter_map(|id| id.parse().ok()).collect();
        for id in wanted {
            match tenants::queries::require(ctx, &mut *ctx.read().await?, id).await {
                Ok(tenant) => choices.include(id.to_string(), tenant.name),
                Err(Error::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(choices)
    }

    /// The value of the only one, where there is no other.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        match &self.options[..] {
            [(value, _)] if !self.more => Some(value),
            _ => None,
        }
    }

    /// What is shown of a value; nothing, where it is none of these.
    #[must_use]
    pub fn label(&self, value: &str) -> String {
        let option = self.options.iter().find(|(listed, _)| listed == value);
        option.map_or(String::new(), |(_, label)| label.clone())
    }

    /// Lists one that may be beyond the first.
    pub fn include(&mut self, value: String, label: String) {
        if self.options.iter().all(|(listed, _)| *listed != value) {
            self.options.push((value, label));
        }
    }
}

/// What a form makes belongs where it is filled in: in the tenant of the address, unless that is everywhere.
pub async fn home(ctx: &Ctx, wanted: &str) -> Result<Option<Choices>> {
    match ctx.tenant() {
        Some(_) => Ok(None),
        None => Choices::tenants(ctx, &[wanted]).await.map(Some),
    }
}

/// A choice that says so where it doesn't list all.
#[component]
pub fn LongChoice(
    name: &'static str,
    label: &'static str,
    none: &'static str,
    choices: Choices,
    /// What to do where the wanted one is not listed.
    unlisted: &'static str,
) -> impl IntoView {
    let Choices { options, more } = choices;
    let hint = format!("Only the first {LIMIT} are listed. {unlisted}");
    view! {
        <Choice name label none options/>
        {more.then(|| view! { <p class="hint">{hint}</p> })}
    }
}
