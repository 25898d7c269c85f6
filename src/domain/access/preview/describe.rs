//! What changed, in words: how many people, where, whether anybody is left, and who they are.

use std::collections::{BTreeSet, HashMap};

use sqlx::query_as;

use super::{
    compare::{Change, Compared},
    effect::{Difference, Effect, Left, Named, Touched},
    names,
};
use crate::{
    db::{Tx, on, statements},
    domain::{
        access::holders::{Asked, any_holder},
        ctx::Ctx,
        error::Result,
    },
    model::{id::TenantId, scope::Scope},
};

statements! {
    TENANT = "select id, name from tenants where slug = $1";
}

/// How many people gain something, or lose something.
pub fn touched(compared: &Compared, gain: bool) -> Touched {
    let people = |later: bool| {
        let such = |change: &&Change| change.key.2 == gain && change.when.span.from.is_some() == later;
        let classes: BTreeSet<usize> = compared.changes.iter().filter(such).flat_map(|c| c.classes.clone()).collect();
        compared.count(classes)
    };
    Touched { now: people(false), later: people(true) }
}

/// The changes in words that need the world after them: places, and whether anybody is left.
pub async fn describe(tx: &mut Tx, compared: &Compared, effect: &mut Effect) -> Result<()> {
    let mut places = Places::default();
    for Change { key: (slug, permission, gain), when, classes } in &compared.changes {
        let (scope, tenant) = places.find(tx, slug).await?;
        let lost_at = when.span.from.unwrap_or(effect.now);
        effect.changes.push(Difference {
            permission: *permission,
            tenant,
            gain: *gain,
            when: *when,
            people: compared.count(classes.iter().copied()),
            group: 0,
            parts: classes.iter().map(|class| (*class, compared.classes[*class].len())).collect(),
            named: Named::default(),
            left: match gain {
                true => Left::Somebody,
                false => left(tx, Asked { permission: *permission, at: scope, now: lost_at }).await?,
            },
        });
    }
    Ok(())
}

async fn left(tx: &mut Tx, asked: Asked) -> Result<Left> {
    Ok(match any_holder(tx, asked, asked.at).await? {
        true => Left::Somebody,
        false if asked.at != Scope::Everywhere && any_holder(tx, asked, Scope::Everywhere).await? => Left::Outsiders,
        false => Left::Nobody,
    })
}

/// Names whom it touches: after the rehearsal, so that nobody waits for it, and those are there whom it deleted.
pub async fn name(ctx: &Ctx, compared: &Compared, effect: &mut Effect) -> Result<()> {
    let names = names::names(&mut *ctx.read().await?, compared).await?;
    for (difference, (group, named)) in effect.changes.iter_mut().zip(names) {
        (difference.group, difference.named) = (group, named);
    }
    effect.changes.sort_by_key(|difference| {
        (difference.gain, difference.tenant.clone(), difference.permission, difference.when.span)
    });
    Ok(())
}

/// Tenants by slug: many differences are in the same ones.
#[derive(Default)]
struct Places(HashMap<String, (TenantId, String)>);

impl Places {
    /// Where it is, with the tenant's name.
    async fn find(&mut self, tx: &mut Tx, slug: &str) -> Result<(Scope, Option<String>)> {
        if !slug.is_empty() && !self.0.contains_key(slug) {
            let found: Option<(TenantId, String)> = on!(tx, |c| query_as(TENANT).bind(slug).fetch_optional(c).await?);
            self.0.extend(found.map(|tenant| (slug.to_owned(), tenant)));
        }
        let tenant = self.0.get(slug);
        Ok((Scope::from(tenant.map(|(id, _)| *id)), tenant.map(|(_, name)| name.clone())))
    }
}
