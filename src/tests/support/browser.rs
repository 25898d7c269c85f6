//! A browser without a screen: keeps cookies, sends forms, follows nothing.

use std::{collections::HashMap, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request},
};
use castellan::db::Work;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A visitor of the application.
pub struct Browser {
    router: Router,
    pub cookies: HashMap<String, String>,
    pub headers: Vec<(&'static str, &'static str)>,
    pub address: &'static str,
}

/// What the server answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// What was read for it.
    pub work: Work,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// What the page's form to `action` would send as it stands: the values of its inputs and choices.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let form = self.body.split("<form").find(|form| form.contains(&format!("action=\"{action}\"")));
        let form =
            form.unwrap_or_else(|| panic!("no form to {action}: {}", self.body)).split("</form>").next().unwrap();
        let tags =
            form.split('<').filter(|tag| ["input ", "select ", "option "].iter().any(|kind| tag.starts_with(kind)));
        let (mut fields, mut chosen) = (Vec::<(String, String)>::new(), true);
        for tag in tags {
            let tag = tag.split('>').next().unwrap();
            match (attribute(tag, "name"), attribute(tag, "value").unwrap_or_default()) {
                // The first option stands, unless another is chosen.
                (None, value) if !chosen || tag.contains(" selected") => {
                    fields.last_mut().unwrap().1 = value;
                    chosen = true;
                }
                (Some(_), _) if tag.contains("checkbox") && !tag.contains(" checked") => {}
                (Some(name), value) => {
                    chosen = !tag.starts_with("select ");
                    fields.push((name, value));
                }
                (None, _) => {}
            }
        }
        fields
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

impl Browser {
    /// Sends the form to `action` as it stands on `page`, but for these fields.
    pub async fn submit(&mut self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let mut fields = page.form(action);
        fields.retain(|(name, _)| typed.iter().all(|(field, _)| field != name));
        fields.extend(typed.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        self.send("POST", action, serde_urlencoded::to_string(fields).unwrap()).await
    }

    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: HashMap::new(),
            headers: vec![("sec-fetch-site", "same-origin")],
            address: "192.0.2.1:5",
        }
    }

    /// The same browser as an island's request would be.
    pub fn island(mut self) -> Self {
        self.headers.push(("accept", "application/json"));
        self
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send("POST", path, serde_urlencoded::to_string(form).unwrap()).await
    }

    pub async fn send(&mut self, method: &str, path: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header("cookie", cookies.join("; "));
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>(self.address.parse().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.keep_cookies(response.headers());
        let (parts, body) = response.into_parts();
        let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        let work = parts.extensions.get().copied().unwrap_or_default();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body, work }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for line in headers.get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.into(), value.into()),
            };
        }
    }
}
