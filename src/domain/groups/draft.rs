//! What an administrator types about a group, parsed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    domain::parse::{Email, Reader, filled, line},
    model::{
        error::FieldErrors,
        fields::Fields,
        id::{GroupId, TenantId, UserId},
    },
};

const NAME_MAX: usize = 60;
const DESCRIPTION_MAX: usize = 200;

/// What a group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The tenant it belongs to; where the caller works, when absent.
    pub tenant: Option<TenantId>,
}

/// A change to a group, made while looking at `version`.
#[derive(Clone, Debug)]
pub struct GroupUpdate {
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version that the form was opened with.
    pub version: i64,
}

/// Who or what is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Member {
    /// A person.
    User(UserId),
    /// Another group.
    Group(GroupId),
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => user.fmt(f),
            Self::Group(group) => group.fmt(f),
        }
    }
}

/// A member as it is typed: a person by their address, a group by its id.
#[derive(Clone, Debug)]
pub(super) enum Typed {
    /// A person's login.
    Login(String),
    /// A group, or a person's id.
    Known(Member),
}

impl Draft {
    /// Reads `name`, `description` and `tenant`.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let (name, description) = texts(&mut reader);
        let tenant = reader.read("tenant", |t| match t {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| "choose a tenant of the list".to_owned()),
        });
        let draft = name.zip(description).zip(tenant);
        reader.finish(draft.map(|((name, description), tenant)| Self { name, description, tenant }))
    }
}

impl GroupUpdate {
    /// Reads `name`, `description` and the `version` that the form was opened with.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let (name, description) = texts(&mut reader);
        let version = reader.version("version");
        let update = name.zip(description).zip(version);
        reader.finish(update.map(|((name, description), version)| Self { name, description, version }))
    }
}

fn texts(reader: &mut Reader<'_>) -> (Option<String>, Option<String>) {
    let name = reader.read("name", |t| filled(t, NAME_MAX, "enter a name"));
    (name, reader.read("description", |t| line(t, DESCRIPTION_MAX)))
}

impl Typed {
    /// Reads `email`, `user` or `member_group`.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        if let Ok(group) = fields.text("member_group").parse() {
            return Ok(Self::Known(Member::Group(group)));
        }
        if let Ok(user) = fields.text("user").parse() {
            return Ok(Self::Known(Member::User(user)));
        }
        let mut reader = Reader::new(fields);
        let email = reader.read("email", Email::parse);
        reader.finish(email.map(|email| Self::Login(email.as_str().to_owned())))
    }
}
