//! Making and editing a user.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        action::Action,
        ctx::Ctx,
        error::Result,
        roles,
        users::{self, store::User},
    },
    functions::users::{CreateUser, UpdateUser},
    http::visit::{ctx, named, to},
    model::{
        fields::Fields,
        forms::{EVERYWHERE, THERE},
        id::UserId,
        merge::Part,
        permission::Permission,
    },
    pages::{
        Page,
        choices::{Choices, LongChoice, home},
        form::{Choice, Field, Form, FormState, Hidden},
        layout::Console,
        overtaken::as_typed,
        parts::Opened,
    },
};

/// `/admin/users/new`
pub async fn new_page() -> Page {
    let ctx = ctx();
    ctx.require(Action::AddUser)?;
    let state = FormState::of(CreateUser::PATH, Fields::default());
    let tenants = home(&ctx, state.typed.text("tenant")).await?;
    let roles = givable(&ctx).await?;
    Ok(new_view(alone(state, tenants.as_ref()), tenants, roles))
}

/// Where there is one tenant alone, that is the one.
pub(super) fn alone(mut state: FormState, tenants: Option<&Choices>) -> FormState {
    if let Some(only) = tenants.and_then(Choices::only).filter(|_| state.refusal.is_none()) {
        state.typed = state.typed.holding("tenant", only);
    }
    state
}

/// The roles to choose from; none for those who may not give any.
pub(super) async fn givable(ctx: &Ctx) -> Result<Choices> {
    if !ctx.may(Permission::UsersUpdateRoles) || !ctx.may(Permission::RolesList) {
        return Ok(Choices::default());
    }
    let roles = roles::queries::choices_here(ctx).await?;
    Ok(Choices::of_roles(roles, |role| format!("{}: {}", role.name, role.description)))
}

/// `tenants` is `None` where the reader works in the one that the user will belong to.
fn new_view(state: FormState, tenants: Option<Choices>, roles: Choices) -> AnyView {
    let inside = tenants.is_none();
    view! {
        <Console title="New user">
            <Crumb here="New"/>
            <div class="head"><div><h1>"New user"</h1></div></div>
            <Form function=CreateUser::PATH state>
                <ProfileFields/>
                <Field name="password" label="Password" kind="password" autocomplete="new-password"
                    hint="At least 15 characters. Leave it empty and give them a set-password link instead."/>
                {tenants.map(|choices| view! {
                    <LongChoice name="tenant" label="Tenant" none="Choose the tenant they belong to…" choices
                        unlisted="To add somebody to another one, switch to it first."/>
                })}
                {(!roles.options.is_empty()).then(|| view! { <FirstRole roles inside/> })}
                <div class="actions">
                    <button class="btn main">"Make user"</button>
                    <a class="btn quiet" href=to("/users")>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any()
}

/// A role to begin with, and where it counts. Inside a tenant that is there; else it is said, because nobody gets access
/// everywhere by leaving a field as it is.
#[component]
fn FirstRole(roles: Choices, inside: bool) -> impl IntoView {
    let places = [(THERE, "in their tenant"), (EVERYWHERE, "everywhere, in every tenant")];
    let places = places.map(|(word, label)| (word.to_owned(), label.to_owned()));
    let counts = match inside {
        true => view! { <input type="hidden" name="counts" value=THERE/> }.into_any(),
        false => view! {
            <Choice name="counts" label="Where the role counts" none="Choose where…" options=places.into()/>
        }
        .into_any(),
    };
    view! {
        <LongChoice name="role" label="Role" none="No role yet" choices=roles
            unlisted="Make the user, then give them the role on their page."/>
        {counts}
    }
}

#[component]
fn ProfileFields() -> impl IntoView {
    view! {
        <div class="two">
            <Field name="first_name" label="First name" required=true/>
            <Field name="last_name" label="Last name"/>
        </div>
        <Field name="display_name" label="Display name" hint="What pages call them. Leave it empty for both names."/>
        <Field name="email" label="E-mail" kind="email" required=true hint="They sign in with it, and mail goes there."/>
        <Field name="contact" label="Contact e-mail" kind="email" hint="For people to write to, if it is another; nothing is sent there."/>
        <Field name="phone" label="Phone" kind="tel" hint="Like +1 202 555 0143; may be empty."/>
        <Field name="locale" label="Locale" hint="Their language, and region if it matters, like de or pt_BR; en_US if empty."/>
    }
}

/// `/admin/users/{id}/edit`
pub async fn page() -> Page {
    let id = named::<UserId>("id", "user")?;
    let user = users::queries::as_seen_for(&ctx(), Action::UpdateUser, id).await?;
    let state = FormState::editing(UpdateUser::PATH, (PARTS, saved(&user)), as_typed);
    Ok(view! {
        <Console title="Edit">
            <Crumb user=(user.id, user.display_name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{user.display_name}</bdi></h1></div></div>
            <Form function=UpdateUser::PATH state>
                <Hidden name="id"/>
                <Opened parts=PARTS/>
                <ProfileFields/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=to(format_args!("/users/{id}"))>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any())
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
    Fields::default()
        .with("id", user.id.to_string())
        .with("first_name", &user.first_name)
        .with("last_name", &user.last_name)
        .with("display_name", &user.display_name)
        .with("email", &user.login)
        .with("contact", user.contact().unwrap_or_default())
        .with("phone", user.phone.clone().unwrap_or_default())
        .with("locale", &user.locale)
        .with("version", user.version.to_string())
}
