//! The keys that are stored beside what they were made of.

use super::fold::folded;

/// The keys of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserKeys {
    /// Of the display name: lists are in its order.
    pub name: String,
    /// Of all names and the address: a search looks through it.
    pub search: String,
}

impl UserKeys {
    /// Of a display name, a first and a last name, and a login.
    #[must_use]
    pub fn of([display, first, last]: [&str; 3], login: &str) -> Self {
        let name = folded(display);
        let mut search = name.clone();
        for other in [folded(first), folded(last), folded(login)] {
            // What is in it already would only make the index larger.
            if !search.contains(&other) {
                search.push(' ');
                search.push_str(&other);
            }
        }
        Self { name, search }
    }
}

/// What a search for tenants looks through.
#[must_use]
pub fn tenant_search_key(name_key: &str, slug: &str) -> String {
    format!("{name_key} {slug}")
}

#[cfg(test)]
mod tests {
    use super::UserKeys;

    #[test]
    fn every_name_and_the_address_are_in_the_key_once() {
        let keys = UserKeys::of(["Ada Lovelace", "Ada", "Lovelace"], "ada@example.com");
        assert_eq!((keys.name.as_str(), keys.search.as_str()), ("ada lovelace", "ada lovelace ada@example.com"));
        let keys = UserKeys::of(["Countess", "Ada", "King"], "ada@bücher.example");
        assert_eq!(keys.search, "countess ada king ada@bucher.example");
    }
}
