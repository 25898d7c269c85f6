//! Browser sessions as tower-sessions keeps them: its layer reads and sets the cookie, and our rows are the store.
//!
//! A row is made by the domain, in the transaction of the sign-in ([`crate::domain::sessions::start`]); afterwards the
//! request's [`Session`] takes it over, which sends the cookie. So a sign-in that fails leaves neither, and no cookie that
//! a browser made up ever becomes a session.

use async_trait::async_trait;
use cookie::time::{Duration, OffsetDateTime};
use serde_json::Value;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error as StoreError, Result as StoreResult},
};

use super::{
    cookies::Name,
    state::{AppState, Site},
};
use crate::{
    db::Db,
    domain::{
        ctx::Services,
        error::{Error, Result},
        secrets::token_hash,
        sessions::{start::SignedIn, store},
    },
};

/// Under this name a session that is taking over a row holds what its cookie will carry.
const BEGUN: &str = "begun";

/// The rows of sessions, found by the hash of what the cookie carries.
#[derive(Clone, Debug)]
pub struct Store(Services);

impl Store {
    /// The rows of this installation.
    #[must_use]
    pub const fn new(services: Services) -> Self {
        Self(services)
    }

    fn db(&self) -> &Db {
        &self.0.db
    }

    /// What is kept in a session, as JSON; nothing of one that isn't there.
    async fn data(&self, id: &Id) -> StoreResult<Option<String>> {
        let mut conn = self.db().read().await.map_err(backend)?;
        store::data(&mut conn, &hash(id)).await.map_err(backend)
    }
}

fn backend(error: impl std::fmt::Display) -> StoreError {
    StoreError::Backend(error.to_string())
}

fn hash(id: &Id) -> Vec<u8> {
    token_hash(&id.to_string())
}

#[async_trait]
impl SessionStore for Store {
    /// Takes over the row that a sign-in made. Nothing else begins a session.
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        let begun = record.data.remove(BEGUN);
        let id = begun.as_ref().and_then(Value::as_str).and_then(|token| token.parse().ok());
        record.id = id.ok_or_else(|| backend("only a sign-in begins a session"))?;
        Ok(())
    }

    /// Writes what changed into the row, if it is still there: a session that was ended is never brought back. When it ends
    /// is the row's own.
    async fn save(&self, record: &Record) -> StoreResult<()> {
        let data = serde_json::to_string(&record.data).map_err(backend)?;
        if self.data(&record.id).await?.is_none_or(|kept| kept == data) {
            return Ok(());
        }
        let mut tx = self.db().begin().await.map_err(backend)?;
        store::put_data(&mut tx, &hash(&record.id), &data).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let Some(data) = self.data(id).await? else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| StoreError::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::now_utc() + LONGEST }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        // Most often a sign-in has ended it already: then there is nothing to write.
        if self.data(id).await?.is_none() {
            return Ok(());
        }
        let mut tx = self.db().begin().await.map_err(backend)?;
        store::end_by_hash(&mut tx, &hash(id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

const LONGEST: Duration = Duration::seconds(store::LIFETIME);

/// The layer for `state`. Lax, not Strict: links in mail must find the reader signed in.
pub fn layer(state: &AppState) -> SessionManagerLayer<Store> {
    let site: &Site = &state.site;
    SessionManagerLayer::new(Store::new(state.services.clone()))
        .with_name(Name::Session.of(site))
        .with_same_site(SameSite::Lax)
        .with_secure(site.is_https())
        .with_expiry(Expiry::OnInactivity(LONGEST))
}

/// The browser's session is the one that this sign-in made: sends its cookie. The one that it had before was ended by the
/// sign-in, and nothing of it goes on.
pub async fn take_over(session: &Session, signed_in: &SignedIn) -> Result<()> {
    let failed = |error: tower_sessions::session::Error| Error::Internal(format!("the session: {error}"));
    session.clear().await;
    session.cycle_id().await.map_err(failed)?;
    session.set_expiry(Some(Expiry::OnInactivity(Duration::seconds(signed_in.lives))));
    session.insert(BEGUN, &signed_in.token).await.map_err(failed)?;
    session.save().await.map_err(failed)
}
