//! Settings: flags, then `CASTELLAN_*`, then `castellan.toml`, then defaults.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use axum::http::Uri;
use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;

use crate::db::DatabaseUrl;

/// What an operator may say, each in three places. The README's table is made from these.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `postgres://…`, or `sqlite://` and the path of a file, as it is [default: castellan.db in the data folder]
    #[arg(long, env = "CASTELLAN_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder of the database and the key file; made with mode 0700 [default: ./data]
    #[arg(long, env = "CASTELLAN_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Address to listen on; port 0 picks a free one [default: 127.0.0.1:3000]
    #[arg(long, env = "CASTELLAN_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,
    /// Base of links; `https` turns on Secure `__Host-` cookies and HSTS [default: the address it listens on]
    #[arg(long, env = "CASTELLAN_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// The installation's key, made with mode 0600 on first start [default: secret.key in the data folder]
    #[arg(long, env = "CASTELLAN_SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<PathBuf>,
    /// Networks (CIDR, comma-separated) of proxies that are believed when they say who a client is [default: none]
    #[arg(long, env = "CASTELLAN_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<Networks>,
    /// The one header in which they say it: `x-forwarded-for` or `forwarded` [default: x-forwarded-for]
    #[arg(long, env = "CASTELLAN_FORWARDED", global = true)]
    pub forwarded: Option<Forwarded>,
    /// Where mail is handed over, `smtp://user:password@host:587?tls=required` or `smtps://…`; without it mail waits in the outbox
    #[arg(long, env = "CASTELLAN_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<SmtpUrl>,
    /// Whom mail comes from [default: castellan@localhost]
    #[arg(long, env = "CASTELLAN_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// What to log: `error`, `warn`, `info`, `debug`, or a filter like `castellan=debug` [default: info]
    #[arg(long, env = "CASTELLAN_LOG", global = true)]
    pub log: Option<String>,
    /// How to log: `text` or `json` [default: text]
    #[arg(long, env = "CASTELLAN_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
}

/// Networks as people list them: with commas, and blanks after them; an address alone is a network of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Listed")]
pub struct Networks(pub Vec<IpNet>);

/// In `castellan.toml` a list, or the text that the flag takes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Text(String),
    List(Vec<String>),
}

impl TryFrom<Listed> for Networks {
    type Error = String;

    fn try_from(listed: Listed) -> Result<Self, String> {
        match listed {
            Listed::Text(text) => text.parse(),
            Listed::List(texts) => texts.join(",").parse(),
        }
    }
}

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let network = |text: &str| {
            let alone = text.parse::<IpAddr>().map(IpNet::from);
            alone.or_else(|_| text.parse()).map_err(|_| format!("{text} is no network like 10.0.0.0/8 and no address"))
        };
        let named = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        named.map(network).collect::<Result<_, _>>().map(Self)
    }
}

/// The header in which trusted proxies say who a client is. Only one is believed, because most proxies set one and pass
/// on what a client wrote into the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Forwarded {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Where mail is handed over. It may hold a password, so `Debug` says nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SmtpUrl(String);

impl SmtpUrl {
    /// The whole of it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Whether mail can cross a network in clear: `tls=opportunistic` is given up by whoever stands between.
    #[must_use]
    pub fn is_in_clear(&self) -> bool {
        let Ok(url) = self.0.parse::<Uri>() else { return false };
        let is_here = matches!(url.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_required = url.query().is_some_and(|query| query.split('&').any(|value| value == "tls=required"));
        url.scheme_str() == Some("smtp") && !is_required && !is_here
    }
}

impl From<String> for SmtpUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl std::fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpUrl(…)")
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Settings with everything decided.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data lives.
    pub database_url: DatabaseUrl,
    /// Folder of the database and the key file.
    pub data_dir: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Base of links, without a slash at the end; the listening address where it isn't set.
    pub public_url: Option<String>,
    /// The installation's key.
    pub secret_key_file: PathBuf,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they are believed.
    pub forwarded: Forwarded,
    /// Where mail is handed over; without it mail waits.
    pub smtp_url: Option<SmtpUrl>,
    /// Whom mail comes from.
    pub mail_from: String,
    /// Log filter.
    pub log: String,
    /// Log format.
    pub log_format: LogFormat,
}

impl Config {
    /// Where links begin: the public URL, or the address it listens on where others can use that one.
    #[must_use]
    pub fn base_of_links(&self) -> Option<String> {
        let usable = self.listen.port() != 0 && !self.listen.ip().is_unspecified();
        self.public_url.clone().or_else(|| usable.then(|| format!("http://{}", self.listen)))
    }

    /// The key file that belongs to the data folder; another one is named by a setting.
    #[must_use]
    pub fn own_key_file(&self) -> PathBuf {
        own_key_file(&self.data_dir)
    }
}

fn own_key_file(data_dir: &Path) -> PathBuf {
    data_dir.join("secret.key")
}

impl Settings {
    /// Adds `castellan.toml` of the working folder beneath flags and environment, then the defaults.
    pub fn resolve(self) -> Result<Config, String> {
        let file = Self::from_file()?;
        let data_dir = self.data_dir.or(file.data_dir).unwrap_or_else(|| "data".into());
        let database_url = match self.database_url.or(file.database_url) {
            Some(url) => url.parse()?,
            None => DatabaseUrl::Sqlite(data_dir.join("castellan.db")),
        };
        let public_url = self.public_url.or(file.public_url).map(|url| parse_public_url(&url)).transpose()?;
        Ok(Config {
            database_url,
            listen: self.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000))),
            public_url,
            secret_key_file: self.secret_key_file.or(file.secret_key_file).unwrap_or_else(|| own_key_file(&data_dir)),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies).unwrap_or_default().0,
            forwarded: self.forwarded.or(file.forwarded).unwrap_or_default(),
            smtp_url: self.smtp_url.or(file.smtp_url).filter(|url| !url.secret().is_empty()),
            mail_from: self.mail_from.or(file.mail_from).unwrap_or_else(|| "castellan@localhost".into()),
            log: self.log.or(file.log).unwrap_or_else(|| "info".into()),
            log_format: self.log_format.or(file.log_format).unwrap_or_default(),
            data_dir,
        })
    }

    fn from_file() -> Result<Self, String> {
        match fs::read_to_string("castellan.toml") {
            Ok(text) => toml::from_str(&text).map_err(|e| format!("castellan.toml: {e}")),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(format!("castellan.toml: {e}")),
        }
    }
}

/// An origin: scheme and host, no path.
fn parse_public_url(url: &str) -> Result<String, String> {
    let wrong = || format!("the public URL must be like https://users.example.com, not {url}");
    let trimmed = url.trim_end_matches('/');
    let uri: axum::http::Uri = trimmed.parse().map_err(|_| wrong())?;
    match uri.scheme_str() {
        Some(scheme @ ("http" | "https")) if is_origin(&uri) => {
            // Browsers leave the usual port out, and compare the rest letter by letter.
            let usual = if scheme == "https" { ":443" } else { ":80" };
            Ok(trimmed.strip_suffix(usual).unwrap_or(trimmed).to_lowercase())
        }
        _ => Err(wrong()),
    }
}

/// Whether there is nothing but a scheme, a host and perhaps a port.
fn is_origin(uri: &axum::http::Uri) -> bool {
    let bare_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    bare_host && matches!(uri.path(), "" | "/") && uri.query().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_listed_as_people_write_them() {
        let said =
            |text: &str| text.parse::<Networks>().map(|all| all.0.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            said("10.0.0.0/8, 192.0.2.1 ,2001:db8::7,"),
            Ok(vec!["10.0.0.0/8".into(), "192.0.2.1/32".into(), "2001:db8::7/128".into()])
        );
        assert_eq!(said(" "), Ok(Vec::new()));
        assert!(said("10.0.0.0/8 192.0.2.1").is_err() && said("proxy").is_err());
        let file = |text: &str| toml::from_str::<Settings>(text).unwrap().trusted_proxies.unwrap().0.len();
        assert_eq!(file("trusted_proxies = \"10.0.0.0/8, 192.0.2.1\""), 2);
        assert_eq!(file("trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]"), 2);
    }

    #[test]
    fn mail_in_clear_is_noticed() {
        let in_clear = |url: &str| SmtpUrl::from(url.to_owned()).is_in_clear();
        for url in ["smtp://mail.example.com", "smtp://u:p%40ss@mail.example.com:587?tls=opportunistic"] {
            assert!(in_clear(url), "{url}");
        }
        for url in ["smtps://mail.example.com", "smtp://u:p@mail.example.com:587?tls=required", "smtp://localhost:25"] {
            assert!(!in_clear(url), "{url}");
        }
    }

    #[test]
    fn the_public_url_is_an_origin() {
        assert_eq!(parse_public_url("https://Users.example.com/").as_deref(), Ok("https://users.example.com"));
        assert_eq!(parse_public_url("https://x.y:443/").as_deref(), Ok("https://x.y"));
        assert_eq!(parse_public_url("http://x.y:80").as_deref(), Ok("http://x.y"));
        assert_eq!(parse_public_url("http://x.y:443").as_deref(), Ok("http://x.y:443"));
        for bad in [
            "users.example.com",
            "ftp://x.y",
            "https://x.y/path",
            "https://",
            "https://x.y?a",
            "https://me@x.y",
            "not a url",
        ] {
            assert!(parse_public_url(bad).is_err(), "{bad}");
        }
    }
}
