//! The names of the people that a change touches.

use std::collections::{BTreeSet, HashMap};

use sqlx::query_as;

use super::{
    compare::{Change, Compared},
    effect::{NAMED, Named},
};
use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::id::UserId,
};

statements! {
    NAMES = "select id, display_name from users
        where id in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
}

/// People that [`NAMES`] looks up at once.
const AT_ONCE: usize = 20;

/// So many names are in one answer, whatever it says of how many people.
const NAMED_IN_ALL: usize = 5_000;

/// The first people of each change, and a number: changes about the same people have the same.
pub async fn names(conn: &mut Conn, compared: &Compared) -> Result<Vec<(usize, Named)>> {
    let mut numbers: HashMap<&[usize], usize> = HashMap::new();
    let mut lists: Vec<Vec<UserId>> = Vec::new();
    let mut left = NAMED_IN_ALL;
    for change in &compared.changes {
        numbers.entry(&change.classes).or_insert_with(|| {
            let people = first(compared, &change.classes, left);
            left -= people.len();
            lists.push(people);
            lists.len() - 1
        });
    }
    let known = look_up(conn, lists.iter().flatten().copied().collect()).await?;
    let name = |user: UserId| (user, known.get(&user).cloned().unwrap_or_default());
    let lists: Vec<Named> = lists.into_iter().map(|people| people.into_iter().map(name).collect()).collect();
    let of = |change: &Change| numbers.get(&change.classes[..]).map(|number| (*number, lists[*number].clone()));
    Ok(compared.changes.iter().filter_map(of).collect())
}

/// Each class is in the order of ids already, so its first are enough.
fn first(compared: &Compared, classes: &[usize], left: usize) -> Vec<UserId> {
    let most = NAMED.min(left);
    let firsts = classes.iter().flat_map(|class| compared.classes[*class].iter().take(most));
    let mut people: Vec<UserId> = firsts.copied().collect();
    people.sort_unstable();
    people.truncate(most);
    people
}

async fn look_up(conn: &mut Conn, people: BTreeSet<UserId>) -> Result<HashMap<UserId, String>> {
    let people: Vec<UserId> = people.into_iter().collect();
    let mut known = HashMap::with_capacity(people.len());
    for some in people.chunks(AT_ONCE) {
        // Asking for one of them again fills the places that are left.
        let asked = some.iter().cycle().take(AT_ONCE);
        let rows: Vec<(UserId, String)> = on!(conn, |c| {
            let mut query = query_as(NAMES);
            for user in asked {
                query = query.bind(user);
            }
            query.fetch_all(c).await?
        });
        known.extend(rows);
    }
    Ok(known)
}
