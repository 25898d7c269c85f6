//! The first administrator is made once.

use crate::support::{World, on_both_engines, person};
use castellan::domain::{
    error::{Error, Refused},
    secrets::SecretKey,
    setup,
};

on_both_engines! {
    async fn set_up_works_once_and_only_with_the_code(world: World) {
        let ctx = world.stranger();
        let wrong = setup::in_browser(&ctx, "0000-0000-0000-0000", person("ada", "Lovelace")).await;
        assert!(matches!(wrong, Err(Error::Invalid(fields)) if fields.of("code").is_some()));
        assert_eq!(world.count("select count(*) from users").await, 0);
        let code = world.services.key.setup_code().to_lowercase();
        setup::in_browser(&ctx, &code, person("ada", "Lovelace")).await.unwrap();
        let again = setup::in_browser(&ctx, &code, person("grace", "Hopper")).await;
        assert!(matches!(again, Err(Error::Refused(Refused::AlreadySetUp))));
        let by_command = setup::on_command_line(&world.operator(), person("grace", "Hopper")).await;
        assert!(matches!(by_command, Err(Error::Refused(Refused::AlreadySetUp))));
        assert_eq!(world.count("select count(*) from users").await, 1);
    }

    async fn a_database_in_use_takes_no_other_key(world: World) {
        let key = |byte: u8| SecretKey::from_bytes([byte; 32]);
        let db = &world.services.db;
        assert!(setup::take_key(db, key(8)).await.is_err(), "it has met one");
        assert!(setup::take_key(db, key(7)).await.is_ok());
        world.set_up().await;
        world.execute("delete from settings where name = 'key-check'").await;
        for byte in [8, 7] {
            assert!(setup::take_key(db, key(byte)).await.is_err(), "somebody took the old one away");
        }
    }

    async fn of_several_set_ups_at_once_one_wins(world: World) {
        let code = world.services.key.setup_code();
        let attempts: Vec<_> = ["ada", "grace", "linus", "mary"].map(|name| {
            let (ctx, code) = (world.stranger(), code.clone());
            tokio::spawn(async move { setup::in_browser(&ctx, &code, person(name, "")).await.is_ok() })
        }).into();
        let mut won = 0;
        for attempt in attempts {
            won += i32::from(attempt.await.unwrap());
        }
        assert_eq!((won, world.count("select count(*) from users").await), (1, 1));
    }
}
