//! What pages tell once, and what they say that a program would send.

use axum::{body::Body, http::Request};
use castellan::domain::{tokens::commands::AddToken, users::store::User};

use crate::{
    api::{self, send},
    domain::stage::personal,
    support::{Answer, World, changes::run},
};

/// The text of a box that is shown once.
pub fn boxed(answer: &Answer, id: &str) -> String {
    let part = answer.body.split(&format!("id=\"{id}\"")).nth(1);
    let part = part.unwrap_or_else(|| panic!("nothing is told: {} {}", answer.status, answer.body));
    part.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// The secret that a page tells.
pub fn secret(answer: &Answer) -> String {
    boxed(answer, "secret")
}

/// The call that a page shows below its form.
pub fn call(answer: &Answer) -> String {
    let text = answer.body.split("<pre").nth(1).unwrap().split_once('>').unwrap().1.split("</pre>").next().unwrap();
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A personal token of somebody.
pub async fn token(world: &World, user: &User) -> String {
    let (add, value) = AddToken::prepare(&world.operator(), personal(user.id, None));
    run(&world.operator(), add).await.unwrap();
    value
}

/// Sends exactly the call that a page shows, as a shell would, with this token.
pub async fn sent(world: &World, answer: &Answer, token: &str) -> api::Answer {
    let call = call(answer).replace(" \\\n  ", " ");
    let address = call.strip_prefix("curl -X POST 'http://localhost").unwrap().split('\'').next().unwrap();
    assert!(call.contains(" -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '"), "{call}");
    let body = call.split_once(" -d '").unwrap().1.strip_suffix('\'').unwrap().replace(r"'\''", "'");
    let request = Request::post(address).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json").body(Body::from(body)).unwrap();
    send(&world.router("http://localhost"), request).await
}

/// What a program is answered that asks with a bearer token.
pub async fn asked(world: &World, path: &str, token: &str) -> u16 {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    send(&world.router("http://localhost"), request.body(Body::empty()).unwrap()).await.status
}
