//! Users as lists show them, and the list's state as its URL carries it.

use serde::{Deserialize, Serialize};

use super::{fields::Fields, id::UserId, page::Page, timestamp::Moment, words::words};

words! {
    /// Whether a person can sign in.
    UserStatus {
        /// Can sign in.
        Active = "active",
        /// Has no password yet.
        Pending = "pending",
        /// Locked out.
        Disabled = "disabled",
    }
}

words! {
    /// What somebody proves themselves by beside their password.
    SecondFactor {
        /// Nothing.
        None = "none",
        /// A code that is sent to their address.
        Email = "email",
        /// A code of an authenticator app.
        Totp = "totp",
    }
}

words! {
    /// What a user is.
    UserKind {
        /// A person.
        Human = "human",
        /// A program's: never signs in, has service keys, and is in no list of people.
        ServiceAccount = "service_account",
    }
}

impl SecondFactor {
    /// How pages write it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Email => "codes by e-mail",
            Self::Totp => "an authenticator app",
        }
    }
}

impl UserStatus {
    /// How pages write it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Disabled => "Disabled",
        }
    }

    /// The tag's tone: always beside the word, never instead of it.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Active => "tag good",
            Self::Pending => "tag warn",
            Self::Disabled => "tag bad",
        }
    }
}

words! {
    /// What the list is ordered by.
    UserSort {
        /// Display name, folded.
        Name = "name",
        /// Login.
        Email = "email",
        /// Date of creation.
        Created = "created",
        /// Last sign-in; people who never did come first.
        LastSignIn = "last-sign-in",
    }
}

words! {
    /// What can be done to many people at once.
    BulkAction {
        /// Let them sign in again.
        Enable = "enable",
        /// Lock them out and end their sessions.
        Disable = "disable",
        /// Remove them.
        Delete = "delete",
    }
}

/// Which users to list, in what order, from where. Anything unknown in a URL means the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Part of a name or an e-mail address.
    pub search: String,
    /// Only people of this status.
    pub status: Option<UserStatus>,
    /// The id of a role: only people who have it now. Empty for everybody; ids are read on the server, because the browser
    /// only carries them on.
    pub role: String,
    /// The id of a group: only its people, and those of groups in it. Empty for everybody.
    pub group: String,
    /// The order.
    pub sort: UserSort,
    /// Largest first.
    pub descending: bool,
    /// Cursor: rows after it.
    pub after: Option<String>,
    /// Cursor: rows before it.
    pub before: Option<String>,
}

impl Default for UserQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            status: None,
            role: String::new(),
            group: String::new(),
            sort: UserSort::Name,
            descending: false,
            after: None,
            before: None,
        }
    }
}

impl UserQuery {
    /// Longer searches are cut: no name or address is longer.
    pub const SEARCH_MAX: usize = 200;

    /// Reads the list's state from a URL's query.
    #[must_use]
    pub fn from_fields(fields: &Fields) -> Self {
        let cursor = |name| Some(fields.text(name).to_owned()).filter(|text| !text.is_empty());
        Self {
            search: fields.text("q").trim().chars().take(Self::SEARCH_MAX).collect(),
            status: UserStatus::parse(fields.text("status")),
            role: fields.text("role").to_owned(),
            group: fields.text("group").to_owned(),
            sort: UserSort::parse(fields.text("sort")).unwrap_or(UserSort::Name),
            descending: fields.text("order") == "desc",
            after: cursor("after"),
            before: cursor("before"),
        }
    }

    /// The same list from its first page.
    #[must_use]
    pub fn from_the_start(&self) -> Self {
        Self { after: None, before: None, ..self.clone() }
    }

    /// The same list from another place.
    #[must_use]
    pub fn at(&self, after: Option<String>, before: Option<String>) -> Self {
        Self { after, before, ..self.clone() }
    }

    /// The list as clicking on a column's heading leaves it.
    #[must_use]
    pub fn sorted_by(&self, sort: UserSort) -> Self {
        let descending = self.sort == sort && !self.descending;
        Self { sort, descending, ..self.from_the_start() }
    }

    /// Whether anything narrows the list.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.status.is_some() || !self.role.is_empty() || !self.group.is_empty()
    }

    /// `path` with this state; defaults are left out, so that plain lists have plain URLs.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let sort = if self.sort == UserSort::Name { "" } else { self.sort.word() };
        let query = Fields::default()
            .with("q", self.search.clone())
            .with("status", self.status.map_or("", UserStatus::word))
            .with("role", self.role.clone())
            .with("group", self.group.clone())
            .with("sort", sort)
            .with("order", if self.descending { "desc" } else { "" })
            .with("after", text(&self.after))
            .with("before", text(&self.before))
            .encode();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// A user as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserRow {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// One or two letters for the round mark.
    pub initials: String,
    /// E-mail address.
    pub email: String,
    /// Whether they can sign in.
    pub status: UserStatus,
    /// The first roles given to them directly, and how many more.
    pub roles: String,
    /// When they were made.
    pub created: Moment,
    /// When they last signed in, if ever.
    pub last_sign_in: Option<Moment>,
}

/// One page of users.
pub type UserPage = Page<UserRow>;

/// One or two letters for the round mark: the first of the first and of the last word.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).take(2).collect()
}

/// `12408` as `12,408`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_survives_its_url() {
        let query = UserQuery {
            search: "ada & co".into(),
            status: Some(UserStatus::Disabled),
            role: "0000000000000000000000ADM1".into(),
            group: "00000000-0000-7000-8000-000000000007".into(),
            sort: UserSort::LastSignIn,
            descending: true,
            after: Some("abc".into()),
            before: None,
        };
        let href = query.href("/admin/users");
        let (_, encoded) = href.split_once('?').unwrap();
        assert_eq!(UserQuery::from_fields(&Fields::decode(encoded)), query);
        assert_eq!(UserQuery::default().href("/admin/users"), "/admin/users");
    }

    #[test]
    fn unknown_words_in_a_url_mean_the_default() {
        let fields = Fields::decode("sort=password&order=up&status=gone");
        assert_eq!(UserQuery::from_fields(&fields), UserQuery::default());
    }

    #[test]
    fn initials_are_the_first_and_last_words() {
        assert_eq!(initials("Ada King Lovelace"), "AL");
        assert_eq!(initials("佐藤 花子"), "佐花");
        assert_eq!(initials("  "), "");
    }
}
