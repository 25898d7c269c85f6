//! Handing messages to a mail server.

use std::time::Duration;

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::{self, PoolConfig},
};

use super::letter::Rendered;
use crate::{config::SmtpUrl, domain::outbox::delivery::Failure, model::id::MessageId};

/// No mail server takes longer for one step.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Messages go one after the other; a second connection is for one that the server closed.
const CONNECTIONS: u32 = 2;

/// Says that no person wrote this, so that nobody's holiday note answers (RFC 3834).
#[derive(Clone, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// Says in which language it is (RFC 3282).
#[derive(Clone, Debug)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// A way to a mail server.
#[derive(Clone)]
pub struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Sender {
    /// By what the operator set. What is wrong with it is told without the password that is in it.
    pub fn new(url: &SmtpUrl, from: &str) -> Result<Self, String> {
        let wrong = "CASTELLAN_SMTP_URL must be like smtp://user:password@host:587?tls=required or smtps://host";
        let from = from.parse().map_err(|_| format!("CASTELLAN_MAIL_FROM can't be a sender: {from}"))?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.secret()).map_err(|_| wrong.to_owned())?;
        let pool = PoolConfig::new().max_size(CONNECTIONS).min_idle(0);
        let transport = builder.timeout(Some(TIMEOUT)).pool_config(pool).build();
        Ok(Self { transport, from })
    }

    /// Hands a message over; it is taken once this says so.
    pub async fn send(&self, id: MessageId, to: &str, message: &Rendered) -> Result<(), Failure> {
        let mail = self.mail(id, to, message)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }

    fn mail(&self, id: MessageId, to: &str, message: &Rendered) -> Result<Mail, Failure> {
        let to = address(to).ok_or_else(|| Failure::ForGood(format!("{to} is no address that mail can be sent to")))?;
        let built = Mail::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            // The same in every try, so that one that comes twice is known for what it is.
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentLanguage(message.language.clone()))
            .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()));
        built.map_err(|error| Failure::ForGood(format!("the message can't be written: {error}")))
    }
}

/// The address as mail servers know it: the domain in ASCII (RFC 5890).
fn address(text: &str) -> Option<Address> {
    let (local, domain) = text.rsplit_once('@')?;
    Address::new(local, idna::domain_to_ascii(domain).ok()?).ok()
}

/// A mail server that says never means it; everything else may be better later.
fn failure(error: &smtp::Error) -> Failure {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_words = inner.to_string();
        if !words.contains(&inner_words) {
            words = format!("{words}: {inner_words}");
        }
        source = inner.source();
    }
    if error.is_permanent() { Failure::ForGood(words) } else { Failure::ForNow(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_as_mail_servers_know_them() {
        let known = |text: &str| address(text).map(|address| address.to_string());
        assert_eq!(known("ada@example.com").as_deref(), Some("ada@example.com"));
        assert_eq!(known("otto@bücher.example").as_deref(), Some("otto@xn--bcher-kva.example"));
        assert!(known("nobody").is_none() && known("a b@example.com").is_none());
    }

    #[test]
    fn what_is_set_wrong_is_told_without_the_password() {
        let url = SmtpUrl::from("smtpx://ada:geheim@mail.example.com".to_owned());
        let told = Sender::new(&url, "castellan@localhost").err().unwrap();
        assert!(told.contains("CASTELLAN_SMTP_URL") && !told.contains("geheim"), "{told}");
        assert!(!format!("{url:?}").contains("geheim"));
        let url = SmtpUrl::from("smtp://127.0.0.1:2525".to_owned());
        assert!(Sender::new(&url, "nobody at all").err().unwrap().contains("CASTELLAN_MAIL_FROM"));
    }
}
