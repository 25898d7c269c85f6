//! Inviting people, and the invitations that wait.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Crumb,
    edit::{alone, givable},
};
use crate::{
    domain::{
        action::Action,
        tenants::memberships::pending::{self, Invitation},
    },
    functions::invitations::{InviteUser, ResendInvitation},
    http::visit::{ctx, to, visit},
    islands::Ended,
    model::{
        fields::Fields,
        forms::THERE,
        id::MembershipId,
        permission::Permission,
        timestamp::{Moment, Timestamp},
    },
    pages::{
        Page,
        choices::{Choices, LongChoice, home},
        form::{Act, Field, Form, FormState},
        layout::Console,
        outbox::NoMailServer,
        pager::Older,
        times::{Time, coming, moment},
    },
};

/// `/admin/users/invite`
pub async fn invite_page() -> Page {
    let ctx = ctx();
    ctx.require(Action::AddUser)?;
    let state = FormState::of(InviteUser::PATH, Fields::default());
    let tenants = home(&ctx, state.typed.text("tenant")).await?;
    let roles = givable(&ctx).await?;
    Ok(invite_view(alone(state, tenants.as_ref()), tenants, roles))
}

fn invite_view(state: FormState, tenants: Option<Choices>, roles: Choices) -> AnyView {
    let about = "They get a link by mail, which works for seven days, and belong to the tenant once they follow it. \
        Somebody who has an account already keeps their name and password.";
    view! {
        <Console title="Invite">
            <Crumb here="Invite"/>
            <div class="head"><div><h1>"Invite somebody"</h1><p>{about}</p></div></div>
            <NoMailServer/>
            <Form function=InviteUser::PATH state>
                <Field name="email" label="E-mail" kind="email" required=true/>
                <div class="two">
                    <Field name="first_name" label="First name" required=true/>
                    <Field name="last_name" label="Last name"/>
                </div>
                {tenants.map(|choices| view! {
                    <LongChoice name="tenant" label="Tenant" none="Choose the tenant they are invited into…" choices
                        unlisted="To invite somebody into another one, switch to it first."/>
                })}
                <input type="hidden" name="counts" value=THERE/>
                {(!roles.options.is_empty()).then(|| view! {
                    <LongChoice name="role" label="Role in that tenant" none="No role yet" choices=roles
                        unlisted="Invite them, then give them the role on their page."/>
                })}
                <div class="actions">
                    <button class="btn main">"Invite"</button>
                    <a class="btn quiet" href=to("/users")>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any()
}

/// `/admin/invitations?before=…`
pub async fn page() -> Page {
    let visit = visit();
    let before: Option<MembershipId> = visit.query.text("before").parse().ok();
    let (rows, next) = pending::list(&visit.ctx, before).await?;
    let (now, may_add) = (visit.ctx.now(), visit.ctx.may(Permission::UsersAdd));
    let body = match (rows.is_empty(), before) {
        (false, _) => view! { <Rows rows now/> }.into_any(),
        (true, Some(_)) => view! { <Ended first=to("/invitations")/> }.into_any(),
        (true, None) => view! { <Nothing/> }.into_any(),
    };
    Ok(view! {
        <Console title="Invitations">
            <Crumb here="Invitations"/>
            <div class="head">
                <div><h1>"Invitations"</h1><p>"Whoever was invited and hasn't come yet, the newest first."</p></div>
                <div class="do">{may_add.then(|| view! { <a class="btn main" href=to("/users/invite")>"Invite…"</a> })}</div>
            </div>
            <div class="card list">{body}<Older path=to("/invitations") before=next.map(|id| id.to_string()) begun=before.is_some()/></div>
        </Console>
    }
    .into_any())
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No invitation waits"</h2>
            <p>"Everybody who was invited has come. People who were made without a password are in the list of "
                <a class="link" href=to("/users?status=pending")>"pending users"</a>"."</p>
        </div>
    }
}

#[component]
fn Rows(rows: Vec<Invitation>, now: Timestamp) -> impl IntoView {
    view! {
        <table class="cards">
            <thead><tr><th class="lead">"To"</th><th>"Into"</th><th>"Link"</th><th class="when">"Invited"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
            <tbody>{rows.into_iter().map(|row| view! { <Row row now/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(row: Invitation, now: Timestamp) -> impl IntoView {
    let visit = visit();
    let may = |permission| visit.ctx.may(permission);
    let link = match row.works_until {
        Some(at) => {
            let until = Moment { label: format!("until {}", coming(at, now)), exact: moment(at, now).exact };
            view! { "works "<Time at=until/> }.into_any()
        }
        None => "works no more; send another".into_any(),
    };
    let name = match may(Permission::UsersRead) {
        true => {
            view! { <a href=to(format_args!("/users/{}", row.user_id))><bdi>{row.login.clone()}</bdi></a> }.into_any()
        }
        false => view! { <bdi>{row.login.clone()}</bdi> }.into_any(),
    };
    let ids = vec![("id", row.user_id.to_string()), ("tenant", row.tenant_id.to_string())];
    let again = may(Permission::UsersPasswordReset).then(|| {
        let label = format!("Send the invitation of {} again", row.login);
        view! { <Act function=ResendInvitation::PATH fields=ids><button class="btn quiet" aria-label=label>"Send again"</button></Act> }
    });
    let remove = may(Permission::UsersUpdateTenants).then(|| {
        let href = to(format_args!("/tenants/{}/members/{}/remove", row.tenant_id, row.user_id));
        view! { <a class="btn quiet" href=href aria-label=format!("Withdraw the invitation of {}", row.login)>"Withdraw…"</a> }
    });
    view! {
        <tr>
            <td class="lead">{name}</td>
            <td><bdi>{row.tenant_name}</bdi></td>
            <td data-label="Link">{link}</td>
            <td class="when"><Time at=moment(row.created_at, now)/></td>
            <td class="act"><div class="do">{again}{remove}</div></td>
        </tr>
    }
}
