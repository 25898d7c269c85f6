//! What an undo would do is said before it is done, and nothing is changed by saying it.

use crate::{
    domain::{
        stage::{allowing, give, group, holding, last_id, lasting, member, put, renamed, role, tenant},
        state,
    },
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        access::preview::effect::Effect,
        audit,
        ctx::Ctx,
        error::{Error, Refused},
        grants::input::NewGrant,
        tenants,
    },
    model::{id::EventId, permission::Permission, principal::Principal, scope::Scope},
};

const READ: Permission = Permission::UsersRead;

async fn rehearse(world: &World, ctx: &Ctx, event: EventId) -> Result<Option<Effect>, Error> {
    let before = state::all(world).await;
    let event = audit::list::find(ctx, &mut world.services.db.read().await.unwrap(), event).await.unwrap();
    let effect = preview_undo(ctx, &event).await;
    assert_eq!(state::all(world).await, before, "nothing is changed");
    effect
}

/// Who gains (or loses) which permission by undoing the newest event, as it says.
async fn changes(world: &World) -> Vec<(bool, Permission, String)> {
    let effect = rehearse(world, &world.operator(), last_id(world).await).await.unwrap().unwrap();
    assert_eq!(effect.refused, None);
    let said = |d: castellan::domain::access::preview::effect::Difference| (d.gain, d.permission, d.named[0].1.clone());
    effect.changes.into_iter().map(said).collect()
}

on_both_engines! {
    async fn it_says_who_gains_and_loses_what(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let grace = member(&world, "Grace", &a).await;
        let name = grace.display_name.clone();
        let (gains, loses) = (vec![(true, READ, name.clone())], vec![(false, READ, name)]);
        let grant = give(&world, &lasting(Principal::User(grace.id), READ, Scope::Everywhere)).await;
        assert_eq!(changes(&world).await, loses, "a grant");
        run(&ctx, RemoveAccess { grant, version: 1 }).await.unwrap();
        assert_eq!(changes(&world).await, gains, "one that was taken");
        let support = role(&ctx, "support", &["users.read"]).await;
        let team = group(&world, "team", &a).await;
        give(&world, &NewGrant::lasting(Principal::Group(team.id), support.id.clone(), Scope::Everywhere)).await;
        put(&world, Principal::User(grace.id), &team).await;
        assert_eq!(changes(&world).await, loses, "a place in a group");
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        assert_eq!(changes(&world).await, gains, "somebody disabled");
        undo(&ctx, last_id(&world).await).await.unwrap();
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert_eq!(changes(&world).await, gains, "somebody deleted");
        undo(&ctx, last_id(&world).await).await.unwrap();
        run(&ctx, DeleteGroup { group: team.id, version: 1, unused: false }).await.unwrap();
        assert_eq!(changes(&world).await, gains, "a deleted group");
        undo(&ctx, last_id(&world).await).await.unwrap();
        let support = run(&ctx, UpdateRole { role: support.id.clone(), update: allowing(&support, &["users.list"]) }).await.unwrap();
        let said = changes(&world).await;
        assert!(said.len() == 2 && said.contains(&gains[0]) && !said[0].0, "a changed role: {said:?}");
        run(&ctx, DeleteRole { role: support.id.clone(), version: 2, unused: false }).await.unwrap();
        assert_eq!(changes(&world).await, [(true, Permission::UsersList, gains[0].2.clone())], "a deleted role");
    }

    async fn what_somebody_holds_anyway_is_not_gained_with_what_comes_back(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (grace, team) = (member(&world, "Grace", &a).await, group(&world, "team", &a).await);
        give(&world, &lasting(Principal::User(grace.id), Permission::AuditRead, Scope::Everywhere)).await;
        put(&world, Principal::User(grace.id), &team).await;
        let support = role(&ctx, "support", &["users.read", "audit.read"]).await;
        give(&world, &NewGrant::lasting(Principal::Group(team.id), support.id.clone(), Scope::Everywhere)).await;
        let gains = [(true, READ, grace.display_name.clone())];
        run(&ctx, DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
        assert_eq!(changes(&world).await, gains, "a role");
        undo(&ctx, last_id(&world).await).await.unwrap();
        run(&ctx, DeleteGroup { group: team.id, version: 1, unused: false }).await.unwrap();
        assert_eq!(changes(&world).await, gains, "a group");
    }

    async fn what_would_be_refused_is_said_and_what_is_about_no_access_is_not(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        let once = run(&ctx, UpdateUser { user: grace.id, update: renamed(&grace, "Once") }).await.unwrap();
        let first = last_id(&world).await;
        assert!(rehearse(&world, &ctx, first).await.unwrap().is_none(), "a name is no access");
        run(&ctx, UpdateUser { user: grace.id, update: renamed(&once, "Twice") }).await.unwrap();
        let refused = |effect: Result<Option<Effect>, Error>| effect.unwrap().unwrap().refused.unwrap();
        assert_eq!(refused(rehearse(&world, &ctx, first).await), Refused::ChangedSince);
        let second = last_id(&world).await;
        undo(&ctx, second).await.unwrap();
        assert_eq!(refused(rehearse(&world, &ctx, second).await), Refused::Undone);
        tenant(&world, "a").await;
        assert!(rehearse(&world, &ctx, last_id(&world).await).await.unwrap().is_none());
        run(&ctx, UnlockUser { user: grace.id }).await.unwrap();
        assert_eq!(refused(rehearse(&world, &ctx, last_id(&world).await).await), Refused::NotUndoable);
    }

    async fn whoever_may_not_undo_it_is_told_nothing(world: World) {
        let grace = world.add("grace", "").await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        let event = last_id(&world).await;
        let undoer = holding(&world, "linus", &[Permission::AuditUndo]).await;
        let told = rehearse(&world, &undoer, event).await;
        assert!(matches!(told, Err(Error::Forbidden(Permission::UsersEnable))), "{told:?}");
        let nobody = holding(&world, "mary", &[]).await;
        let told = rehearse(&world, &nobody, event).await;
        assert!(matches!(told, Err(Error::Forbidden(Permission::AuditUndo))), "{told:?}");
    }

    async fn the_first_owner_of_a_tenant_is_none_again(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        run(&ctx, MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        let first = last_id(&world).await;
        undo(&ctx, first).await.unwrap();
        assert_eq!(tenants::memberships::queries::owner(&ctx, a.id).await.unwrap(), None);
        let ended = last_id(&world).await;
        run(&ctx, MakeOwner { user: linus.id, tenant: a.id }).await.unwrap();
        let outcome = undo(&ctx, ended).await;
        assert!(matches!(outcome, Err(Error::Refused(Refused::ChangedSince))), "{outcome:?}");
    }
}
