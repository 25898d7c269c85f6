//! One person through five doors (contracts, "Acting where, showing what"): made through each family, seen, changed and
//! removed through every other, with the names, roles and tenants that each shows.

use axum::{Router, http::Method};
use castellan::{
    domain::{
        codes::{Link, Purpose, redeeming::redeem},
        commands::service_keys::{NewServiceKey, add_service_key},
        grants::input::NewGrant,
        outbox::{
            letter::Letter,
            queries::{NEWEST, list},
        },
        roles::store::Role,
        tenants::store::Tenant,
        users::store::{User, find_by_login},
    },
    model::{
        id::{ADMIN_ROLE, RoleId, TenantId},
        principal::Principal,
        scope::Scope,
        tenant::TenantKind,
    },
};
use serde_json::{Value, json};

use super::{
    Answer,
    domains::{By, pair, sent as signed, under},
    management::{made, sent},
};
use crate::{
    domain::stage::{self, member, personal, tenant, tenant_of},
    support::{PASSWORD, World, changes::*, on_both_engines},
};

/// A family, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Credentials,
    BackOffice,
    Management,
    Portals,
    Domains,
}

use Door::{BackOffice, Credentials, Domains, Management, Portals};

const DOORS: [Door; 5] = [Credentials, BackOffice, Management, Portals, Domains];

/// Five doors, each with somebody who may do everything behind it, into one tenant of each kind and the installation.
struct House {
    world: World,
    router: Router,
    /// The tenant behind each door but that of the installation.
    tenants: [Option<Tenant>; 5],
    tokens: [String; 4],
    pair: By,
    clerk: Role,
}

impl House {
    async fn new(world: World) -> Self {
        let ada = world.set_up().await;
        let (subscriber, office) = (tenant(&world, "subscriber").await, tenant(&world, "office").await);
        let portal = tenant_of(&world, "portal", TenantKind::Portal).await;
        let reseller = under(&world, "reseller", (TenantKind::Reseller, None)).await;
        let domain = under(&world, "domain", (TenantKind::Domain, Some(&reseller))).await;
        let clerk = stage::role(&world.operator(), "clerk", &["groups.read"]).await;
        let admin = RoleId(ADMIN_ROLE.into());
        let mut tokens = Vec::new();
        for of in [&subscriber, &office, &domain] {
            let keeper = member(&world, &format!("keeper{}", of.slug), of).await;
            let terms = NewGrant::lasting(Principal::User(keeper.id), admin.clone(), Scope::Tenant(of.id));
            stage::give(&world, &terms).await;
            // Whoever comes later owns nothing.
            run(&world.operator(), MakeOwner { user: keeper.id, tenant: of.id }).await.unwrap();
            tokens.push(made(&world, personal(keeper.id, Some(of.id))).await);
        }
        let new =
            NewServiceKey { tenant: portal.id, name: "sync".into(), roles: vec![admin], bounds: stage::unbounded() };
        let key = add_service_key(&world.operator(), new).await.unwrap().1;
        let (everywhere, office_token) = (made(&world, personal(ada.id, None)).await, tokens[1].clone());
        let tokens = [tokens[0].clone(), office_token, everywhere, key];
        let pair = By::Pair(pair(&world, &reseller, &["*.*"]).await);
        let router = world.router("http://localhost");
        let tenants = [Some(subscriber), Some(office), None, Some(portal), Some(domain)];
        Self { world, router, tenants, tokens, pair, clerk }
    }

    fn tenant(&self, door: Door) -> Option<TenantId> {
        self.tenants[door as usize].as_ref().map(|tenant| tenant.id)
    }

    async fn ask(&self, door: Door, (method, path): (Method, &str), body: &Value) -> Answer {
        let text = Some(body).filter(|body| !body.is_null()).map(ToString::to_string);
        match door {
            Domains => signed((&self.world, &self.router), &self.pair, (method, path), text.as_deref()).await,
            _ => sent(&self.router, (method, path), &self.tokens[door as usize], body).await,
        }
    }

    async fn user(&self, email: &str) -> Option<User> {
        let conn = &mut *self.world.operator().read().await.unwrap();
        find_by_login(None, conn, email).await.unwrap()
    }

    /// Makes a person through a door, who can sign in afterwards.
    async fn make(&self, door: Door, email: &str) -> Answer {
        let answer = self.ask(door, (Method::POST, door.list()), &self.new_person(door, email)).await;
        if door == Domains && answer.status == 200 {
            self.follow_link(email).await;
        }
        answer
    }

    fn new_person(&self, door: Door, email: &str) -> Value {
        match door {
            Credentials => {
                json!({"username": email, "givenName": "Kim", "familyName": "Vale", "accountRole": "admin", "password": PASSWORD})
            }
            BackOffice => {
                json!({"name": "Kim Vale", "email": email, "password": PASSWORD, "active": true, "tfa": false, "groups": [self.clerk.number]})
            }
            Management => {
                json!({"userName": email, "firstName": "Kim", "lastName": "Vale", "password": PASSWORD, "temporaryPassword": false, "roles": ["clerk"]})
            }
            Portals => {
                json!({"first_name": "Kim", "last_name": "Vale", "email": email, "password": PASSWORD, "roles": [self.clerk.id]})
            }
            Domains => json!({"domain": "domain@reseller", "email": email, "role": "clerk", "userName": "Kim Vale"}),
        }
    }

    async fn follow_link(&self, email: &str) {
        let ctx = self.world.operator();
        let (messages, _) = list(&ctx, NEWEST, None).await.unwrap();
        let message = messages.into_iter().find(|message| message.recipient == email).unwrap();
        let Letter::Activation { user, code, .. } = message.content(&self.world.services.key).unwrap().letter else {
            panic!("no link to {email}");
        };
        let link = Link::read(Purpose::Activation, &user.to_string(), &code.unwrap());
        redeem(&self.world.stranger(), &link, Some(PASSWORD)).await.unwrap();
    }

    /// Lets a known person in through another door: in the way that it has, or by the installation where it has none and
    /// answers that the address is taken (contracts, rule 1).
    async fn let_in(&self, door: Door, email: &str) {
        let new = self.new_person(door, email);
        match door {
            Management => {}
            Portals => assert_eq!(self.ask(door, (Method::POST, door.list()), &new).await.status, 200),
            Domains => {
                let answer = self.ask(door, (Method::POST, "/user/internal?skipMailValidation=true"), &new).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
            }
            Credentials | BackOffice => {
                let taken = self.ask(door, (Method::POST, door.list()), &new).await;
                assert_eq!(taken.status, if door == Credentials { 409 } else { 400 }, "{}", taken.body);
                let path = format!("/auth/users/{}/tenants", self.user(email).await.unwrap().id);
                let places = json!({"addTenants": [self.tenant(door)], "removeTenants": []});
                assert_eq!(self.ask(Management, (Method::PATCH, &path), &places).await.status, 200);
            }
        }
    }

    async fn see(&self, door: Door, user: &User) -> Answer {
        self.ask(door, (Method::GET, &door.one(user)), &Value::Null).await
    }
}

impl Door {
    const fn list(self) -> &'static str {
        match self {
            Credentials => "/v1/users",
            BackOffice => "/api/v2/users",
            Management => "/auth/users",
            Portals => "/v1/partner-portals/portal/users",
            Domains => "/user/internal",
        }
    }

    fn one(self, user: &User) -> String {
        match self {
            BackOffice => format!("{}/{}", self.list(), user.number),
            Domains => format!("/user/email/{}/domain/domain@reseller", user.login),
            _ => format!("{}/{}", self.list(), user.id),
        }
    }

    /// The whole name, as the family's members say it.
    fn name(self, body: &Value) -> String {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        match self {
            Credentials => format!("{} {}", text("givenName"), text("familyName")),
            BackOffice => text("name"),
            Management => format!("{} {}", text("firstName"), text("lastName")),
            Portals => format!("{} {}", text("first_name"), text("last_name")),
            Domains => text("userName"),
        }
    }

    /// What gives somebody another last name; `None` where the family changes nobody.
    fn renamed(self, user: &User, shown: &Value) -> Option<(Method, String, Value)> {
        Some(match self {
            Credentials => (Method::PATCH, self.one(user), json!({"familyName": "Reed"})),
            BackOffice => (Method::PUT, self.one(user), json!({"name": "Kim Reed"})),
            Management => {
                let places = shown["tenants"].clone();
                (Method::PATCH, self.one(user), json!({"firstName": "Kim", "lastName": "Reed", "tenants": places}))
            }
            Portals => return None,
            Domains => (Method::PUT, format!("/user/email/{}", user.login), json!({"userName": "Kim Reed"})),
        })
    }
}

/// What a door shows of a person who was made through `maker`, besides names: what was given there, or everywhere.
async fn assert_shown(house: &House, (maker, door): (Door, Door), shown: &Value) {
    let case = format!("{maker:?} → {door:?}: {shown}");
    assert_eq!(door.name(shown), "Kim Vale", "{case}");
    let is_own = maker == door;
    match door {
        Credentials => {
            assert_eq!(shown["accountRole"], if is_own { json!("admin") } else { Value::Null }, "{case}");
            assert_eq!(
                (&shown["tenantId"], &shown["subscriberGroups"]),
                (&json!(house.tenant(door)), &json!([])),
                "{case}"
            );
        }
        BackOffice => {
            let held = is_own || maker == Management;
            assert_eq!(shown["groups"], if held { json!([house.clerk.number]) } else { json!([]) }, "{case}");
            assert_eq!(shown["active"], true, "{case}");
        }
        Management => {
            assert_eq!(shown["roles"], if is_own { json!(["clerk"]) } else { json!([]) }, "{case}");
            let places: Vec<TenantId> = house.tenant(maker).into_iter().collect();
            assert_eq!(shown["tenants"], json!(places), "{case}");
        }
        Portals => {}
        // Whoever comes through this door comes with a role.
        Domains => assert_eq!((&shown["role"], &shown["status"]), (&json!("clerk"), &json!("active")), "{case}"),
    }
}

/// Through `door`, whoever was made through `maker` gets another name, unless another tenant has a say in it, too.
async fn assert_renamed(house: &House, (maker, door): (Door, Door), user: &User) {
    let shown = house.see(door, user).await;
    let Some((method, path, body)) = door.renamed(user, &shown.body) else { return };
    let answer = house.ask(door, (method, &path), &body).await;
    let is_shared = maker != door && maker != Management && door != Management;
    let expected = match (is_shared, door) {
        (false, _) => 200,
        (true, Domains) => 400,
        (true, _) => 409,
    };
    assert_eq!(answer.status, expected, "{maker:?} → {door:?}: {}", answer.body);
    let name = if is_shared { "Kim Vale" } else { "Kim Reed" };
    for through in [maker, door] {
        let shown = house.see(through, user).await;
        assert_eq!(through.name(&shown.body), name, "{maker:?} → {door:?}, seen through {through:?}: {}", shown.body);
    }
}

/// Through `door` they are removed: from its tenant, or from everywhere where it is that of the installation or their last.
async fn assert_removed(house: &House, (maker, door): (Door, Door), user: &User) {
    let answer = house.ask(door, (Method::DELETE, &door.one(user)), &Value::Null).await;
    let case = format!("{maker:?} → {door:?}: {}", answer.body);
    assert_eq!(answer.status, if matches!(door, Credentials | BackOffice) { 204 } else { 200 }, "{case}");
    assert_eq!(house.see(door, user).await.status, 404, "{case}");
    // Whoever was made through the installation belongs to no other tenant.
    let stays = maker != door && maker != Management && door != Management;
    assert_eq!(house.see(maker, user).await.status, if stays { 200 } else { 404 }, "{case}");
    assert_eq!(house.user(&user.login).await.is_some(), stays, "{case}");
}

on_both_engines! {
    // 000-12, 000-13, 001-3, 001-R16, 001-R43, 002-1, 002-18, 003-3, 003-R5, 004-B1, 004-R16, 004-R51
    async fn one_person_is_the_same_through_every_door(world: World) {
        let house = House::new(world).await;
        for (place, maker) in DOORS.into_iter().enumerate() {
            for door in DOORS {
                let email = format!("kim{place}{}@doors.example", door as usize);
                let made = house.make(maker, &email).await;
                assert!([200, 201].contains(&made.status), "{maker:?}: {}", made.body);
                let user = house.user(&email).await.unwrap();
                if door != maker {
                    if door != Management {
                        assert_eq!(house.see(door, &user).await.status, 404, "{maker:?} → {door:?}: not there yet");
                    }
                    house.let_in(door, &email).await;
                }
                let shown = house.see(door, &user).await;
                assert_eq!(shown.status, 200, "{maker:?} → {door:?}: {}", shown.body);
                assert_shown(&house, (maker, door), &shown.body).await;
                assert_renamed(&house, (maker, door), &user).await;
                assert_removed(&house, (maker, door), &user).await;
            }
        }
    }
}
