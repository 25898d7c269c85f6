//! Making and editing a user.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        action::Action,
        commands::{self, people::add_user},
        error::{Error, Result},
        roles,
        users::{self, commands::UpdateUser, input::NewUser, input::UserUpdate, store::User},
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        forms::{EVERYWHERE, NewUserForm, THERE, UserForm},
        merge::{Part, open},
        permission::Permission,
    },
    ui::{
        choices::{Choices, LongChoice},
        done::Done,
        form::{Choice, Field, FormNote, FormState},
        layout::console,
        overtaken::{Opened, Overtaken, as_typed},
        path::UserPath,
        place::{self, OpenedIn},
        visit::Visit,
    },
};

/// `GET /admin/users/new`
pub async fn new_page(visit: Visit) -> Result<Response> {
    visit.ctx.require(Action::AddUser)?;
    let choosing = Choosing::load(&visit, "").await?;
    let only = choosing.tenants.as_ref().and_then(Choices::only).unwrap_or_default();
    Ok(new_view(&visit, FormState::filled(Fields::default().with("tenant", only)), choosing))
}

/// `POST /admin/users/new`
pub async fn create(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::AddUser)?;
    let made = async {
        place::require_same(&visit, &form)?;
        add_user(&visit.ctx, NewUser::parse(&NewUserForm::from(&form))?).await
    };
    match made.await {
        Ok(user) => Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Created, 1)),
        Err(error) => {
            let choosing = Choosing::load(&visit, form.text("tenant")).await?;
            let error = match error {
                Error::NotFound("tenant") => error.in_form("tenant", "choose a tenant of the list"),
                other => other,
            };
            visit.refused(error, form.without(&["password"]), |state| new_view(&visit, state, choosing))
        }
    }
}

/// What there is to choose from for a new user.
struct Choosing {
    /// None for those who may not give any.
    roles: Choices,
    /// `None` where the reader works in the tenant that they will belong to.
    tenants: Option<Choices>,
}

impl Choosing {
    async fn load(visit: &Visit, wanted: &str) -> Result<Self> {
        let tenants = match visit.ctx.tenant() {
            Some(_) => None,
            None => Some(Choices::tenants(&visit.ctx, &[wanted]).await?),
        };
        Ok(Self { roles: givable(visit).await?, tenants })
    }
}

/// The roles to choose from; none for those who may not give any.
async fn givable(visit: &Visit) -> Result<Choices> {
    if !visit.ctx.may(Permission::UsersUpdateRoles) || !visit.ctx.may(Permission::RolesList) {
        return Ok(Choices::default());
    }
    let roles = roles::queries::choices_here(&visit.ctx).await?;
    Ok(Choices::of_roles(roles, |role| format!("{}: {}", role.name, role.description)))
}

fn new_view(visit: &Visit, form: FormState, Choosing { roles, tenants }: Choosing) -> Response {
    let inside = visit.clone();
    console(visit, "New user", move || {
        view! {
            <Crumb here="New"/>
            <div class="head"><div><h1>"New user"</h1></div></div>
            <LiveForm action="/admin/users/new".to_owned()>
                <FormNote form=form.clone()/>
                <OpenedIn visit=inside form=form.clone()/>
                <ProfileFields form=form.clone()/>
                <Field form=form.clone() name="password" label="Password" kind="password" autocomplete="new-password"
                    hint="At least 15 characters. Leave it empty and give them a set-password link instead."/>
                <Home form=form.clone() tenants=tenants.clone()/>
                {(!roles.options.is_empty()).then(|| view! { <FirstRole form roles inside=tenants.is_none()/> })}
                <div class="actions">
                    <button class="btn main">"Make user"</button>
                    <a class="btn quiet" href="/admin/users">"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}

/// The tenant that a new user belongs to: where the reader works, unless that is everywhere.
#[component]
fn Home(form: FormState, tenants: Option<Choices>) -> impl IntoView {
    tenants.map(|choices| {
        view! {
            <LongChoice form name="tenant" label="Tenant" none="Choose the tenant they belong to…" choices
                unlisted="To add somebody to another one, switch to it first."/>
        }
    })
}

/// A role to begin with, and where it counts. Inside a tenant that is there; else it is said, because nobody gets access
/// everywhere by leaving a field as it is.
#[component]
fn FirstRole(form: FormState, roles: Choices, inside: bool) -> impl IntoView {
    let places = [(THERE, "in their tenant"), (EVERYWHERE, "everywhere, in every tenant")];
    let places = places.map(|(word, label)| (word.to_owned(), label.to_owned()));
    let counts = match inside {
        true => view! { <input type="hidden" name="counts" value=THERE/> }.into_any(),
        false => view! {
            <Choice form=form.clone() name="counts" label="Where the role counts" none="Choose where…" options=places.into()/>
        }
        .into_any(),
    };
    view! {
        <LongChoice form name="role" label="Role" none="No role yet" choices=roles
            unlisted="Make the user, then give them the role on their page."/>
        {counts}
    }
}

#[component]
fn ProfileFields(form: FormState) -> impl IntoView {
    view! {
        <div class="two">
            <Field form=form.clone() name="first_name" label="First name" required=true/>
            <Field form=form.clone() name="last_name" label="Last name"/>
        </div>
        <Field form=form.clone() name="display_name" label="Display name" hint="What pages call them. Leave it empty for both names."/>
        <Field form=form.clone() name="email" label="E-mail" kind="email" required=true hint="They sign in with it, and mail goes there."/>
        <Field form=form.clone() name="contact" label="Contact e-mail" kind="email" hint="For people to write to, if it is another; nothing is sent there."/>
        <Field form=form.clone() name="phone" label="Phone" kind="tel" hint="Like +1 202 555 0143; may be empty."/>
        <Field form name="locale" label="Locale" hint="Their language, and region if it matters, like de or pt_BR; en_US if empty."/>
    }
}

/// `GET /admin/users/{id}/edit`
pub async fn page(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let user = users::queries::as_seen_for(&visit.ctx, Action::UpdateUser, id).await?;
    Ok(view(&visit, FormState::filled(saved(&user)), user))
}

/// `POST /admin/users/{id}/edit`
pub async fn update(visit: Visit, UserPath(id): UserPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::UpdateUser)?;
    let updated = async {
        let update = UserUpdate::parse(&UserForm::from(&form))?;
        commands::run(&visit.ctx, UpdateUser { user: id, update }).await
    }
    .await;
    match updated {
        Ok(user) => Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Saved, 1)),
        Err(Error::Stale) => {
            let user = users::queries::as_seen_for(&visit.ctx, Action::UpdateUser, id).await?;
            let overtaken = Overtaken::new(PARTS, &saved(&user), &form, as_typed);
            visit.overtaken(overtaken, |state| view(&visit, state, user))
        }
        Err(other) => {
            let user = users::queries::as_seen_for(&visit.ctx, Action::UpdateUser, id).await?;
            visit.refused(other, form, |state| view(&visit, state, user))
        }
    }
}

const PARTS: &[Part] = &[
    Part::new("first name", &["first_name"]),
    Part::new("last name", &["last_name"]),
    Part::new("display name", &["display_name"]),
    Part::new("e-mail", &["email"]),
    Part::new("contact", &["contact"]),
    Part::new("phone", &["phone"]),
    Part::new("locale", &["locale"]),
];

fn saved(user: &User) -> Fields {
    let form = Fields::default()
        .with("first_name", &user.first_name)
        .with("last_name", &user.last_name)
        .with("display_name", &user.display_name)
        .with("email", &user.login)
        .with("contact", user.contact().unwrap_or_default())
        .with("phone", user.phone.clone().unwrap_or_default())
        .with("locale", &user.locale)
        .with("version", user.version.to_string());
    open(PARTS, form)
}

fn view(visit: &Visit, form: FormState, user: User) -> Response {
    let href = format!("/admin/users/{}", user.id);
    console(visit, "Edit", move || {
        view! {
            <Crumb user=(user.id, user.display_name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{user.display_name}</bdi></h1></div></div>
            <LiveForm action=format!("{href}/edit")>
                <FormNote form=form.clone()/>
                <Opened form=form.clone() parts=PARTS/>
                <ProfileFields form/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=href>"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}
