//! Opening an installation: its folder, its database, its key. Only those commands that may begin one make anything, and
//! two that begin at once take turns.

use std::{fs, io, os::unix::fs::DirBuilderExt, path::Path, sync::Arc};

use crate::{
    config::{Config, SmtpUrl},
    db::{DatabaseUrl, Db, Opening, Presence},
    domain::{
        clock::Clock,
        ctx::Services,
        passwords::hasher::Hasher,
        refusals::kind::Refusals,
        secrets::{SecretKey, folder_of},
        setup,
    },
};

/// What went wrong, for whoever started the program.
type Result<T> = std::result::Result<T, String>;

/// Opens the database and the key file, and checks that they belong together. With [`Opening::Make`] makes what isn't
/// there yet and brings the schema up to date; with [`Opening::Existing`] refuses, and leaves everything as it was. Nobody
/// exchanges the key file while the second value lasts.
pub async fn open(config: &Config, opening: Opening) -> Result<(Services, Presence)> {
    let ((db, key), at_work) = match opening {
        Opening::Make => make(config).await?,
        Opening::Existing => {
            require_database(config)?;
            let at_work = Presence::beside_others(&config.database_url, opening).await.map_err(|e| e.to_string())?;
            (existing(config).await?, at_work)
        }
    };
    Ok((services(db, key)?, at_work))
}

/// Opens an installation that is there, while nobody else is at work in it, nor comes as long as the second value lasts.
pub async fn open_alone(config: &Config) -> Result<(Services, Presence)> {
    require_database(config)?;
    let alone = Presence::alone(&config.database_url).await.map_err(|e| e.to_string())?;
    let alone = alone.ok_or("a server or another command is at work with this database; stop it first")?;
    let (db, key) = existing(config).await?;
    Ok((services(db, key)?, alone))
}

fn services(db: Db, key: SecretKey) -> Result<Services> {
    Ok(Services {
        db,
        clock: Clock::from_environment()?,
        hasher: Hasher::default(),
        key: Arc::new(key),
        refusals: Arc::new(Refusals::default()),
        uses: Arc::default(),
    })
}

/// First the database, then the key: a start that was killed in between is taken up again by the next, while a key
/// without its database means that the database was lost.
async fn make(config: &Config) -> Result<((Db, SecretKey), Presence)> {
    let _turn = take_turn(config).await?;
    require_no_lost_database(config)?;
    let at_work = Presence::beside_others(&config.database_url, Opening::Make).await.map_err(|e| e.to_string())?;
    let db = connect(config, Opening::Make).await?;
    db.migrate().await.map_err(|e| format!("the database can't be migrated: {e}"))?;
    let key = match load_key(config)? {
        Some(key) => key,
        None if setup::has_key(&db).await.map_err(|e| e.to_string())? => return Err(missing_key(config)),
        None => make_key(config)?,
    };
    let key = setup::take_key(&db, key).await.map_err(|e| e.to_string())?;
    Ok(((db, key), at_work))
}

fn require_database(config: &Config) -> Result<()> {
    match &config.database_url {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            Err(format!("there is no database at {}; `castellan serve` or `castellan setup` makes one", path.display()))
        }
        _ => Ok(()),
    }
}

async fn existing(config: &Config) -> Result<(Db, SecretKey)> {
    let key = load_key(config)?.ok_or_else(|| missing_key(config))?;
    let db = connect(config, Opening::Existing).await?;
    if !db.is_current().await.map_err(|e| e.to_string())? {
        return Err(
            "this database is of another version of Castellan; bring it up to date with `castellan migrate`".into()
        );
    }
    let key = setup::fitting(&db, key).await.map_err(|e| e.to_string())?;
    Ok((db, key))
}

async fn connect(config: &Config, opening: Opening) -> Result<Db> {
    Db::connect(&config.database_url, opening).await.map_err(|e| format!("the database can't be opened: {e}"))
}

/// Makes the folder that data is kept in, and waits until no other start is at work in it; the turn ends with the value.
/// Where nothing is kept in a folder of ours, the database's own lock on migrations is turn enough.
async fn take_turn(config: &Config) -> Result<Option<fs::File>> {
    let makes_own_key = config.secret_key_file == config.own_key_file() && !config.secret_key_file.exists();
    let folder = match &config.database_url {
        DatabaseUrl::Sqlite(path) => folder_of(path).to_owned(),
        DatabaseUrl::Postgres(_) if makes_own_key => config.data_dir.clone(),
        DatabaseUrl::Postgres(_) => return Ok(None),
    };
    let made = [Some(folder.clone()), makes_own_key.then(|| config.data_dir.clone())];
    let failed = format!("the folder {}", folder.display());
    let turn = tokio::task::spawn_blocking(move || {
        for folder in made.into_iter().flatten() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let file = fs::File::create(folder.join("castellan.lock"))?;
        file.lock().map(|()| file)
    });
    let turn = turn.await.map_err(io::Error::other).and_then(|turn| turn);
    turn.map(Some).map_err(|e| format!("{failed}: {e}"))
}

/// The data folder's own key means that its database was there. A key that is named by itself may begin a new one.
fn require_no_lost_database(config: &Config) -> Result<()> {
    match &config.database_url {
        DatabaseUrl::Sqlite(path)
            if config.secret_key_file == config.own_key_file() && config.secret_key_file.exists() && !path.exists() =>
        {
            Err(format!(
                "{} is here, but its database {} is not; bring the database back, or move the key file away to begin anew",
                config.secret_key_file.display(),
                path.display()
            ))
        }
        _ => Ok(()),
    }
}

/// Of two starts without a folder in common one makes the key, and the other takes it.
fn make_key(config: &Config) -> Result<SecretKey> {
    match SecretKey::make(&config.secret_key_file) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => load_key(config)?.ok_or_else(|| missing_key(config)),
        made => made.map_err(|e| unusable_key(config, &e)),
    }
}

fn load_key(config: &Config) -> Result<Option<SecretKey>> {
    SecretKey::load(&config.secret_key_file).map_err(|e| unusable_key(config, &e))
}

fn unusable_key(config: &Config, error: &dyn std::fmt::Display) -> String {
    format!("the key file {}: {error}", config.secret_key_file.display())
}

fn missing_key(config: &Config) -> String {
    format!(
        "the key file {} is missing, and the database was made with it; bring it back from the backup",
        config.secret_key_file.display()
    )
}

/// What runs without protection that it could have, for whoever started the server.
pub fn unprotected(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let mut warn = |is: bool, text: String| found.extend(is.then_some(text));
    let https = config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let key = config.secret_key_file.display();
    warn(
        others_read(&config.secret_key_file),
        format!("others on this machine can read the key file: chmod 600 {key}"),
    );
    if let DatabaseUrl::Sqlite(path) = &config.database_url {
        let open = others_read(path) && path.parent().is_some_and(others_read);
        warn(open, format!("others on this machine can read the database: chmod 600 {}", path.display()));
    }
    warn(
        config.smtp_url.is_none(),
        "no mail server is set, so mail waits in the outbox (castellan outbox list): set CASTELLAN_SMTP_URL".into(),
    );
    warn(
        config.database_url.is_in_clear(),
        "what is stored can cross the network in clear: add ?sslmode=verify-full to CASTELLAN_DATABASE_URL".into(),
    );
    warn(
        config.smtp_url.as_ref().is_some_and(SmtpUrl::is_in_clear),
        "mail, with its links and codes, can cross the network in clear: use smtps://, or add ?tls=required to CASTELLAN_SMTP_URL".into(),
    );
    let public = !config.listen.ip().is_loopback();
    warn(
        public && config.public_url.is_none(),
        "no public URL is set, so links can't be opened elsewhere: set CASTELLAN_PUBLIC_URL".into(),
    );
    warn(public && !https, "browsers come without TLS, so passwords can be read on their way: put a proxy with TLS in front and set CASTELLAN_PUBLIC_URL to https://…".into());
    warn(
        https && config.trusted_proxies.is_empty(),
        "no proxy is trusted, so everybody behind it shares one address and its limits: set CASTELLAN_TRUSTED_PROXIES to the proxy's network".into(),
    );
    found
}

/// Whether somebody else than the owner may read it.
fn others_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}
