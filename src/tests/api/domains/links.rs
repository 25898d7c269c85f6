//! The links that let people in.

use super::*;

async fn page(world: &World, (user, code): &(String, Option<String>)) -> u16 {
    let path = format!("/activate?user={user}&code={}", code.as_ref().unwrap());
    world.browser().open(&path).await.status
}

fn ewa(domain: &str) -> Value {
    json!({"domain": domain, "email": "ewa@north.example", "role": "NO_PRIVILEGES", "userName": "Ewa Cole"})
}

on_both_engines! {
    // 004-R10, 004-R22, 004-R56
    async fn a_link_activates_once_by_its_button(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        done(&quay.add(&world, &ewa("north@quay")).await);
        let sent = link(&world, "ewa@north.example").await;
        let before = state::all(&world).await;
        assert_eq!(page(&world, &sent).await, 200);
        assert_eq!(state::all(&world).await, before, "opening it changes nothing");
        assert_eq!(world.count("select count(*) from users where login = 'ewa@north.example' and email_verified_at is null").await, 1);
        assert_eq!(follow(&world, &sent, PASSWORD).await, 303);
        assert_eq!(world.count("select count(*) from users where login = 'ewa@north.example' and email_verified_at is not null").await, 1);
        assert_eq!(part(&quay.get(&world, &quay.pair, &of_in("ewa@north.example", "north@quay")).await, &["status"]), [json!("active")]);
        assert_ne!(follow(&world, &sent, PASSWORD).await, 303, "once");
    }

    // 004-R22, 004-R56
    async fn a_link_ends_after_seven_days_and_after_five_wrong_tries(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        done(&quay.add(&world, &ewa("north@quay")).await);
        let sent = link(&world, "ewa@north.example").await;
        world.services.clock.advance(7 * 86_400 - 1);
        assert_eq!(page(&world, &sent).await, 200);
        world.services.clock.advance(1);
        assert_ne!(follow(&world, &sent, PASSWORD).await, 303, "over");
        done(&quay.add(&world, &ewa("north@quay")).await);
        let second = link(&world, "ewa@north.example").await;
        for _ in 0..5 {
            assert_ne!(follow(&world, &(second.0.clone(), Some("wrong".into())), PASSWORD).await, 303);
        }
        assert_ne!(follow(&world, &second, PASSWORD).await, 303, "tried out");
        assert_eq!(part(&quay.get(&world, &quay.pair, &of_in("ewa@north.example", "north@quay")).await, &["status"]), [json!("pending")]);
    }

    // 004-R22, 004-R61
    async fn a_link_is_for_one_domain(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        quay.owned(&world, &quay.coast, "ida").await;
        done(&quay.add(&world, &ewa("north@quay")).await);
        let norths = link(&world, "ewa@north.example").await;
        done(&quay.add(&world, &ewa("coast@quay")).await);
        let coasts = link(&world, "ewa@north.example").await;
        assert_eq!(follow(&world, &norths, PASSWORD).await, 303, "the other is none in its place");
        let status = async |domain: &str| part(&quay.get(&world, &quay.pair, &of_in("ewa@north.example", domain)).await, &["status"]).remove(0);
        assert_eq!((status("north@quay").await, status("coast@quay").await), (json!("active"), json!("pending")));
        assert_eq!(follow(&world, &coasts, "").await, 303);
        assert_eq!(status("coast@quay").await, json!("active"));
    }
}
