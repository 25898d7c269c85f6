//! A role that two people edited at once: what both did, put together.

use leptos::server_fn::ServerFn;

use crate::{
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        roles::{
            input::{RoleContent, RoleUpdate},
            merge::{Merged, merge},
            queries,
            store::Role,
            versions::Version,
        },
    },
    functions::roles::UpdateRole,
    model::{
        error::{FieldErrors, Refusal},
        fields::Fields,
        forms::RoleForm,
        id::RoleId,
    },
    pages::{
        form::FormState,
        overtaken::{both, message},
    },
};

/// Where somebody was faster: the form with both edits, what both did, and what was saved meanwhile.
pub async fn overtaken(ctx: &Ctx, role: &Role) -> Result<Option<(FormState, (Merged, Version))>> {
    let answered = FormState::answer_to(UpdateRole::PATH);
    let Some(answered) = answered.filter(|answered| matches!(answered.refused(), Some(Error::Stale))) else {
        return Ok(None);
    };
    let (mine, seen) = typed(&answered.typed);
    let theirs = queries::version(ctx, &role.id, role.version).await?;
    // What the form was opened with is kept with its version. Where that never was, all that was typed is a change.
    let base = seen_version(ctx, &role.id, seen).await?.unwrap_or_else(|| theirs.clone());
    let merged = merge(&RoleContent::from(&base), &RoleContent::from(&theirs), &mine);
    let state = FormState {
        typed: fields(&merged.content, role.version),
        refusal: Some(refusal(&merged, &theirs)),
        effect: None,
    };
    Ok(Some((state, (merged, theirs))))
}

/// What was typed, and over which version.
fn typed(form: &Fields) -> (RoleContent, Option<i64>) {
    let text = |name| form.text(name).to_owned();
    let form = RoleForm {
        name: text("name"),
        description: text("description"),
        patterns: form.all("pattern").map(str::to_owned).collect(),
        reason: text("reason"),
        version: text("version"),
    };
    match RoleUpdate::parse(&form) {
        Ok(RoleUpdate { content, version }) => (content, Some(version)),
        Err(_) => {
            let RoleForm { name, description, patterns, reason, .. } = form;
            (RoleContent { name, description, patterns, reason }, None)
        }
    }
}

async fn seen_version(ctx: &Ctx, role: &RoleId, seen: Option<i64>) -> Result<Option<Version>> {
    let Some(seen) = seen else { return Ok(None) };
    match queries::version(ctx, role, seen).await {
        Err(Error::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}

fn refusal(merged: &Merged, theirs: &Version) -> Refusal {
    let mut fields = FieldErrors::default();
    for field in &merged.clashes {
        let (mine, theirs) = match *field {
            "name" => (&merged.content.name, &theirs.name),
            _ => (&merged.content.description, &theirs.description),
        };
        fields.add(field, both(mine, theirs));
    }
    Refusal { message: message(&merged.kept, &merged.clashes), fields }
}

fn fields(content: &RoleContent, version: i64) -> Fields {
    Fields::default()
        .with("name", &content.name)
        .with("description", &content.description)
        .with("reason", &content.reason)
        .with("version", version.to_string())
        .with_all("pattern", &content.patterns)
}
