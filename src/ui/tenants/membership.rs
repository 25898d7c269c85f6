//! The page of one membership: its status, and who owns the tenant.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        error::Result,
        tenants::{self, memberships::store::Membership, store::Tenant},
        users::{self, store::User},
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        id::{TenantId, UserId},
        merge::{Part, open},
        tenant::MembershipStatus,
    },
    ui::{
        effect::{EffectCard, Steps},
        form::{Choice, FormNote, FormState},
        layout::console,
        overtaken::Opened,
        parts::Unseen,
        visit::Visit,
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
    /// The membership of a user in a tenant.
    pub async fn load(visit: &Visit, tenant: TenantId, user: UserId) -> Result<Self> {
        let ctx = &visit.ctx;
        let mut conn = ctx.read().await?;
        let tenant = tenants::queries::require(ctx, &mut conn, tenant).await?;
        let user = users::queries::require(ctx, &mut conn, user).await?;
        drop(conn);
        Ok(Self { membership: tenants::memberships::queries::membership(ctx, user.id, tenant.id).await?, tenant, user })
    }

    /// The tenant's page.
    #[must_use]
    pub fn tenant_href(&self) -> String {
        format!("/admin/tenants/{}", self.tenant.id)
    }

    /// The membership's page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("{}/members/{}", self.tenant_href(), self.user.id)
    }

    /// The form of its status, as it is saved.
    #[must_use]
    pub fn saved(&self) -> Fields {
        let form = Fields::default()
            .with("status", self.membership.status.word())
            .with("version", self.membership.version.to_string());
        open(PARTS, form)
    }
}

/// What the form of the status says.
pub const PARTS: &[Part] = &[Part::new("status", &["status"])];

/// The forms of a membership's page.
pub struct Forms {
    /// The one that sets the status.
    pub status: FormState,
    /// The one that makes an owner.
    pub owner: FormState,
}

impl Forms {
    /// With something to say about the status.
    #[must_use]
    pub fn status(status: FormState) -> Self {
        Self { status, owner: FormState::default() }
    }
}

/// The page; `effect` is what setting the status would do.
pub fn view(visit: &Visit, about: About, forms: Forms, effect: Option<Effect>) -> Response {
    console(visit, "Membership", move || {
        let href = about.href();
        let About { tenant, user, membership } = about;
        let active = membership.status == MembershipStatus::Active;
        let body = match membership.is_owner {
            true => view! { <Owned/> }.into_any(),
            false => view! {
                <div class="cols">
                    <div class="stack">
                        <Status href=href.clone() form=forms.status/>
                        <Ownership href=href.clone() form=forms.owner active/>
                    </div>
                    <div class="stack"><EffectCard effect heading="What saving would do"/></div>
                </div>
            }
            .into_any(),
        };
        let remove = (!membership.is_owner)
            .then(|| view! { <div class="do"><a class="btn bad" href=format!("{href}/remove")>"Remove…"</a></div> });
        view! {
            <Crumb tenant=(tenant.id, tenant.name.clone()) here="Membership"/>
            <div class="head">
                <div><h1><bdi>{user.display_name}</bdi>" in "<bdi>{tenant.name}</bdi></h1><p><bdi>{user.login}</bdi></p></div>
                {remove}
            </div>
            {body}
        }
    })
}

/// What stands in place of the forms for the owner, who is protected.
#[component]
fn Owned() -> impl IntoView {
    let text = "They own the tenant, so their membership can't be changed or removed. \
        To change that, open another member and make them the owner.";
    view! { <p class="note">{text}</p> }
}

#[component]
fn Status(href: String, form: FormState) -> impl IntoView {
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
                <LiveForm action=href>
                    <FormNote form=form.clone()/>
                    <Opened form=form.clone() parts=PARTS/>
                    <Choice form name="status" label="Status" none="" options=options.into()/>
                    <Steps save="Save"/>
                </LiveForm>
            </div>
        </section>
    }
}

#[component]
fn Ownership(href: String, form: FormState, active: bool) -> impl IntoView {
    let way = match active {
        false => view! { <p class="hint">"Only active members can own a tenant. Make them active first."</p> }.into_any(),
        true => view! {
            <LiveForm action=format!("{href}/owner")>
                <FormNote form=form.clone()/>
                <Unseen form name="user"/>
                <p>"They become the owner in place of whoever is it now. The owner can't be disabled, deleted or removed."</p>
                <div class="actions"><button class="btn">"Make owner"</button></div>
            </LiveForm>
        }
        .into_any(),
    };
    view! { <section class="card"><header><h2>"Owner"</h2></header><div class="in">{way}</div></section> }
}
