//! What is asked of client credentials, parsed.

use uuid::Uuid;

use crate::{
    domain::{
        bounds::{self, AllowedFrom},
        input::Problems,
        parse::filled,
    },
    model::{
        client::ClientRole,
        error::FieldErrors,
        forms::ClientForm,
        id::{GroupId, TenantId},
        timestamp::Timestamp,
    },
};

/// Characters of a name.
pub const NAME_MAX: usize = 100;
/// More groups or services than anybody names for one program.
const LISTED_MAX: usize = 100;

/// Client credentials to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClient {
    /// The tenant that they belong to.
    pub tenant: TenantId,
    /// What people call them.
    pub name: String,
    /// What they may be used for.
    pub role: ClientRole,
    /// The services that they stand for.
    pub services: Vec<Uuid>,
    /// The groups that they work for.
    pub groups: Vec<GroupId>,
    /// The networks that they are taken from.
    pub allowed_from: AllowedFrom,
    /// When they end, if they do.
    pub expires_at: Option<Timestamp>,
}

impl NewClient {
    /// Reads what was typed.
    pub fn parse(form: &ClientForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let tenant = form.tenant.parse().map_err(|_| "choose a tenant of the list".to_owned());
        let tenant = problems.check("tenant", tenant);
        let name = problems.check("name", name(&form.name));
        let role = ClientRole::parse(&form.role);
        let role = role.ok_or_else(|| "choose api_spadmin, api_appowner or api_service".to_owned());
        let role = problems.check("role", role);
        let services = problems.check("services", listed(&form.services, "enter the ids of services"));
        let groups = problems.check("groups", listed(&form.groups, "choose groups of the list"));
        if role == Some(ClientRole::ApiService) && form.services.is_empty() {
            problems.refuse("services", "name at least one service");
        }
        if role == Some(ClientRole::ApiAppowner) && form.groups.is_empty() {
            problems.refuse("groups", "name at least one group");
        }
        let allowed_from = problems.check("allowed_from", AllowedFrom::parse(&form.allowed_from));
        let expires_at = bounds::end(&mut problems, &form.expires);
        let client = tenant.zip(name).zip(role).zip(services).zip(groups).zip(allowed_from).zip(expires_at);
        problems.finish(client.map(|((((((tenant, name), role), services), groups), allowed_from), expires_at)| Self {
            tenant,
            name,
            role,
            services,
            groups: groups.into_iter().map(GroupId).collect(),
            allowed_from,
            expires_at,
        }))
    }
}

/// What people call client credentials.
pub fn name(text: &str) -> Result<String, String> {
    filled(text, NAME_MAX, "enter a name")
}

/// Ids, each once.
pub fn listed(texts: &[String], wrong: &str) -> Result<Vec<Uuid>, String> {
    let ids: Result<Vec<Uuid>, _> = texts.iter().map(|text| Uuid::parse_str(text)).collect();
    match ids {
        Ok(mut ids) if ids.len() <= LISTED_MAX => {
            ids.sort_unstable();
            ids.dedup();
            Ok(ids)
        }
        Ok(_) => Err(format!("name at most {LISTED_MAX}")),
        Err(_) => Err(wrong.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";

    fn form(role: &str, services: &[&str], groups: &[&str]) -> ClientForm {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let (services, groups) = (texts(services), texts(groups));
        ClientForm {
            tenant: ID.into(),
            name: "ci".into(),
            role: role.into(),
            services,
            groups,
            ..ClientForm::default()
        }
    }

    #[test]
    fn each_role_names_what_it_works_for() {
        let wrong = |form: &ClientForm| match NewClient::parse(form) {
            Err(errors) => errors.iter().map(|(field, _)| field.to_owned()).collect::<Vec<_>>(),
            Ok(_) => Vec::new(),
        };
        assert_eq!(wrong(&form("api_spadmin", &[], &[])), Vec::<String>::new());
        assert_eq!(wrong(&form("api_service", &[], &[])), ["services"]);
        assert_eq!(wrong(&form("api_appowner", &[], &[])), ["groups"]);
        assert_eq!(wrong(&form("api_appowner", &[], &[ID])), Vec::<String>::new());
        assert_eq!(wrong(&form("root", &["x"], &["y"])), ["role", "services", "groups"]);
        let twice = NewClient::parse(&form("api_service", &[ID, ID], &[])).unwrap();
        assert_eq!(twice.services.len(), 1);
    }
}
