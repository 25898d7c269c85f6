//! What tokens, client credentials and key pairs allow, held to the naive model: never more than whoever they belong to.

use castellan::{
    db::Driver,
    domain::{
        caller::{Presented, Takes, identify},
        ctx::Ctx,
        error::Error,
        key_pairs::signature::Signed,
        secrets::{hex, hmac, token_hash},
    },
    model::{
        client::ClientRole,
        permission::{Permission, PermissionSet},
        timestamp::Timestamp,
        token::TokenKind,
    },
};

use super::{
    NOW, TIMES, WORLDS,
    model::{Model, PLACES, USERS},
    random::Random,
    rows,
};
use crate::support::{World, on_both_engines};

const ALL: Takes = Takes {
    bearers: &[TokenKind::Access, TokenKind::Personal, TokenKind::ServiceKey, TokenKind::Account],
    clients: true,
    stand_alone: true,
    signed: true,
};

/// When something works.
#[derive(Clone, Copy, Debug)]
struct Life {
    disabled: bool,
    until: Option<i64>,
}

impl Life {
    fn random(random: &mut Random) -> Self {
        let until = [None, None, Some(NOW - 5), Some(NOW), Some(NOW + 5), Some(NOW + 15)][random.below(6)];
        Self { disabled: random.chance(15), until }
    }

    fn works(self, now: i64) -> bool {
        !self.disabled && self.until.is_none_or(|until| until > now)
    }

    const fn disabled_at(self) -> Option<i64> {
        if self.disabled { Some(1) } else { None }
    }
}

/// A token of somebody, or an access token of client credentials.
struct Token {
    value: String,
    life: Life,
    /// Bound to this tenant, by its place in the model.
    tenant: Option<usize>,
    of: Of,
}

enum Of {
    User(usize, Vec<String>),
    Client(ClientRole, Life),
}

/// A key pair of a tenant.
struct Pair {
    key: String,
    secret: String,
    life: Life,
    tenant: usize,
    patterns: Vec<String>,
}

fn patterns(random: &mut Random) -> Vec<String> {
    let permission = |random: &mut Random| Permission::ALL[random.below(Permission::ALL.len())];
    match random.below(3) {
        0 => vec!["*.*".into()],
        _ => (0..4)
            .map(|_| match random.chance(50) {
                true => permission(random).family(),
                false => permission(random).name().into(),
            })
            .collect(),
    }
}

macro_rules! insert {
    ($world:expr, $sql:literal $(, $bind:expr)+) => {{
        let mut tx = $world.services.db.begin().await.unwrap();
        match tx.driver() {
            Driver::Sqlite(c) => drop(sqlx::query($sql)$(.bind($bind))+.execute(c).await.unwrap()),
            Driver::Postgres(c) => drop(sqlx::query($sql)$(.bind($bind))+.execute(c).await.unwrap()),
        }
        tx.commit().await.unwrap();
    }};
}

/// A token of everybody for every place, of some kind.
async fn tokens(world: &World, model: &Model, random: &mut Random) -> Vec<Token> {
    let mut tokens = Vec::new();
    for user in 0..USERS {
        for tenant in PLACES {
            let kinds = [TokenKind::Account, TokenKind::Personal, TokenKind::ServiceKey];
            let (kind, life, patterns) = (kinds[random.below(3)], Life::random(random), patterns(random));
            let id = world.services.clock.id();
            let value = format!("{}{}", kind.prefix(), id.simple());
            insert!(
                world,
                "insert into tokens (id, number, kind, name, user_id, tenant_id, permissions, prefix, token_hash,
                    disabled_at, expires_at, created_at, updated_at) values ($1, $2, $3, '', $4, $5, $6, '', $7, $8, $9, 0, 0)",
                id,
                tokens.len() as i64,
                kind.word(),
                model.users[user].id,
                tenant.map(|tenant| model.tenants[tenant].id),
                patterns.join(" "),
                token_hash(&value),
                life.disabled_at(),
                life.until
            );
            tokens.push(Token { value, life, tenant, of: Of::User(user, patterns) });
        }
    }
    tokens
}

/// An access token of client credentials of each role in each tenant.
async fn access_tokens(world: &World, model: &Model, random: &mut Random) -> Vec<Token> {
    let mut tokens = Vec::new();
    for tenant in 0..model.tenants.len() {
        for role in ClientRole::ALL {
            let (client, life, of) = (world.services.clock.id(), Life::random(random), Life::random(random));
            let value = format!("at_{}", client.simple());
            insert!(
                world,
                "insert into clients (id, tenant_id, name, same_key, role, disabled_at, expires_at, created_at, updated_at)
                    values ($1, $2, $3, $3, $4, $5, $6, 0, 0)",
                client,
                model.tenants[tenant].id,
                value.clone(),
                role.word(),
                of.disabled_at(),
                of.until
            );
            insert!(
                world,
                "insert into tokens (id, kind, name, client_id, tenant_id, prefix, token_hash, disabled_at, expires_at,
                    created_at, updated_at) values ($1, 'access', '', $1, $2, '', $3, $4, $5, 0, 0)",
                client,
                model.tenants[tenant].id,
                token_hash(&value),
                life.disabled_at(),
                life.until
            );
            tokens.push(Token { value, life, tenant: Some(tenant), of: Of::Client(*role, of) });
        }
    }
    tokens
}

async fn pairs(world: &World, model: &Model, random: &mut Random) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for tenant in [0, 1, 0, 1] {
        let (id, life, patterns) = (world.services.clock.id(), Life::random(random), patterns(random));
        let (key, secret) = (id.simple().to_string(), format!("secret {id}"));
        insert!(
            world,
            "insert into key_pairs (id, tenant_id, name, api_key, secret_sealed, permissions, disabled_at, expires_at,
                created_at) values ($1, $2, '', $3, $4, $5, $6, $7, 0)",
            id,
            model.tenants[tenant].id,
            key.clone(),
            world.services.key.seal(&format!("key pair {id}"), secret.as_bytes()),
            patterns.join(" "),
            life.disabled_at(),
            life.until
        );
        pairs.push(Pair { key, secret, life, tenant, patterns });
    }
    pairs
}

fn covers(patterns: &[String], permission: Permission) -> bool {
    patterns.iter().any(|pattern| permission.matches(pattern))
}

impl Token {
    fn works(&self, model: &Model, now: i64) -> bool {
        let owner_works = match &self.of {
            Of::Client(_, life) => life.works(now),
            Of::User(user, _) => {
                let person = &model.users[*user];
                !person.disabled && self.tenant.is_none_or(|tenant| person.memberships[tenant] == Some("active"))
            }
        };
        owner_works && self.life.works(now)
    }

    fn may(&self, model: &Model, permission: Permission, place: Option<usize>, now: i64) -> bool {
        let here = self.tenant.is_none() || self.tenant == place;
        here && match &self.of {
            Of::User(user, patterns) => covers(patterns, permission) && model.may(*user, permission, place, now),
            Of::Client(role, _) => role.permissions().contains(permission),
        }
    }
}

/// Compares what somebody may by what they presented; answers how many cases there were, and how many were allowed.
fn compare(
    model: &Model,
    found: Result<Ctx, Error>,
    works: bool,
    may: impl Fn(Permission, Option<usize>) -> bool,
) -> [usize; 2] {
    let ctx = match found {
        Ok(ctx) => ctx,
        Err(Error::Unauthenticated) if !works => return [1, 0],
        Err(error) => panic!("{error} in {}", model.seed),
    };
    assert!(works, "in {}", model.seed);
    let (mut cases, mut allowed) = (0, 0);
    for place in PLACES {
        let held: PermissionSet = ctx.clone().working_in(model.scope(place)).permissions();
        for permission in Permission::ALL {
            assert_eq!(held.contains(*permission), may(*permission, place), "{permission} {place:?} in {}", model.seed);
            cases += 1;
            allowed += usize::from(held.contains(*permission));
        }
    }
    [cases, allowed]
}

async fn by_signature(world: &World, pair: &Pair, now: i64) -> Result<Ctx, Error> {
    let timestamp = now.to_string();
    let sign = hex(&hmac(pair.secret.as_bytes(), &[pair.key.as_bytes(), b"body", timestamp.as_bytes()]));
    let signed = Signed { key: &pair.key, is_resellers: false, timestamp: &timestamp, sign: &sign, body: b"body" };
    let presented = Presented { signed: Some(signed), ..Presented::default() };
    identify(world.stranger().at(Timestamp(now)), &presented, &ALL).await
}

async fn clear(world: &World) {
    for sql in ["delete from tokens", "delete from clients", "delete from key_pairs"] {
        world.execute(sql).await;
    }
}

on_both_engines! {
    async fn nobody_may_more_by_a_credential_than_its_owner(world: World) {
        let (mut cases, mut allowed, mut refused) = (0, 0, 0);
        for seed in 1..=WORLDS {
            clear(&world).await;
            let model = rows::replace(&world, Model::random(&world, seed)).await;
            let mut random = Random(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
            let mut carried = tokens(&world, &model, &mut random).await;
            carried.extend(access_tokens(&world, &model, &mut random).await);
            let pairs = pairs(&world, &model, &mut random).await;
            for now in TIMES {
                for token in &carried {
                    let presented = Presented { bearer: Some(&token.value), ..Presented::default() };
                    let found = identify(world.stranger().at(Timestamp(now)), &presented, &ALL).await;
                    let may = |permission, place| token.may(&model, permission, place, now);
                    let [more, may] = compare(&model, found, token.works(&model, now), may);
                    (cases, allowed, refused) = (cases + more, allowed + may, refused + usize::from(more == 1));
                }
                for pair in &pairs {
                    let found = by_signature(&world, pair, now).await;
                    let may = |permission, place| {
                        place == Some(pair.tenant) && covers(&pair.patterns, permission)
                    };
                    let [more, may] = compare(&model, found, pair.life.works(now), may);
                    (cases, allowed, refused) = (cases + more, allowed + may, refused + usize::from(more == 1));
                }
            }
        }
        clear(&world).await;
        assert!(cases >= 5_000 && allowed > 1_000 && refused > 100, "{cases} cases, {allowed} allowed, {refused} refused");
    }
}
