//! What is asked of a user's data, parsed.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        input::Problems,
        mask,
        names::address::login,
        parse::{Email, filled, line, phone},
        passwords::{
            minimum::Minimum,
            rules::{ALONE, About, BESIDE, Password},
        },
    },
    model::{
        error::FieldErrors,
        forms::{EVERYWHERE, NewUserForm, ProfileForm, THERE, UserForm},
        id::{RoleId, TenantId},
    },
};

const NAME_MAX: usize = 100;
/// Characters of a name in one piece (contracts 001 and 004).
const ONE_NAME_MAX: usize = 255;
/// Roles that are given with one new user: each is an event, and all of one request must fit into one undo.
const ROLES_MAX: usize = 50;

/// Names, address, phone and locale: what can be said of every user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// First name.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// What pages call them; the two names where nothing else was typed.
    pub display_name: String,
    /// E-mail address, which is also the login, and where mail goes.
    pub email: Email,
    /// Another address at which people reach them; nothing is sent there. What was kept before there was one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Email>,
    /// Phone number.
    pub phone: Option<String>,
    /// Language and region, `en_US`. What was kept before it could be said had the usual one.
    #[serde(default = "usual_locale")]
    pub locale: String,
}

fn usual_locale() -> String {
    "en_US".into()
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Names and address.
    pub profile: Profile,
    /// Without one they can't sign in until they follow a set-password link.
    pub password: Option<Password>,
    /// Roles to give them at once.
    pub roles: Option<FirstRoles>,
    /// The tenant they belong to; where the caller works, when absent. Whoever works everywhere names one.
    pub tenant: Option<TenantId>,
    /// What only programs say.
    pub special: Special,
}

/// What only programs say of a new person.
#[derive(Clone, Debug, Default)]
pub struct Special {
    /// They must choose another password after they signed in with this one, within three days.
    pub is_temporary: bool,
    /// Nobody vouches for the address: they confirm it by a link in a mail.
    pub is_unverified: bool,
    /// Their membership waits until they open it by a link in a mail.
    pub is_pending: bool,
    /// A second factor is going to be required of them, so their password may be shorter.
    pub needs_factor: bool,
    /// They belong to no tenant at first.
    pub belongs_nowhere: bool,
    /// What a program keeps beside the address, a JSON object.
    pub email_hints: Option<String>,
}

/// What a program changes of a person; what isn't named stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The whole name, which the two names follow.
    pub name: Option<OneName>,
    /// The address that they sign in with.
    pub email: Option<Email>,
    /// Another address.
    pub contact: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
}

/// A name in one piece, as some families say it: what stands before the first blank is the first name, the rest the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneName(String);

impl OneName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, String> {
        filled(text, ONE_NAME_MAX, "must not be empty").map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole, and the two names that it is made of.
    pub(super) fn names(&self) -> [&str; 3] {
        let (first, last) = self.parts();
        [&self.0, first, last]
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once(' ').map_or((self.0.as_str(), ""), |(first, last)| (first, last.trim_start()))
    }
}

/// Roles that a new user gets at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRoles {
    /// At least one.
    pub roles: Vec<RoleId>,
    /// Where they count, which is always said.
    pub count: Counting,
}

/// Where the roles of a new user count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// In the tenant that they belong to.
    There,
    /// Everywhere.
    Everywhere,
}

/// A change to a user, made while looking at `version`.
#[derive(Clone, Debug)]
pub struct UserUpdate {
    /// Names and address; without a phone where `masked_phone` stands for it.
    pub profile: Profile,
    /// The phone as it was sent, if it is one that was shown masked.
    pub masked_phone: Option<String>,
    /// The version that the sender looked at.
    pub version: i64,
}

impl Profile {
    /// What is said of a program's account.
    pub(super) fn of_service(name: &str, address: &str) -> Self {
        Self {
            first_name: name.to_owned(),
            last_name: String::new(),
            display_name: name.to_owned(),
            email: Email::stored(address),
            contact: None,
            phone: None,
            locale: usual_locale(),
        }
    }

    fn read(form: &ProfileForm, problems: &mut Problems) -> Option<Self> {
        let first_name = problems.check("first_name", filled(&form.first_name, NAME_MAX, "enter a first name"));
        let last_name = problems.check("last_name", line(&form.last_name, NAME_MAX));
        let display_name = problems.check("display_name", line(&form.display_name, 2 * NAME_MAX));
        let email = problems.check("email", Email::parse(&form.email));
        let contact = problems.check("contact", contact(&form.contact));
        let phone = problems.check("phone", phone(&form.phone));
        let locale = problems.check("locale", locale(&form.locale));
        let (first_name, last_name) = (first_name?, last_name?);
        let display_name = display_name.map(|name| match name.is_empty() {
            true => format!("{first_name} {last_name}").trim().to_owned(),
            false => name,
        });
        let (display_name, email) = (display_name?, email?);
        let contact = contact?.filter(|contact| *contact != email);
        Some(Self { display_name, contact, phone: phone?, locale: locale?, first_name, last_name, email })
    }

    /// Of a name in one piece.
    #[must_use]
    pub fn of_one_name(name: &OneName, email: Email, phone: Option<String>) -> Self {
        let (first, last) = name.parts();
        Self {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            display_name: name.0.clone(),
            email,
            contact: None,
            phone,
            locale: usual_locale(),
        }
    }

    /// The same person with what a program changed; a display name that was made of the names follows them. What isn't sent
    /// isn't looked at: other doors took it by other rules.
    pub fn changed(&self, change: &ProfileChange) -> Result<Self, FieldErrors> {
        let (mut problems, mut after) = (Problems::default(), self.clone());
        if let Some(typed) = &change.first_name {
            let read = problems.check("first_name", filled(typed, NAME_MAX, "enter a first name"));
            after.first_name = read.unwrap_or_default();
        }
        if let Some(typed) = &change.last_name {
            after.last_name = problems.check("last_name", line(typed, NAME_MAX)).unwrap_or_default();
        }
        if let Some(typed) = &change.contact {
            let read = problems.check("contact", contact(typed)).flatten();
            after.contact = read.filter(|contact| *contact != self.email);
        }
        if let Some(typed) = &change.phone {
            after.phone = problems.check("phone", phone(typed)).flatten();
        }
        if let Some(email) = &change.email {
            after.email = email.clone();
        }
        match &change.name {
            Some(name) => {
                let (first, last) = name.parts();
                (after.first_name, after.last_name) = (first.to_owned(), last.to_owned());
                after.display_name.clone_from(&name.0);
            }
            None => after.follow_names(self),
        }
        problems.finish(Some(after))
    }
}

fn contact(typed: &str) -> Result<Option<Email>, String> {
    if typed.trim().is_empty() { Ok(None) } else { Email::parse(typed).map(Some) }
}

/// A language of two letters, and a region of two if it matters.
fn locale(typed: &str) -> Result<String, String> {
    let text = typed.trim().replace('-', "_");
    let (language, region) = text.split_once('_').unwrap_or((&text, ""));
    let two = |part: &str, fits: fn(&char) -> bool| part.len() == 2 && part.chars().all(|c| fits(&c));
    let language_fits = two(language, char::is_ascii_alphabetic);
    let region_fits = region.is_empty() && !text.contains('_') || two(region, char::is_ascii_alphabetic);
    match text.is_empty() {
        true => Ok(usual_locale()),
        false if language_fits && region_fits => {
            let (language, region) = (language.to_ascii_lowercase(), region.to_ascii_uppercase());
            Ok(if region.is_empty() { language } else { format!("{language}_{region}") })
        }
        false => Err("enter a language, and a region if it matters, like de or pt_BR".into()),
    }
}

impl NewUser {
    /// Reads what was typed.
    pub fn parse(form: &NewUserForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let profile = Profile::read(&form.profile, &mut problems);
        let password = password(form, &mut problems);
        let tenant = problems.check("tenant", tenant(&form.tenant));
        let roles = first_roles(form, &mut problems);
        let user = profile.zip(password).zip(roles).zip(tenant);
        problems.finish(user.map(|(((profile, password), roles), tenant)| Self {
            profile,
            password,
            roles,
            tenant,
            special: Special::default(),
        }))
    }
}

fn password(form: &NewUserForm, problems: &mut Problems) -> Option<Option<Password>> {
    if form.password.is_empty() {
        return Some(None);
    }
    let profile = &form.profile;
    let names = [profile.first_name.as_str(), &profile.last_name, &profile.display_name];
    let about = About { login: &login(&profile.email), names: &names };
    // Where they are going to be decides how long it is, which isn't known here; what is too short everywhere is told as is
    // usual.
    let least = Minimum::of(if form.password.chars().count() < BESIDE { ALONE } else { BESIDE });
    problems.check("password", Password::parse(&form.password, &about, least).map(Some))
}

fn tenant(typed: &str) -> Result<Option<TenantId>, String> {
    match typed {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| "choose a tenant of the list".to_owned()),
    }
}

fn first_roles(form: &NewUserForm, problems: &mut Problems) -> Option<Option<FirstRoles>> {
    let roles = roles(&form.roles, problems)?;
    if roles.is_empty() {
        return Some(None);
    }
    let count = match form.counts.as_str() {
        THERE => Ok(Counting::There),
        EVERYWHERE => Ok(Counting::Everywhere),
        _ => Err("choose where the role counts".to_owned()),
    };
    problems.check("counts", count).map(|count| Some(FirstRoles { roles, count }))
}

fn roles(typed: &[String], problems: &mut Problems) -> Option<Vec<RoleId>> {
    let roles: Result<Vec<RoleId>, _> = typed.iter().filter(|role| !role.is_empty()).map(|role| role.parse()).collect();
    match roles {
        Ok(roles) if roles.len() <= ROLES_MAX => return Some(roles),
        Ok(_) => problems.refuse("role", &format!("choose at most {ROLES_MAX} roles")),
        Err(_) => problems.refuse("role", "choose a role of the list"),
    }
    None
}

impl UserUpdate {
    /// Reads what was typed over a version of a user.
    pub fn parse(form: &UserForm) -> Result<Self, FieldErrors> {
        let mut profile = form.profile.clone();
        let masked_phone = Some(profile.phone.trim().to_owned()).filter(|phone| phone.contains(mask::MASK));
        if masked_phone.is_some() {
            profile.phone.clear();
        }
        let mut problems = Problems::default();
        let profile = Profile::read(&profile, &mut problems);
        let version = problems.version("version", &form.version);
        problems.finish(profile.zip(version).map(|(profile, version)| Self { profile, masked_phone, version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(first: &str, last: &str, display: &str, email: &str) -> NewUserForm {
        let [first_name, last_name, display_name, email] = [first, last, display, email].map(str::to_owned);
        let profile = ProfileForm { first_name, last_name, display_name, email, ..ProfileForm::default() };
        NewUserForm { profile, ..NewUserForm::default() }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let mut form = form("", "a\u{fffd}b", "", "nonsense");
        (form.profile.phone, form.password) = ("call".into(), "short".into());
        let errors = NewUser::parse(&form).unwrap_err();
        let named: Vec<_> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(named, ["first_name", "last_name", "email", "phone", "password"]);
    }

    #[test]
    fn a_locale_is_a_language_and_perhaps_a_region() {
        let good = [("", "en_US"), (" de ", "de"), ("pt-br", "pt_BR"), ("AR_eg", "ar_EG")];
        for (typed, stored) in good {
            assert_eq!(locale(typed).as_deref(), Ok(stored), "{typed}");
        }
        for bad in ["d", "deu", "de_", "de_DEU", "_DE", "de_D1", "de DE", "dé"] {
            assert!(locale(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_role_says_where_it_counts() {
        let parse = |role: &str, counts: &str| {
            let form = form("Ada", "", "", "ada@example.com");
            let user = NewUser::parse(&NewUserForm { roles: vec![role.into()], counts: counts.into(), ..form });
            user.map(|user| user.roles.map(|roles| roles.count)).map_err(|errors| errors.of("counts").is_some())
        };
        const ADMIN: &str = "0000000000000000000000ADM1";
        assert_eq!((parse(ADMIN, ""), parse(ADMIN, "x"), parse("", "")), (Err(true), Err(true), Ok(None)));
        assert_eq!(parse(ADMIN, THERE), Ok(Some(Counting::There)));
        assert_eq!(parse(ADMIN, EVERYWHERE), Ok(Some(Counting::Everywhere)));
    }

    #[test]
    fn the_display_name_is_the_two_names_unless_another_is_typed() {
        let parse = |first: &str, last: &str, display: &str| {
            NewUser::parse(&form(first, last, display, "ada@example.com")).unwrap().profile.display_name
        };
        assert_eq!(parse("Ada", "Lovelace", ""), "Ada Lovelace");
        assert_eq!(parse("Ada", "", ""), "Ada");
        assert_eq!(parse("Ada", "", "Countess"), "Countess");
    }
}
