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

use super::forms;

/// A visitor of the application.
pub struct Browser {
    router: Router,
    pub cookies: HashMap<String, String>,
    pub headers: Vec<(&'static str, &'static str)>,
    pub address: &'static str,
    /// What addresses of the console begin with.
    base: String,
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

    /// What the page's form that does what `action` names would send as it stands: the values of its inputs and choices.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let function = forms::form(action, &[]).map_or(action.to_owned(), |sent| sent.function);
        let named = format!("name=\"fn\" value=\"{function}\"");
        let form = self.body.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap());
        let form = form.clone().find(|form| form.contains(&named));
        let form = form.unwrap_or_else(|| panic!("no form for {function}: {}", self.body));
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
        let sent = forms::form(action, typed);
        if let Some(sent) = &sent {
            fields.retain(|(name, _)| name != "step" && name != "fn");
            fields.push(("fn".to_owned(), sent.function.clone()));
        }
        let page = sent.map_or(action.to_owned(), |sent| sent.page);
        self.send("POST", &page, serde_urlencoded::to_string(fields).unwrap()).await
    }

    /// Works in the tenant of this short name from now on; everywhere without one.
    pub fn work_in(&mut self, slug: &str) {
        self.base = if slug.is_empty() { String::new() } else { format!("/t/{slug}") };
    }

    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: HashMap::new(),
            headers: vec![("sec-fetch-site", "same-origin")],
            address: "192.0.2.1:5",
            base: String::new(),
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

    /// Opens a link, and follows it where it goes on to.
    pub async fn open(&mut self, link: &str) -> Answer {
        let answer = self.get(link).await;
        match answer.status {
            303 => self.get(answer.location()).await,
            _ => answer,
        }
    }

    /// Sends the form that does what `path` names; or these fields there, where that is no form of a page.
    pub async fn post(&mut self, path: &str, typed: &[(&str, &str)]) -> Answer {
        let Some(sent) = forms::form(path, typed) else {
            return self.send("POST", path, serde_urlencoded::to_string(typed).unwrap()).await;
        };
        let mut fields: Vec<(&str, &str)> = sent.fields.iter().map(|(name, id)| (*name, id.as_str())).collect();
        fields.extend(typed.iter().filter(|(name, _)| *name != "step"));
        if typed.contains(&("step", "peek")) {
            fields.push(("peek", "1"));
        }
        fields.push(("fn", &sent.function));
        self.open_link(&sent.page, typed).await;
        self.send("POST", &sent.page, serde_urlencoded::to_string(fields).unwrap()).await
    }

    /// What was mailed is in the browser once its link was opened.
    async fn open_link(&mut self, page: &str, typed: &[(&str, &str)]) {
        let of = |wanted: &str| typed.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
        let page = page.split('?').next().unwrap();
        if ["/reset-password", "/activate", "/verify-email", "/confirm-address", "/stop-address-change"].contains(&page)
            && !of("user").is_empty()
        {
            let query = serde_urlencoded::to_string([("user", of("user")), ("code", of("code")), ("lang", of("lang"))]);
            self.get(&format!("{page}?{}", query.unwrap())).await;
        }
    }

    pub async fn send(&mut self, method: &str, path: &str, body: String) -> Answer {
        let path = match path.strip_prefix("/admin") {
            Some(rest) if !self.base.is_empty() => format!("{}{rest}", self.base),
            _ => path.to_owned(),
        };
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
