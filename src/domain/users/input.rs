//! What is asked of a user's data, parsed.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        input::Problems,
        mask,
        names::login,
        parse::{Email, filled, line, phone},
        passwords::{About, Password},
    },
    model::{
        error::FieldErrors,
        forms::{NewUserForm, ProfileForm, UserForm},
        id::RoleId,
    },
};

const NAME_MAX: usize = 100;
/// Roles that are given with one new user: each is an event, and all of one request must fit into one undo.
const ROLES_MAX: usize = 50;

/// Names, address and phone: what can be said of every user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// First name.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// What pages call them; the two names where nothing else was typed.
    pub display_name: String,
    /// E-mail address, which is also the login.
    pub email: Email,
    /// Phone number.
    pub phone: Option<String>,
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Names and address.
    pub profile: Profile,
    /// Without one they can't sign in until they follow a set-password link.
    pub password: Option<Password>,
    /// Roles to give them at once, where the caller works.
    pub roles: Vec<RoleId>,
    /// The slug of the tenant they join; when absent the one that the caller works in, or the root tenant.
    pub tenant: Option<String>,
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
    fn read(form: &ProfileForm, problems: &mut Problems) -> Option<Self> {
        let first_name = problems.check("first_name", filled(&form.first_name, NAME_MAX, "enter a first name"));
        let last_name = problems.check("last_name", line(&form.last_name, NAME_MAX));
        let display_name = problems.check("display_name", line(&form.display_name, 2 * NAME_MAX));
        let email = problems.check("email", Email::parse(&form.email));
        let phone = problems.check("phone", phone(&form.phone));
        let (first_name, last_name) = (first_name?, last_name?);
        let display_name = display_name.map(|name| match name.is_empty() {
            true => format!("{first_name} {last_name}").trim().to_owned(),
            false => name,
        });
        Some(Self { display_name: display_name?, email: email?, phone: phone?, first_name, last_name })
    }
}

impl NewUser {
    /// Reads what was typed.
    pub fn parse(form: &NewUserForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let profile = Profile::read(&form.profile, &mut problems);
        let password = password(form, &mut problems);
        let roles = roles(&form.roles, &mut problems);
        let user = profile.zip(password).zip(roles).map(|((profile, password), roles)| Self {
            profile,
            password,
            roles,
            tenant: Some(form.tenant.clone()).filter(|tenant| !tenant.is_empty()),
        });
        problems.finish(user)
    }
}

fn password(form: &NewUserForm, problems: &mut Problems) -> Option<Option<Password>> {
    if form.password.is_empty() {
        return Some(None);
    }
    let profile = &form.profile;
    let names = [profile.first_name.as_str(), &profile.last_name, &profile.display_name];
    let about = About { login: &login(&profile.email), names: &names };
    problems.check("password", Password::parse(&form.password, &about).map(Some))
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
        let profile = ProfileForm { first_name, last_name, display_name, email, phone: String::new() };
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
    fn the_display_name_is_the_two_names_unless_another_is_typed() {
        let parse = |first: &str, last: &str, display: &str| {
            NewUser::parse(&form(first, last, display, "ada@example.com")).unwrap().profile.display_name
        };
        assert_eq!(parse("Ada", "Lovelace", ""), "Ada Lovelace");
        assert_eq!(parse("Ada", "", ""), "Ada");
        assert_eq!(parse("Ada", "", "Countess"), "Countess");
    }
}
