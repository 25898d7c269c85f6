//! What an administrator types about a user, parsed.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        mask,
        names::login,
        parse::{Email, Reader, filled, line, phone},
        passwords::{About, Password},
    },
    model::{error::FieldErrors, fields::Fields, id::RoleId},
};

const NAME_MAX: usize = 100;
/// Roles that one form gives: each is an event, and all of one request must fit into one undo.
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
    /// The phone as it was sent, if it is one that the form showed masked.
    pub masked_phone: Option<String>,
    /// The version that the form was opened with.
    pub version: i64,
}

impl Profile {
    /// Reads `first_name`, `last_name`, `display_name`, `email` and `phone`.
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let first_name = reader.read("first_name", |t| filled(t, NAME_MAX, "enter a first name"));
        let last_name = reader.read("last_name", |t| line(t, NAME_MAX));
        let display_name = reader.read("display_name", |t| line(t, 2 * NAME_MAX));
        let email = reader.read("email", Email::parse);
        let phone = reader.read("phone", phone);
        let (first_name, last_name) = (first_name?, last_name?);
        let display_name = display_name.map(|name| match name.is_empty() {
            true => format!("{first_name} {last_name}").trim().to_owned(),
            false => name,
        });
        Some(Self { display_name: display_name?, email: email?, phone: phone?, first_name, last_name })
    }
}

impl NewUser {
    /// Reads a form: the profile, and `password`, `role` and `tenant`, which may be empty.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let profile = Profile::read(&mut reader);
        let login = login(fields.text("email"));
        let password = reader.read("password", |t| match t.is_empty() {
            true => Ok(None),
            false => {
                let names = ["first_name", "last_name", "display_name"].map(|name| fields.text(name));
                Password::parse(t, &About { login: &login, names: &names }).map(Some)
            }
        });
        let roles = roles(fields, &mut reader);
        let user = profile.zip(password).zip(roles).map(|((profile, password), roles)| Self {
            profile,
            password,
            roles,
            tenant: Some(fields.text("tenant").to_owned()).filter(|tenant| !tenant.is_empty()),
        });
        reader.finish(user)
    }
}

fn roles(fields: &Fields, reader: &mut Reader<'_>) -> Option<Vec<RoleId>> {
    let roles: Result<Vec<RoleId>, _> = fields.all("role").filter(|role| !role.is_empty()).map(str::parse).collect();
    match roles {
        Ok(roles) if roles.len() <= ROLES_MAX => return Some(roles),
        Ok(_) => reader.refuse("role", &format!("choose at most {ROLES_MAX} roles")),
        Err(_) => reader.refuse("role", "choose a role of the list"),
    }
    None
}

impl UserUpdate {
    /// Reads a form: the profile and the `version` it was opened with.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let masked_phone = Some(fields.text("phone").trim().to_owned()).filter(|phone| phone.contains(mask::MASK));
        let fields = match masked_phone {
            Some(_) => fields.clone().without(&["phone"]),
            None => fields.clone(),
        };
        let mut reader = Reader::new(&fields);
        let profile = Profile::read(&mut reader);
        let version = reader.version("version");
        reader.finish(profile.zip(version).map(|(profile, version)| Self { profile, masked_phone, version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_said_at_once() {
        let fields = Fields::decode("first_name=&last_name=a%00b&email=nonsense&phone=call&password=short");
        let errors = NewUser::parse(&fields).unwrap_err();
        let named: Vec<_> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(named, ["first_name", "last_name", "email", "phone", "password"]);
    }

    #[test]
    fn the_display_name_is_the_two_names_unless_another_is_typed() {
        let parse = |text: &str| NewUser::parse(&Fields::decode(text)).unwrap().profile.display_name;
        assert_eq!(parse("first_name=Ada&last_name=Lovelace&email=ada@example.com"), "Ada Lovelace");
        assert_eq!(parse("first_name=Ada&email=ada@example.com"), "Ada");
        assert_eq!(parse("first_name=Ada&email=ada@example.com&display_name=Countess"), "Countess");
    }
}
