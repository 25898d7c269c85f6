//! Making and editing a user.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        commands::{self, people::add_user},
        error::{Error, Result},
        roles,
        users::{self, commands::UpdateUser, input::NewUser, input::UserUpdate, store::User},
        verb::Verb,
    },
    islands::LiveForm,
    model::{
        error::FieldErrors,
        fields::Fields,
        forms::{NewUserForm, UserForm},
        permission::Permission,
    },
    ui::{
        choices::{Choices, LongChoice},
        done::Done,
        form::{Field, FormNote, FormState},
        layout::console,
        path::UserPath,
        place::{self, OpenedIn},
        visit::Visit,
    },
};

/// `GET /admin/users/new`
pub async fn new_page(visit: Visit) -> Result<Response> {
    visit.ctx.require(Verb::AddUser)?;
    Ok(new_view(&visit, FormState::default(), givable(&visit).await?))
}

/// `POST /admin/users/new`
pub async fn create(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Verb::AddUser)?;
    let made = async {
        place::require_same(&visit, &form)?;
        add_user(&visit.ctx, NewUser::parse(&NewUserForm::from(&form))?).await
    };
    match made.await {
        Ok(user) => Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Created, 1)),
        Err(error) => {
            let roles = givable(&visit).await?;
            visit.refused(error, form.without(&["password"]), |state| new_view(&visit, state, roles))
        }
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

fn new_view(visit: &Visit, form: FormState, roles: Choices) -> Response {
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
                {(!roles.options.is_empty()).then(|| view! {
                    <LongChoice form=form.clone() name="role" label="Role" none="No role yet" choices=roles
                        unlisted="Make the user, then give them the role on their page."/>
                })}
                <div class="actions">
                    <button class="btn main">"Make user"</button>
                    <a class="btn quiet" href="/admin/users">"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}

#[component]
fn ProfileFields(form: FormState) -> impl IntoView {
    view! {
        <div class="two">
            <Field form=form.clone() name="first_name" label="First name" required=true/>
            <Field form=form.clone() name="last_name" label="Last name"/>
        </div>
        <Field form=form.clone() name="display_name" label="Display name" hint="What pages call them. Leave it empty for both names."/>
        <Field form=form.clone() name="email" label="E-mail" kind="email" required=true hint="They sign in with it."/>
        <Field form=form name="phone" label="Phone" kind="tel" hint="Like +1 202 555 0143; may be empty."/>
    }
}

/// `GET /admin/users/{id}/edit`
pub async fn page(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    visit.ctx.require(Verb::UpdateUser)?;
    let user = users::queries::find(&visit.ctx, id).await?;
    Ok(view(&visit, FormState::filled(saved(&user)), user))
}

/// `POST /admin/users/{id}/edit`
pub async fn update(visit: Visit, UserPath(id): UserPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Verb::UpdateUser)?;
    let updated = async {
        let update = UserUpdate::parse(&UserForm::from(&form))?;
        commands::run(&visit.ctx, UpdateUser { user: id, update }).await
    }
    .await;
    match updated {
        Ok(user) => Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Saved, 1)),
        Err(Error::Stale) => stale(&visit, users::queries::find(&visit.ctx, id).await?, form),
        Err(other) => {
            let user = users::queries::find(&visit.ctx, id).await?;
            visit.refused(other, form, |state| view(&visit, state, user))
        }
    }
}

/// Somebody was faster. Fields that differ show what is saved now; saving again, from the new version,
/// overwrites it knowingly.
fn stale(visit: &Visit, user: User, form: Fields) -> Result<Response> {
    let current = saved(&user);
    let mut differences = FieldErrors::default();
    for name in ["first_name", "last_name", "display_name", "email", "phone"] {
        let (now, typed) = (current.text(name), form.text(name));
        if now != typed {
            differences.add(name, format!("saved meanwhile: {}", if now.is_empty() { "(empty)" } else { now }));
        }
    }
    let typed = form.without(&["version"]).with("version", user.version.to_string());
    visit.stale(typed, differences, |state| view(visit, state, user))
}

fn saved(user: &User) -> Fields {
    Fields::default()
        .with("first_name", &user.first_name)
        .with("last_name", &user.last_name)
        .with("display_name", &user.display_name)
        .with("email", &user.email)
        .with("phone", user.phone.clone().unwrap_or_default())
        .with("version", user.version.to_string())
}

fn view(visit: &Visit, form: FormState, user: User) -> Response {
    let href = format!("/admin/users/{}", user.id);
    console(visit, "Edit", move || {
        view! {
            <Crumb user=(user.id, user.display_name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{user.display_name}</bdi></h1></div></div>
            <LiveForm action=format!("{href}/edit")>
                <FormNote form=form.clone()/>
                <input type="hidden" name="version" value=form.typed.text("version").to_owned()/>
                <ProfileFields form/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=href>"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}
