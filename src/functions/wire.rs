//! How server functions are called: what forms and islands send, and how the browser half reaches the server.

use futures::{Sink, Stream, sink::Drain, stream::Empty};
use leptos::{
    __reexports::send_wrapper::SendWrapper,
    prelude::{FromServerFnError, ServerFnErrorErr, window},
    server_fn::{
        Bytes, ContentType, Decodes, Encodes, Format, FormatType, client::Client, request::ClientReq,
        response::ClientRes,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response};

use crate::model::error::Refusal;

/// The server can't be reached.
#[must_use]
pub fn unreachable() -> Refusal {
    told("The server can't be reached. Nothing was saved; try again.")
}

/// Something between us answered.
#[must_use]
pub fn unreadable() -> Refusal {
    told("The server gave no answer. Nothing was saved; open the page again.")
}

fn told(message: &str) -> Refusal {
    Refusal { message: message.to_owned(), ..Refusal::default() }
}

impl FromServerFnError for Refusal {
    type Encoder = Json;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => unreachable(),
            _ => unreadable(),
        }
    }
}

/// JSON, read with the code that reads the islands' properties already. Write `Post<Json>`.
pub struct Json;

impl ContentType for Json {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Json {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Json {
    type Error = &'static str;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(value).map(Bytes::from).map_err(|_| "can't be written")
    }
}

impl<T: DeserializeOwned> Decodes<T> for Json {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        std::str::from_utf8(&bytes).ok().and_then(|text| serde_json::from_str(text).ok()).ok_or("can't be read")
    }
}

/// What a server answered.
pub struct Answered {
    /// Whether it agreed.
    pub ok: bool,
    /// Where to go on to.
    pub location: Option<String>,
    /// The body.
    pub text: String,
}

/// Posts a body of this kind, and wants JSON.
pub async fn fetch(url: &str, body: &JsValue, kind: &str) -> Result<Answered, JsValue> {
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_body(body);
    let request = Request::new_with_str_and_init(url, &options)?;
    request.headers().set("accept", "application/json")?;
    request.headers().set("content-type", kind)?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answered { ok: response.ok(), location: response.headers().get("location")?, text })
}

/// The client of functions that islands call: `fetch`, and nothing else. Leptos' own brings streams and multipart along.
pub struct Fetch;

/// A call that is about to be made.
pub struct Asked {
    path: String,
    body: Bytes,
}

impl Asked {
    /// The function in the tenant that the page's address names.
    fn url(&self) -> String {
        let page = window().location().pathname().unwrap_or_default();
        let tenant = page.strip_prefix("/t/").and_then(|rest| rest.split('/').next());
        tenant.map_or_else(|| self.path.clone(), |slug| format!("/t/{slug}{}", self.path))
    }
}

fn cannot<E: FromServerFnError>() -> E {
    E::from_server_fn_error(ServerFnErrorErr::UnsupportedRequestMethod(String::new()))
}

impl<E: FromServerFnError> ClientReq<E> for Asked {
    type FormData = ();

    fn try_new_req_bytes(path: &str, _: &str, _: &str, body: Bytes, _: http::Method) -> Result<Self, E> {
        Ok(Self { path: path.into(), body })
    }

    fn try_new_req_text(path: &str, _: &str, _: &str, body: String, _: http::Method) -> Result<Self, E> {
        Ok(Self { path: path.into(), body: body.into() })
    }

    fn try_new_req_query(_: &str, _: &str, _: &str, _: &str, _: http::Method) -> Result<Self, E> {
        Err(cannot())
    }

    fn try_new_req_form_data(_: &str, _: &str, _: &str, (): (), _: http::Method) -> Result<Self, E> {
        Err(cannot())
    }

    fn try_new_req_multipart(_: &str, _: &str, (): (), _: http::Method) -> Result<Self, E> {
        Err(cannot())
    }

    fn try_new_req_streaming(
        _: &str,
        _: &str,
        _: &str,
        _: impl Stream<Item = Bytes> + Send + 'static,
        _: http::Method,
    ) -> Result<Self, E> {
        Err(cannot())
    }
}

impl<E: FromServerFnError> ClientRes<E> for Answered {
    async fn try_into_string(self) -> Result<String, E> {
        Ok(self.text)
    }

    async fn try_into_bytes(self) -> Result<Bytes, E> {
        Ok(self.text.into())
    }

    fn try_into_stream(self) -> Result<impl Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static, E> {
        Err::<Empty<_>, E>(cannot())
    }

    fn status(&self) -> u16 {
        if self.ok { 200 } else { 400 }
    }

    fn status_text(&self) -> String {
        String::new()
    }

    fn location(&self) -> String {
        self.location.clone().unwrap_or_default()
    }

    fn has_redirect(&self) -> bool {
        false
    }
}

impl<E: FromServerFnError, I: FromServerFnError, O: FromServerFnError> Client<E, I, O> for Fetch {
    type Request = Asked;
    type Response = Answered;

    fn send(asked: Asked) -> impl Future<Output = Result<Answered, E>> + Send {
        SendWrapper::new(async move {
            let body = std::str::from_utf8(&asked.body).map_or(JsValue::NULL, JsValue::from);
            let answer = fetch(&asked.url(), &body, Json::CONTENT_TYPE).await;
            let answer = answer.map_err(|_| E::from_server_fn_error(ServerFnErrorErr::Request(String::new())))?;
            // Whoever was signed out meanwhile is sent to sign in.
            if let (false, Some(location)) = (answer.ok, &answer.location) {
                let _ = window().location().assign(location);
            }
            Ok(answer)
        })
    }

    async fn open_websocket(
        _: &str,
    ) -> Result<(impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static), E> {
        Err::<(Empty<_>, Drain<Bytes>), E>(cannot())
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        leptos::task::spawn_local(future);
    }
}
