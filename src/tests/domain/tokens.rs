//! Tokens: who may have one, what ends it, and that nothing of it is kept but what must be.

use castellan::{
    domain::{
        bounds::AllowedFrom,
        caller::{Presented, Takes, identify},
        calling::Caller,
        commands::service_keys::{NewServiceKey, add_service_key, delete_service_key},
        credentials::Disable,
        ctx::{Ctx, Origin},
        error::{Error, Refused},
        grants::input::NewGrant,
        secrets::token_hash,
        tokens::{
            commands::{AddToken, RevealToken, RotateToken},
            credential::{DeleteToken, EnableToken},
            input::{NewToken, TokenBounds},
            store::Token,
        },
        users::{self, list::list},
    },
    model::{
        id::{ADMIN_ROLE, RoleId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        token::TokenKind,
        user::UserQuery,
    },
};

use super::stage::{
    account_token, give, holding, is_invalid, is_not_found, is_refused, last, lasting, member, nothing, of_account,
    personal, role, tenant, unbounded,
};
use crate::support::{World, changes::*, on_both_engines};

const ANY: Takes = Takes {
    bearers: &[TokenKind::Access, TokenKind::Personal, TokenKind::ServiceKey, TokenKind::Account],
    clients: true,
    stand_alone: true,
    signed: true,
};

/// Whoever carries the token, from an address.
async fn carrying(world: &World, token: &str, from: &str) -> Result<Ctx, Error> {
    let origin = Origin { address: Some(from.parse().unwrap()), request_id: None };
    let ctx = Ctx::new(world.services.clone(), Caller::Anonymous, origin);
    identify(ctx, &Presented { bearer: Some(token), ..Presented::default() }, &ANY).await
}

async fn works(world: &World, token: &str) -> bool {
    carrying(world, token, "192.0.2.7").await.is_ok()
}

async fn made(ctx: &Ctx, new: NewToken) -> (Token, String) {
    let (add, value) = AddToken::prepare(ctx, new);
    (run(ctx, add).await.unwrap(), value)
}

on_both_engines! {
    async fn each_kind_is_known_by_how_it_begins_and_only_account_tokens_are_read_again(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let (account, value) = made(ctx, of_account((ada.id, a.id), "ci")).await;
        assert!(value.len() == 32 && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{value}");
        assert_eq!(run(ctx, RevealToken { token: account.id }).await.unwrap().1, value);
        assert_eq!((last(&world).await.action.as_str(), last(&world).await.after), ("tokens.reveal", None));
        let (rotate, second) = RotateToken::prepare(ctx, &account);
        run(ctx, rotate).await.unwrap();
        assert_eq!(run(ctx, RevealToken { token: account.id }).await.unwrap().1, second);
        assert!(!works(&world, &value).await && works(&world, &second).await, "the value before ended at once");
        let (mine, value) = made(ctx, personal(ada.id, None)).await;
        assert!(value.starts_with("cst_") && works(&world, &value).await);
        let revealed = run(ctx, RevealToken { token: mine.id }).await;
        assert!(is_refused(&revealed, Refused::NotReadable), "{revealed:?}");
        assert_eq!((account.number, mine.number), (1, 2));
        run(ctx, DeleteToken { id: mine.id, version: 1 }).await.unwrap();
        assert_eq!(made(ctx, personal(ada.id, None)).await.0.number, 3, "a number is never given twice");
    }

    async fn a_token_ends_with_whatever_it_rests_on(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let (account, of_account) = made(ctx, of_account((ada.id, a.id), "ci")).await;
        let (_, everywhere) = made(ctx, personal(ada.id, None)).await;
        let until = Some(world.services.clock.now().plus_seconds(60));
        let bounds = TokenBounds { expires_at: until, ..unbounded() };
        let (_, short) = made(ctx, NewToken { bounds, ..personal(ada.id, None) }).await;
        assert!(works(&world, &short).await);
        world.services.clock.advance(60);
        assert!(!works(&world, &short).await, "its end came");
        run(ctx, Disable::<Token> { id: account.id }).await.unwrap();
        assert!(!works(&world, &of_account).await, "locked out");
        run(ctx, EnableToken { id: account.id }).await.unwrap();
        assert!(works(&world, &of_account).await);
        run(ctx, set_membership((ada.id, a.id), (MembershipStatus::Inactive, 1))).await.unwrap();
        assert!(!works(&world, &of_account).await && !works(&world, &everywhere).await, "no member there, and nowhere else");
        run(ctx, set_membership((ada.id, a.id), (MembershipStatus::Active, 2))).await.unwrap();
        run(ctx, DisableUser { user: ada.id }).await.unwrap();
        assert!(!works(&world, &of_account).await && !works(&world, &everywhere).await, "their person is locked out");
        run(ctx, EnableUser { user: ada.id }).await.unwrap();
        assert!(works(&world, &of_account).await, "an account token comes back with its person");
        assert!(!works(&world, &everywhere).await, "a personal one ended");
        run(ctx, DeleteUser { user: ada.id, unchanged: None }).await.unwrap();
        assert!(!works(&world, &of_account).await);
        undo(ctx, last(&world).await.id).await.unwrap();
        assert!(!works(&world, &of_account).await, "and doesn't come back with them");
    }

    async fn losing_a_permission_narrows_a_token_at_once_also_for_what_waits_to_write(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let grant = give(&world, &lasting(Principal::User(ada.id), Permission::GroupsAdd, Scope::Tenant(a.id))).await;
        let (token, value) = made(ctx, personal(ada.id, Some(a.id))).await;
        let by_token = carrying(&world, &value, "192.0.2.7").await.unwrap();
        assert_eq!(by_token.scope, Scope::Tenant(a.id));
        let group = |name: &str| castellan::domain::groups::input::NewGroup { name: name.into(), description: String::new(), tenant: None };
        add_group(&by_token, group("team")).await.unwrap();
        let event = last(&world).await;
        assert_eq!((event.actor_id, event.actor_name.as_str()), (Some(ada.id), "ada (token mine)"));
        run(ctx, RemoveAccess { grant, version: 1 }).await.unwrap();
        let late = add_group(&by_token, group("late")).await;
        assert!(is_refused(&late, Refused::LostMeanwhile), "{late:?}");
        let anew = carrying(&world, &value, "192.0.2.7").await.unwrap();
        assert!(matches!(add_group(&anew, group("late")).await, Err(Error::Forbidden(Permission::GroupsAdd))));
        run(ctx, DeleteToken { id: token.id, version: 1 }).await.unwrap();
        assert!(matches!(add_group(&anew, group("late")).await, Err(Error::Forbidden(_))));
        let gone = run(&by_token, castellan::domain::sessions::commands::SignOut).await;
        assert!(matches!(gone, Err(Error::Unauthenticated)), "{gone:?}");
    }

    async fn a_token_is_taken_from_where_it_says(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let allowed_from = AllowedFrom::parse(&["192.0.2.0/24".into()]).unwrap();
        let bounds = TokenBounds { allowed_from, ..unbounded() };
        let (_, value) = made(ctx, NewToken { bounds, ..personal(ada.id, None) }).await;
        assert!(carrying(&world, &value, "192.0.2.200").await.is_ok());
        assert!(matches!(carrying(&world, &value, "198.51.100.1").await, Err(Error::Unauthenticated)));
        let nowhere = identify(world.stranger(), &Presented { bearer: Some(&value), ..Presented::default() }, &ANY).await;
        assert!(matches!(nowhere, Err(Error::Unauthenticated)));
    }

    async fn each_surface_takes_its_own_kinds_said_in_one_way(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let (_, account) = made(ctx, of_account((ada.id, a.id), "ci")).await;
        let (_, mine) = made(ctx, personal(ada.id, None)).await;
        let asked = async |presented: Presented<'_>, takes: Takes| identify(world.stranger(), &presented, &takes).await.is_ok();
        let bearer = |value| Presented { bearer: Some(value), ..Presented::default() };
        let alone = |value| Presented { stand_alone: Some(value), ..Presented::default() };
        let personal_only = Takes { bearers: &[TokenKind::Personal], clients: false, stand_alone: false, signed: false };
        assert!(asked(bearer(&mine), personal_only).await && !asked(bearer(&account), personal_only).await);
        assert!(asked(alone(&account), ANY).await && !asked(alone(&mine), ANY).await);
        assert!(!asked(alone(&account), personal_only).await, "not there");
        assert!(!asked(Presented { stand_alone: Some(&account), ..bearer(&mine) }, ANY).await, "in two ways");
        assert!(!asked(Presented::default(), ANY).await && !asked(bearer(""), ANY).await);
        assert_eq!(world.count("select count(*) from throttles").await, 0, "a wrong token writes nothing");
    }

    async fn nobody_gets_a_token_that_may_more_than_they(world: World) {
        let a = tenant(&world, "a").await;
        let ada = member(&world, "ada", &a).await;
        give(&world, &lasting(Principal::User(ada.id), Permission::GroupsDelete, Scope::Tenant(a.id))).await;
        let all = [Permission::TokensAdd, Permission::TokensReveal, Permission::TokensUpdate, Permission::TokensDelete];
        let clerk = holding(&world, "clerk", &all).await;
        let everything = || NewToken { bounds: unbounded(), ..of_account((ada.id, a.id), "ci") };
        let refused = run(&clerk, AddToken::prepare(&clerk, everything()).0).await;
        assert!(is_refused(&refused, Refused::MoreThanYourself(Default::default())), "{refused:?}");
        assert!(run(&clerk, AddToken::prepare(&clerk, of_account((ada.id, a.id), "ci")).0).await.is_ok(), "bound to less");
        let token = made(&world.operator(), everything()).await.0;
        for refused in [
            run(&clerk, RevealToken { token: token.id }).await.map(drop),
            run(&clerk, RotateToken::prepare(&clerk, &token).0).await.map(drop),
            run(&clerk, DeleteToken { id: token.id, version: 1 }).await.map(drop),
        ] {
            assert!(is_refused(&refused, Refused::MoreThanYourself(Default::default())), "{refused:?}");
        }
        run(&clerk, Disable::<Token> { id: token.id }).await.unwrap();
        let enabled = run(&clerk, EnableToken { id: token.id }).await;
        assert!(is_refused(&enabled, Refused::MoreThanYourself(Default::default())), "locking out is everybody's: {enabled:?}");
    }

    async fn a_personal_token_is_its_owners_alone(world: World) {
        let (a, all) = (tenant(&world, "a").await, NewGrant::lasting);
        let (ada, grace) = (member(&world, "ada", &a).await, member(&world, "grace", &a).await);
        give(&world, &all(Principal::User(grace.id), RoleId(ADMIN_ROLE.into()), Scope::Everywhere)).await;
        let grace = world.as_user(&grace).await;
        let for_ada = run(&grace, AddToken::prepare(&grace, personal(ada.id, None)).0).await;
        assert!(is_refused(&for_ada, Refused::OthersToken), "{for_ada:?}");
        assert!(run(&grace, AddToken::prepare(&grace, personal(grace.user_id().unwrap(), None)).0).await.is_ok());
    }

    async fn what_can_not_be_a_token_is_refused_by_its_field(world: World) {
        let (ctx, a, b) = (&world.operator(), tenant(&world, "a").await, tenant(&world, "b").await);
        let ada = member(&world, "ada", &a).await;
        let add = async |ctx: &Ctx, new: NewToken| run(ctx, AddToken::prepare(ctx, new).0).await;
        assert!(is_invalid(&add(ctx, of_account((ada.id, b.id), "ci")).await, "user"), "no member there");
        let past = TokenBounds { expires_at: Some(world.services.clock.now()), ..nothing() };
        assert!(is_invalid(&add(ctx, NewToken { bounds: past, ..personal(ada.id, None) }).await, "expires"));
        let key = NewToken { kind: TokenKind::ServiceKey, ..personal(ada.id, Some(a.id)) };
        assert!(is_invalid(&add(ctx, key).await, "user"), "a person has no service key");
        let inside = &ctx.clone().working_in(Scope::Tenant(a.id));
        assert!(is_invalid(&add(inside, personal(ada.id, None)).await, "tenant"), "from a tenant, only there");
        let there = account_token(ctx, (member(&world, "bo", &b).await.id, b.id), "ci").await;
        assert!(is_not_found(&run(inside, RevealToken { token: there.id }).await), "another tenant's isn't there");
    }

    async fn a_service_key_lives_and_dies_with_an_account_that_is_nobody(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let reader = role(ctx, "reader", &["users.read"]).await;
        let new = NewServiceKey { tenant: a.id, name: "backup".into(), roles: vec![reader.id], bounds: unbounded() };
        let before = list(ctx, &UserQuery::default()).await.unwrap().all;
        let (key, value) = add_service_key(ctx, new).await.unwrap();
        assert!(value.starts_with("sk:") && key.kind == TokenKind::ServiceKey);
        let by_key = carrying(&world, &value, "192.0.2.7").await.unwrap();
        assert!(by_key.may(Permission::UsersRead) && !by_key.may(Permission::UsersUpdate));
        let people = list(ctx, &UserQuery::default()).await.unwrap();
        assert_eq!((people.all, people.page.rows.len() as i64, people.page.total), (before, before, before));
        let inside = ctx.clone().working_in(Scope::Tenant(a.id));
        let there = list(&inside, &UserQuery::default()).await.unwrap();
        assert_eq!((there.all, there.page.rows.len()), (0, 0), "nor in the tenant's");
        for search in ["backup", "ba"] {
            let query = UserQuery { search: search.into(), ..UserQuery::default() };
            let found = list(ctx, &query).await.unwrap().page;
            assert_eq!((found.total, found.rows.len()), (0, 0), "{search}");
        }
        let link = run(ctx, MakePasswordLink { user: key.user_id }).await;
        assert!(is_refused(&link, Refused::ServiceAccount), "{link:?}");
        run(ctx, DisableUser { user: key.user_id }).await.unwrap();
        assert!(!works(&world, &value).await);
        run(ctx, EnableUser { user: key.user_id }).await.unwrap();
        assert!(works(&world, &value).await);
        delete_service_key(ctx, &key, key.version).await.unwrap();
        assert!(!works(&world, &value).await);
        assert!(is_not_found(&users::queries::find(ctx, key.user_id).await), "its account went with it");
        undo(ctx, last(&world).await.id).await.unwrap();
        assert_eq!(world.count("select count(*) from users where kind = 'service_account'").await, 1);
        assert!(!works(&world, &value).await, "the account can come back, its key can't");
        assert_eq!(list(ctx, &UserQuery::default()).await.unwrap().all, before);
        assert_eq!(world.count("select cast(sum(members) as bigint) from tenants").await, world.count("select count(*) from memberships where kind = 'human'").await);
    }

    async fn what_dies_with_a_password_dies(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let (_, account) = made(ctx, of_account((ada.id, a.id), "ci")).await;
        let (_, mine) = made(ctx, personal(ada.id, None)).await;
        let code = password_link(ctx, ada.id).await;
        castellan::domain::codes::redeeming::redeem_reset(&world.stranger(), &code, "another horse battery staple").await.unwrap();
        assert!(!works(&world, &mine).await && works(&world, &account).await);
    }

    async fn of_a_value_only_a_hash_and_what_is_sealed_are_kept(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let (token, value) = made(ctx, of_account((ada.id, a.id), "ci")).await;
        let mut conn = world.services.db.read().await.unwrap();
        let sealed = castellan::domain::tokens::store::sealed(&mut conn, token.id).await.unwrap().unwrap();
        assert!(!sealed.windows(8).any(|part| value.as_bytes().windows(8).any(|piece| piece == part)));
        assert_ne!(sealed, token_hash(&value));
    }
}
