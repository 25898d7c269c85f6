//! The page of one membership: its status, and who owns the tenant.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        ctx::Ctx,
        error::Result,
        tenants::{self, memberships::store::Membership, store::Tenant},
        users::{self, store::User},
    },
    functions::tenants::{MakeOwner, SetMembership},
    http::visit::{ctx, named, to},
    model::{
        fields::Fields,
        id::{TenantId, UserId},
        merge::Part,
        tenant::MembershipStatus,
    },
    pages::{
        Page,
        effect::{Steps, WouldCard},
        form::{Choice, Form, FormState, Hidden, Message, Scope},
        layout::Console,
        overtaken::as_typed,
        parts::Opened,
    },
};

/// A membership with whose it is and where.
pub struct About {
    /// Where.
    pub tenant: Tenant,
    /// Whose.
    pub user: User,
    /// Whether it counts, and whether they own the tenant.
    pub membership: Membership,
}

impl About {
    /// The membership that the address names.
    pub async fn here(ctx: &Ctx) -> Result<Self> {
        let (tenant, user): (TenantId, UserId) = (named("id", "tenant")?, named("user", "member")?);
        let mut conn = ctx.read().await?;
        let tenant = tenants::queries::require(ctx, &mut conn, tenant).await?;
        let user = users::queries::require(ctx, &mut conn, user).await?;
        drop(conn);
        Ok(Self { membership: tenants::memberships::queries::membership(ctx, user.id, tenant.id).await?, tenant, user })
    }

    /// The tenant's page.
    #[must_use]
    pub fn tenant_href(&self) -> String {
        to(format_args!("/tenants/{}", self.tenant.id))
    }

    /// The fields that name it in its forms.
    #[must_use]
    pub fn named(&self) -> Fields {
        Fields::default().with("id", self.tenant.id.to_string()).with("user", self.user.id.to_string())
    }

    /// The form of its status, as it is saved.
    fn saved(&self) -> Fields {
        self.named().with("status", self.membership.status.word()).with("version", self.membership.version.to_string())
    }
}

/// What the form of the status says.
const PARTS: &[Part] = &[Part::new("status", &["status"])];

/// `/admin/tenants/{id}/members/{user}`
pub async fn page() -> Page {
    let about = About::here(&ctx()).await?;
    let body = match about.membership.is_owner {
        true => view! { <Owned/> }.into_any(),
        false => forms(&about),
    };
    let remove = format!("{}/members/{}/remove", about.tenant_href(), about.user.id);
    let About { tenant, user, membership } = about;
    let remove =
        (!membership.is_owner).then(|| view! { <div class="do"><a class="btn bad" href=remove>"Remove…"</a></div> });
    Ok(view! {
        <Console title="Membership">
            <Crumb tenant=(tenant.id, tenant.name.clone()) here="Membership"/>
            <div class="head">
                <div><h1><bdi>{user.display_name}</bdi>" in "<bdi>{tenant.name}</bdi></h1><p><bdi>{user.login}</bdi></p></div>
                {remove}
            </div>
            {body}
        </Console>
    }
    .into_any())
}

/// What can be done about a membership, with what that would do beside it.
fn forms(about: &About) -> AnyView {
    let status = FormState::editing(SetMembership::PATH, (PARTS, about.saved()), as_typed);
    let owner = FormState::of(MakeOwner::PATH, about.named());
    let active = about.membership.status == MembershipStatus::Active;
    view! {
        <Scope state=status.clone()>
            <div class="cols">
                <div class="stack">
                    <Status state=status/>
                    <Ownership state=owner active/>
                </div>
                <div class="stack"><WouldCard heading="What saving would do"/></div>
            </div>
        </Scope>
    }
    .into_any()
}

/// What stands in place of the forms for the owner, who is protected.
#[component]
fn Owned() -> impl IntoView {
    let text = "They own the tenant, so their membership can't be changed or removed. \
        To change that, open another member and make them the owner.";
    view! { <p class="note">{text}</p> }
}

#[component]
fn Status(state: FormState) -> impl IntoView {
    let options = [
        (MembershipStatus::Pending, "invited"),
        (MembershipStatus::Active, "belongs to it"),
        (MembershipStatus::Inactive, "belongs to it, and may do nothing there"),
    ];
    let options = options.map(|(status, about)| (status.word().to_owned(), format!("{}: {about}", status.word())));
    view! {
        <section class="card">
            <header><h2>"Status"</h2></header>
            <div class="in">
                <Form function=SetMembership::PATH state previews=true>
                    <Hidden name="id"/>
                    <Hidden name="user"/>
                    <Opened parts=PARTS/>
                    <Choice name="status" label="Status" none="" options=options.into()/>
                    <Steps function=SetMembership::PATH save="Save"/>
                </Form>
            </div>
        </section>
    }
}

/// In a scope of its own: what it is refused is not said of the status.
#[component]
fn Ownership(state: FormState, active: bool) -> impl IntoView {
    let way = match active {
        false => view! { <p class="hint">"Only active members can own a tenant. Make them active first."</p> }.into_any(),
        true => view! {
            <Scope state=state.clone()>
                <Form function=MakeOwner::PATH state>
                    <Hidden name="id"/>
                    <Hidden name="user"/>
                    <Message field="user"/>
                    <p>"They become the owner in place of whoever is it now. The owner can't be disabled, deleted or removed."</p>
                    <div class="actions"><button class="btn">"Make owner"</button></div>
                </Form>
            </Scope>
        }
        .into_any(),
    };
    view! { <section class="card"><header><h2>"Owner"</h2></header><div class="in">{way}</div></section> }
}
