//! Inviting people through pages: whoever does it is told the same whether the address is known or not.

use crate::{
    domain::stage::{member, tenant},
    support::{World, on_both_engines},
};

const INVITE: &str = "/admin/users/invite";

on_both_engines! {
    async fn the_known_and_the_unknown_are_invited_alike(world: World) {
        let (ada, a, b) = (world.set_up().await, tenant(&world, "a").await, tenant(&world, "b").await);
        member(&world, "grace", &b).await;
        let mut browser = world.signed_in(&ada).await;
        let mut answers = Vec::new();
        for email in ["grace@example.com", "new@example.com"] {
            let page = browser.get(INVITE).await;
            let typed = [("email", email), ("first_name", "Somebody"), ("tenant", &a.id.to_string())];
            let sent = browser.submit(&page, INVITE, &typed).await;
            assert_eq!((sent.status, sent.location()), (303, "/admin/invitations"), "{}", sent.body);
            let list = browser.get("/admin/invitations").await.body;
            assert!(list.contains(email) && list.contains("An invitation is on its way by mail."), "{list}");
            let row = list.split("<tr>").find(|row| row.contains(email)).unwrap().split("</td>").skip(1).take(2);
            answers.push(row.collect::<Vec<_>>().join(""));
        }
        assert_eq!(answers[0], answers[1], "where to, and until when");
        assert_eq!(world.count("select count(*) from messages where template = 'activation'").await, 2);
    }

    async fn a_refused_invitation_keeps_what_was_typed(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        tenant(&world, "a").await;
        let page = browser.get(INVITE).await;
        let refused = browser.submit(&page, INVITE, &[("email", "new@example.com"), ("first_name", "New")]).await;
        assert!(refused.status == 400 && refused.body.contains("hoose the tenant that they are invited into"), "{}", refused.body);
        assert!(refused.body.contains("value=\"new@example.com\"") && refused.body.contains("value=\"New\""));
        let nowhere = browser.submit(&refused, INVITE, &[("tenant", &ada.id.to_string())]).await;
        assert!(nowhere.status == 400 && nowhere.body.contains("hoose a tenant of the list"), "{}", nowhere.body);
        assert_eq!(world.count("select count(*) from messages").await, 0);
    }

    async fn an_invitation_is_sent_again_and_withdrawn_from_its_list(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let mut browser = world.signed_in(&ada).await;
        assert!(browser.get("/admin/invitations").await.body.contains("No invitation waits"));
        browser.work_in(&a.slug);
        let page = browser.get(INVITE).await;
        let sent = browser.submit(&page, INVITE, &[("email", "new@example.com"), ("first_name", "New")]).await;
        assert_eq!(sent.location(), "/t/a/invitations", "inside, it is into that tenant");
        let list = browser.get("/admin/invitations").await;
        assert!(list.body.contains("works ") && list.body.contains("/t/a/tenants/"), "{}", list.body);
        let fields = list.form("/fn/users/resend-invitation");
        let again = format!("/admin/users/{}/invitations/{}", fields.iter().find(|(name, _)| name == "id").unwrap().1, a.id);
        assert_eq!(browser.post(&again, &[]).await.location(), "/t/a/invitations");
        assert_eq!(world.count("select count(*) from messages").await, 2);
        assert_eq!(world.count("select count(*) from codes where used_at is null").await, 1, "the link before is void");
        browser.work_in("root");
        assert!(browser.get("/admin/invitations").await.body.contains("No invitation waits"), "it is not of this tenant");
        assert_eq!(browser.post(&again, &[]).await.status, 404);
    }

    async fn the_list_of_invitations_goes_on(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let mut browser = world.signed_in(&ada).await;
        for n in 0..51 {
            member(&world, &format!("new{n}"), &a).await;
        }
        world.execute("update memberships set status = 'pending' where tenant_id = (select id from tenants where slug = 'a')").await;
        let first = browser.get("/admin/invitations").await.body;
        assert!(first.matches("<tr>").count() == 51 && !first.contains("new0@"), "{first}");
        let older = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(browser.get(older).await.body.contains("new0@example.com"));
    }
}
