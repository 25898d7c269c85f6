//! What is asked of a group, parsed.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        input::Problems,
        parse::{Email, filled, line},
    },
    model::{
        error::FieldErrors,
        forms::{GroupForm, GroupMemberForm},
        id::TenantId,
        principal::Principal,
    },
};

const NAME_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 500;

/// A group to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The tenant it belongs to; where the caller works, when absent.
    pub tenant: Option<TenantId>,
}

/// A change to a group, made while looking at `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupUpdate {
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version that the sender looked at.
    pub version: i64,
}

/// Who or what shall be in a group: a person by their login, or anybody by id.
#[derive(Clone, Debug)]
pub enum NewMember {
    /// A person's login.
    Login(String),
    /// A group, or a person's id.
    Known(Principal),
}

impl NewGroup {
    /// Reads what was typed.
    pub fn parse(form: &GroupForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let (name, description) = texts(form, &mut problems);
        let tenant = problems.check(
            "tenant",
            match form.tenant.as_str() {
                "" => Ok(None),
                id => id.parse().map(Some).map_err(|_| "choose a tenant of the list".to_owned()),
            },
        );
        let group = name.zip(description).zip(tenant);
        problems.finish(group.map(|((name, description), tenant)| Self { name, description, tenant }))
    }
}

impl GroupUpdate {
    /// Reads what was typed over a version of a group.
    pub fn parse(form: &GroupForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let (name, description) = texts(form, &mut problems);
        let version = problems.version("version", &form.version);
        let update = name.zip(description).zip(version);
        problems.finish(update.map(|((name, description), version)| Self { name, description, version }))
    }
}

fn texts(form: &GroupForm, problems: &mut Problems) -> (Option<String>, Option<String>) {
    let name = problems.check("name", filled(&form.name, NAME_MAX, "enter a name"));
    (name, problems.check("description", line(&form.description, DESCRIPTION_MAX)))
}

impl NewMember {
    /// Reads what was typed.
    pub fn parse(form: &GroupMemberForm) -> Result<Self, FieldErrors> {
        if let Ok(group) = form.member_group.parse() {
            return Ok(Self::Known(Principal::Group(group)));
        }
        if let Ok(user) = form.user.parse() {
            return Ok(Self::Known(Principal::User(user)));
        }
        let mut problems = Problems::default();
        let email = problems.check("email", Email::parse(&form.email));
        problems.finish(email.map(|email| Self::Login(email.as_str().to_owned())))
    }
}
