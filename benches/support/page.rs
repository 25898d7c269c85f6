//! Pages of the list as a client sees them.

use std::{cell::RefCell, net::SocketAddr};

use castellan::model::{
    fields::Fields,
    user::{UserPage, UserQuery},
};

use super::client::Client;

/// A walk through the list by the cursors that its pages give, as a reader would click.
pub struct Walk {
    client: RefCell<Client>,
    /// Cursor of the page that was walked to.
    pub after: String,
}

impl Walk {
    /// To page `number`.
    pub fn to(address: SocketAddr, cookie: &str, number: usize) -> Self {
        let mut client = Client::new(address, Some(&format!("cookie: {cookie}")));
        let mut after = String::new();
        for _ in 1..number {
            after = get(&mut client, &listed(&format!("after={after}"))).after.expect("one more page");
        }
        Self { client: RefCell::new(client), after }
    }

    /// How many a search finds.
    pub fn found(&self, query: &str) -> i64 {
        get(&mut self.client.borrow_mut(), &listed(query)).total
    }
}

/// The function that lists users, asked as an island asks it for what an address asks for.
pub fn listed(query: &str) -> String {
    let query = UserQuery::from_fields(&Fields::decode(query));
    format!("/fn/users/list {}", serde_json::json!({ "query": query }))
}

pub fn get(client: &mut Client, path: &str) -> UserPage {
    let body = client.get(path).expect("a page");
    serde_json::from_slice(body).expect("a page of users as JSON")
}
