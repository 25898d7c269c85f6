//! What strangers are told of an account that there is, and of one that there isn't: the same, for the same work.

use crate::support::{Answer, World, on_both_engines};

/// Somebody who is there or isn't: what they would type, and the id that a link would carry.
struct Somebody {
    email: String,
    id: String,
}

/// What is sent about somebody by each form that strangers see.
fn sent(form: &str, Somebody { email, id }: &Somebody) -> Vec<(&'static str, String)> {
    let text = str::to_owned;
    match form {
        "/signin" => vec![("email", email.clone()), ("password", text("wrong horse battery staple"))],
        "/forgot-password" => vec![("email", email.clone())],
        "/reset-password" | "/activate" => vec![
            ("user", id.clone()),
            ("code", text("nobody-was-sent-this-code")),
            ("password", text("another horse, another battery")),
            ("again", text("another horse, another battery")),
        ],
        _ => vec![("user", id.clone()), ("code", text("nobody-was-sent-this-code"))],
    }
}

/// What was answered, without who was named, and with the work that it took.
fn told(answer: &Answer, Somebody { email, id }: &Somebody) -> (u16, String, Vec<String>, String) {
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    let body = answer.body.replace(email, "their address").replace(id, "their id");
    (answer.status, body, headers, format!("{:?}", answer.work))
}

on_both_engines! {
    async fn pages_tell_nobody_whether_there_is_such_an_account(world: World) {
        let ada = world.set_up().await;
        let there = Somebody { email: ada.email.clone(), id: ada.id.to_string() };
        let nobody = Somebody { email: "eva@example.com".into(), id: world.services.clock.id().to_string() };
        for form in ["/signin", "/forgot-password", "/reset-password", "/activate", "/verify-email", "/confirm-address", "/stop-address-change"] {
            let mut answers = Vec::new();
            for somebody in [&there, &nobody] {
                let fields = sent(form, somebody);
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                answers.push(told(&world.browser().post(form, &fields).await, somebody));
            }
            assert_eq!(answers[0], answers[1], "{form}");
            assert!(answers[0].0 != 200, "{form} was done, or not sent: {}", answers[0].1);
        }
        for page in ["/reset-password", "/activate", "/verify-email"] {
            let mut answers = Vec::new();
            for somebody in [&there, &nobody] {
                let mut browser = world.browser();
                browser.get(&format!("{page}?user={}&code=nobody-was-sent-this-code", somebody.id)).await;
                answers.push(told(&browser.get(page).await, somebody));
            }
            assert_eq!(answers[0], answers[1], "{page}");
        }
    }
}
