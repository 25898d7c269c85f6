//! Key pairs: signatures, and where a reseller's reach.

use castellan::{
    domain::{
        bounds::AllowedFrom,
        caller::{Presented, Takes, identify},
        calling::Caller,
        credentials::{Credential, Disable},
        ctx::{Ctx, Origin},
        error::{Error, Refused},
        key_pairs::{
            caller::reaching,
            commands::{AddKeyPair, RotateKeyPair},
            credential::DeleteKeyPair,
            input::NewKeyPair,
            signature::{Signed, WINDOW},
            store::KeyPair,
        },
        secrets::{hex, hmac},
        tenants::{input::NewTenant, store::Tenant},
    },
    model::{
        permission::Permission,
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};

use super::stage::{holding, is_not_found, is_refused, of_key_pair, tenant};
use crate::support::{World, changes::*, on_both_engines};

const SIGNED: Takes = Takes { bearers: &[], clients: false, stand_alone: false, signed: true };

fn whole(tenant: &Tenant) -> NewKeyPair {
    NewKeyPair { permissions: vec!["*.*".into()], ..of_key_pair(tenant.id, "ci") }
}

async fn made(ctx: &Ctx, new: NewKeyPair) -> (KeyPair, String) {
    let (add, secret) = AddKeyPair::prepare(ctx, new);
    (run(ctx, add).await.unwrap(), secret)
}

/// A request that is signed by a pair, as it was sent at `at`.
async fn signed(world: &World, (pair, secret): (&KeyPair, &str), at: i64) -> Result<Ctx, Error> {
    let timestamp = at.to_string();
    let sign = hex(&hmac(secret.as_bytes(), &[pair.api_key.as_bytes(), b"{}", timestamp.as_bytes()]));
    let signed =
        Signed { key: &pair.api_key, is_resellers: pair.is_resellers, timestamp: &timestamp, sign: &sign, body: b"{}" };
    let origin = Origin { address: Some("192.0.2.7".parse().unwrap()), request_id: None };
    let ctx = Ctx::new(world.services.clone(), Caller::Anonymous, origin);
    identify(ctx, &Presented { signed: Some(signed), ..Presented::default() }, &SIGNED).await
}

async fn under(world: &World, slug: &str, kind: TenantKind, parent: Option<&Tenant>) -> Tenant {
    let (slug, name) = (slug.to_owned(), slug.to_owned());
    let new = NewTenant { slug, name, kind, use_: TenantType::Production, parent: parent.map(|parent| parent.id) };
    add_tenant(&world.operator(), new).await.unwrap()
}

on_both_engines! {
    async fn a_signature_opens_its_tenant_while_the_pair_works(world: World) {
        let (ctx, a, now) = (&world.operator(), tenant(&world, "a").await, world.services.clock.now().0);
        let (pair, secret) = made(ctx, whole(&a)).await;
        let works = async |secret: &str| signed(&world, (&pair, secret), now).await;
        let by_pair = works(&secret).await.unwrap();
        assert_eq!(by_pair.scope, Scope::Tenant(a.id));
        assert!(by_pair.may(Permission::UsersAdd) && by_pair.may(Permission::SettingsRead));
        assert!(!by_pair.working_in(Scope::Everywhere).may(Permission::UsersAdd));
        assert!(works("wrong").await.is_err());
        for off in [WINDOW + 1, -WINDOW - 1] {
            assert!(signed(&world, (&pair, &secret), now + off).await.is_err(), "{off}");
        }
        let (rotate, second) = RotateKeyPair::prepare(ctx, pair.id);
        run(ctx, rotate).await.unwrap();
        assert!(works(&secret).await.is_err() && works(&second).await.is_ok());
        let (other, others) = made(ctx, whole(&a)).await;
        assert!(signed(&world, (&other, &others), now).await.is_ok(), "two pairs work side by side");
        assert!(signed(&world, (&pair, &others), now).await.is_err(), "each with its own secret");
        let before = works(&second).await.unwrap();
        run(ctx, Disable::<KeyPair> { id: pair.id }).await.unwrap();
        assert!(works(&second).await.is_err());
        let name = |name: &str| castellan::domain::groups::input::NewGroup { name: name.into(), description: String::new(), tenant: None };
        assert!(add_group(&before, name("late")).await.is_err());
        run(ctx, DeleteKeyPair { id: other.id, version: 1 }).await.unwrap();
        assert!(signed(&world, (&other, &others), now).await.is_err());
    }

    async fn a_resellers_pair_reaches_its_domains_and_no_others(world: World) {
        let (ctx, now) = (&world.operator(), world.services.clock.now().0);
        let reseller = under(&world, "resell", TenantKind::Reseller, None).await;
        let other = under(&world, "other", TenantKind::Reseller, None).await;
        let domain = under(&world, "acme", TenantKind::Domain, Some(&reseller)).await;
        let elsewhere = under(&world, "beta", TenantKind::Domain, Some(&other)).await;
        let standard = under(&world, "shop", TenantKind::Standard, Some(&reseller)).await;
        let (pair, secret) = made(ctx, whole(&reseller)).await;
        let by_pair = signed(&world, (&pair, &secret), now).await.unwrap();
        let there = reaching(&by_pair, domain.id).await.unwrap();
        assert!(there.may(Permission::UsersAdd) && there.scope == Scope::Tenant(domain.id));
        assert!(reaching(&by_pair, reseller.id).await.is_ok());
        for unreached in [&elsewhere, &standard, &other] {
            assert!(is_not_found(&reaching(&by_pair, unreached.id).await), "{}", unreached.slug);
        }
        let (own, secret) = made(ctx, whole(&domain)).await;
        let by_own = signed(&world, (&own, &secret), now).await.unwrap();
        assert!(reaching(&by_own, domain.id).await.is_ok());
        assert!(is_not_found(&reaching(&by_own, reseller.id).await));
        let disguised = KeyPair { is_resellers: true, ..own };
        assert!(signed(&world, (&disguised, &secret), now).await.is_err(), "a domain's key is no reseller's");
        assert!(reaching(&world.operator(), domain.id).await.is_err(), "only pairs reach");
    }

    async fn nobody_makes_a_pair_that_may_more_than_they(world: World) {
        let (a, all) = (tenant(&world, "a").await, [Permission::CredentialsAdd, Permission::CredentialsUpdate]);
        let clerk = holding(&world, "clerk", &all).await;
        let refused = run(&clerk, AddKeyPair::prepare(&clerk, whole(&a)).0).await;
        assert!(is_refused(&refused, Refused::MoreThanYourself(Default::default())), "{refused:?}");
        assert!(run(&clerk, AddKeyPair::prepare(&clerk, of_key_pair(a.id, "less")).0).await.is_ok());
        let (pair, _) = made(&world.operator(), whole(&a)).await;
        let refused = run(&clerk, RotateKeyPair::prepare(&clerk, pair.id).0).await;
        assert!(is_refused(&refused, Refused::MoreThanYourself(Default::default())), "{refused:?}");
        let reseller = under(&world, "resell", TenantKind::Reseller, None).await;
        let users = NewKeyPair { permissions: vec!["users.read".into()], ..of_key_pair(reseller.id, "wide") };
        let local = holding(&world, "local", &[Permission::CredentialsAdd]).await;
        let refused = run(&local, AddKeyPair::prepare(&local, users).0).await;
        assert!(is_refused(&refused, Refused::MoreThanYourself(Default::default())), "domains to come, too: {refused:?}");
    }

    async fn a_pair_is_bound_to_its_networks_and_its_end(world: World) {
        let (ctx, a, now) = (&world.operator(), tenant(&world, "a").await, world.services.clock.now());
        let allowed_from = AllowedFrom::parse(&["198.51.100.0/24".into()]).unwrap();
        let (elsewhere, secret) = made(ctx, NewKeyPair { allowed_from, ..whole(&a) }).await;
        assert!(signed(&world, (&elsewhere, &secret), now.0).await.is_err());
        let (short, secret) = made(ctx, NewKeyPair { expires_at: Some(now.plus_seconds(60)), ..whole(&a) }).await;
        assert!(signed(&world, (&short, &secret), now.0).await.is_ok());
        world.services.clock.advance(60);
        assert!(signed(&world, (&short, &secret), now.0).await.is_err());
        assert!(!short.is_disabled());
    }

    async fn pairs_of_before_keep_what_they_allowed(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let then = "users.add users.read users.list users.update users.update-roles users.update-tenants users.enable users.revoke";
        let tokens = "tokens.add tokens.read tokens.list tokens.reveal tokens.update tokens.delete";
        let all = format!("{then} roles.read roles.list {tokens}");
        for (name, before, after) in [
            ("all", "*.*", all.as_str()),
            ("some", "settings.write users.*", then),
            ("one", "audit.read tokens.read", "tokens.read"),
            ("set", "roles.list tokens.*", &format!("roles.list {tokens}")),
            ("none", "settings.write", ""),
        ] {
            let permissions = before.split(' ').map(str::to_owned).collect();
            let (pair, _) = made(ctx, NewKeyPair { permissions, ..of_key_pair(a.id, name) }).await;
            world.execute(include_str!("../../../migrations/sqlite/0023_key_pairs.sql")).await;
            let kept = KeyPair::require(ctx, &mut ctx.read().await.unwrap(), pair.id).await.unwrap();
            assert_eq!(kept.permissions, after, "{name}");
        }
    }
}
