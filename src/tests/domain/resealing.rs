//! Exchanging the key file.

use std::sync::Arc;

use castellan::{
    domain::{
        audit::chain::Walk,
        calling::Caller,
        ctx::{Ctx, Origin, Services},
        key_pairs::commands::AddKeyPair,
        resealing::reseal,
        secrets::SecretKey,
        setup,
        tokens::commands::{AddToken, RevealToken},
    },
    model::id::KeyPairId,
};

use super::stage::{member, of_account, of_key_pair, tenant};
use crate::support::{World, changes::*, on_both_engines};

fn key(byte: u8) -> SecretKey {
    SecretKey::from_bytes([byte; 32])
}

/// The operator of the same installation, started with another key file.
async fn started_with(world: &World, byte: u8) -> Ctx {
    let key = Arc::new(setup::fitting(&world.services.db, key(byte)).await.unwrap());
    Ctx::new(Services { key, ..world.services.clone() }, Caller::CommandLine, Origin::default())
}

async fn is_whole(ctx: &Ctx) -> bool {
    let mut walk = Walk::begin(ctx).await.unwrap();
    loop {
        if let Some(checked) = walk.step(ctx).await.unwrap() {
            return checked.broken.is_none() && checked.whole > 0;
        }
    }
}

async fn opened(ctx: &Ctx, world: &World, pair: KeyPairId) -> Option<Vec<u8>> {
    let sealed = match world.services.db.read().await.unwrap().driver() {
        castellan::db::Driver::Sqlite(c) => {
            sqlx::query_scalar("select secret_sealed from key_pairs").fetch_one(c).await
        }
        castellan::db::Driver::Postgres(c) => {
            sqlx::query_scalar("select secret_sealed from key_pairs").fetch_one(c).await
        }
    };
    let sealed: Vec<u8> = sealed.unwrap();
    ctx.services.key.open(&format!("key pair {pair}"), &sealed)
}

on_both_engines! {
    async fn everything_opens_under_the_new_key_only_and_the_log_stays_whole(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        let (add, value) = AddToken::prepare(ctx, of_account((ada.id, a.id), "ci"));
        let token = run(ctx, add).await.unwrap();
        let (add, secret) = AddKeyPair::prepare(ctx, of_key_pair(a.id, "ci"));
        let pair = run(ctx, add).await.unwrap();
        assert_eq!(reseal(ctx, &key(8)).await.unwrap(), 2);
        assert!(setup::fitting(&world.services.db, key(7)).await.is_err(), "the old file fits no more");
        let second = started_with(&world, 8).await;
        assert_eq!(run(&second, RevealToken { token: token.id }).await.unwrap().1, value);
        assert_eq!(opened(&second, &world, pair.id).await.as_deref(), Some(secret.as_bytes()));
        assert!(opened(ctx, &world, pair.id).await.is_none());
        assert!(is_whole(&second).await, "what was written before, by this change, and since");
        assert_eq!(reseal(&second, &key(9)).await.unwrap(), 2, "and again");
        let third = started_with(&world, 9).await;
        assert_eq!(run(&third, RevealToken { token: token.id }).await.unwrap().1, value);
        assert!(is_whole(&third).await);
    }

    async fn nobody_but_whoever_is_at_the_machine_may_and_what_fails_changes_nothing(world: World) {
        let (ctx, a) = (&world.operator(), tenant(&world, "a").await);
        let ada = member(&world, "ada", &a).await;
        run(ctx, AddToken::prepare(ctx, of_account((ada.id, a.id), "ci")).0).await.unwrap();
        assert!(reseal(&world.as_user(&ada).await, &key(8)).await.is_err());
        let (add, _) = AddKeyPair::prepare(ctx, of_key_pair(a.id, "ci"));
        run(ctx, add).await.unwrap();
        let events = world.count("select count(*) from events").await;
        world.execute("update key_pairs set api_key = 'x', secret_sealed = token_hash from tokens").await;
        assert!(reseal(ctx, &key(8)).await.is_err(), "what can't be opened can't be sealed");
        assert!(setup::fitting(&world.services.db, key(7)).await.is_ok(), "the old key still fits");
        assert_eq!(world.count("select count(*) from events").await, events);
        assert_eq!(world.count("select count(*) from settings where name = 'chain-key'").await, 0);
    }
}
