//! What was used: noted in memory, written once.

use castellan::{
    domain::{
        caller::{Presented, Takes, identify},
        calling::Caller,
        ctx::{Ctx, Origin},
        tokens::commands::AddToken,
        usage,
        users::list::list,
    },
    model::{permission::Permission, principal::Principal, scope::Scope, token::TokenKind, user::UserQuery},
};

use super::stage::{give, lasting, member, personal, tenant};
use crate::support::{World, changes::*, on_both_engines};

const PERSONAL: Takes = Takes { bearers: &[TokenKind::Personal], clients: false, stand_alone: false, signed: false };

on_both_engines! {
    async fn each_credential_says_when_from_where_and_for_what_it_was_used(world: World) {
        let a = tenant(&world, "a").await;
        let ada = member(&world, "ada", &a).await;
        give(&world, &lasting(Principal::User(ada.id), Permission::UsersList, Scope::Everywhere)).await;
        let (add, value) = AddToken::prepare(&world.operator(), personal(ada.id, None));
        run(&world.operator(), add).await.unwrap();
        let origin = Origin { address: Some("192.0.2.7".parse().unwrap()), request_id: None };
        let presented = Presented { bearer: Some(&value), ..Presented::default() };
        let used = async || {
            let ctx = Ctx::new(world.services.clone(), Caller::Anonymous, origin.clone());
            let ctx = identify(ctx, &presented, &PERSONAL).await.unwrap();
            list(&ctx, &UserQuery::default()).await.unwrap();
            assert!(list(&ctx, &UserQuery::default()).await.is_ok());
            assert!(ctx.require(castellan::domain::action::Action::ListRoles).is_err());
        };
        used().await;
        assert_eq!(world.count("select count(*) from tokens where last_used_at is not null").await, 0, "nothing is written at once");
        usage::write(&world.operator()).await.unwrap();
        assert_eq!(world.text("select last_used_from from tokens").await, "192.0.2.7");
        let at = world.services.clock.now().0;
        assert_eq!(world.count("select last_used_at from tokens").await, at);
        assert_eq!(world.text("select string_agg(permission, ' ') from permission_uses").await, "users.list", "what was refused isn't used");
        usage::write(&world.operator()).await.unwrap();
        world.services.clock.advance(24 * 60 * 60);
        used().await;
        usage::write(&world.operator()).await.unwrap();
        assert_eq!(world.count("select count(*) from permission_uses").await, 2, "a row a day");
        assert_eq!(world.count("select count(*) from events where action like 'users.list'").await, 0);
        world.services.clock.advance(101 * 24 * 60 * 60);
        let mut tx = world.services.db.begin().await.unwrap();
        usage::sweep(&world.operator(), &mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.count("select count(*) from permission_uses").await, 0);
    }
}
