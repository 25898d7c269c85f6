//! People to look at: fills an installation with made-up people of many regions, so that lists, searches and
//! pages can be judged at the size and in the scripts they will meet.

mod names;
mod people;
mod rows;
mod tune;
mod world;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::json;
use tokio::task::spawn_blocking;

use self::{rows::Batch, world::World};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::{Change, Target},
        ctx::Ctx,
        error::{Error, Result},
        turn,
    },
};

pub use world::STATEMENTS;

/// What [`fill`] needs: it makes all of these at once.
const NEEDED: [Action; 7] = [
    Action::AddUser,
    Action::AddMembership,
    Action::Give,
    Action::AddRole,
    Action::AddTenant,
    Action::AddGroup,
    Action::AddToGroup,
];

/// People of one transaction: a second or two of SQLite's one writer, within the five that a server beside it
/// waits for its turn. Smaller ones write the same pages of the indexes and merge pieces of the search index more
/// often; 50,000 took a tenth less work, but come too near to the five seconds.
const BATCH: u64 = 20_000;

/// What [`fill`] made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// People made.
    pub users: u32,
    /// Tenants that they belong to, made now or before.
    pub tenants: u32,
    /// Groups that they belong to, made now or before.
    pub groups: u32,
}

/// Adds made-up people, with tenants, groups and roles to belong to. Nobody can sign in as one of them, and none
/// is an administrator. Doing it again adds more people to the same tenants.
pub async fn fill(ctx: &Ctx, users: u32) -> Result<Filled> {
    for action in NEEDED {
        ctx.require(action)?;
    }
    let hash = world::unknown_password(ctx).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let ctx = &ctx;
    let world = Arc::new(World::prepare(ctx, &mut tx, hash).await?);
    // Recorded first: a run that is cut short has made people, and the log must not be silent about them.
    record(ctx, &mut tx, users).await?;
    tune::large(&mut tx).await?;
    tx.commit().await?;
    let added = add_people(ctx, &world, u64::from(users)).await;
    let (_, mut tx) = turn::begin(ctx).await?;
    tune::usual(&mut tx).await?;
    tx.commit().await?;
    added?;
    let groups: usize = world.places.iter().map(|place| place.groups.len()).sum();
    Ok(Filled { users, tenants: world.places.len() as u32, groups: groups as u32 })
}

/// The next people are made up while the database writes the ones before.
async fn add_people(ctx: &Ctx, world: &Arc<World>, of: u64) -> Result<()> {
    let make = |from: u64| {
        let (ctx, world) = (ctx.clone(), Arc::clone(world));
        spawn_blocking(move || Batch::of(&ctx, &world, (from..of.min(from + BATCH), of)))
    };
    let mut next = make(0);
    for from in (0..of).step_by(BATCH as usize) {
        let batch = next.await.map_err(|e| Error::Internal(format!("making people up: {e}")))?;
        next = make(from + BATCH);
        let (ctx, mut tx) = turn::begin(ctx).await?;
        let before = world::last_number(&mut tx).await?;
        let deferred = tune::defer_search(&mut tx).await?;
        batch.insert(&ctx, &mut tx, &world.hash).await?;
        tune::search(&mut tx, deferred, before).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn record(ctx: &Ctx, tx: &mut Tx, users: u32) -> Result<()> {
    let target = Target { kind: "installation", id: "installation".into(), name: "this installation".into() };
    audit::record::record(ctx, tx, Change::new(Action::FillDemo, target).after(json!({ "people": users }))).await?;
    Ok(())
}
