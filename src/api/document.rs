//! The OpenAPI 3.1 document of all families, made of their tables, and the pages that show it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::Path,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde_json::Value as Json_;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder, Schema,
    extensions::ExtensionsBuilder,
    path::{Operation as Described, OperationBuilder, Parameter as DescribedParameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};
use utoipa_swagger_ui::Config;

use super::{
    back_office, credentials, domains, management,
    operations::{Access, BEARER, Family, Operation, Parameter, SIGNATURE, STAND_ALONE, Value},
    portals,
    repeating::KEY_MAX,
};
use crate::http::state::AppState;

/// The families, in the order of the document.
pub const FAMILIES: [Family; 5] =
    [credentials::FAMILY, back_office::FAMILY, management::FAMILY, portals::FAMILY, domains::FAMILY];

const SIGNED: &str = "HMAC-SHA256 in hexadecimal digits, with the secret of a key pair, over the key, the raw body and \
    `x-logtrust-timestamp` (milliseconds since 1970), one after the other; the key itself goes in \
    `x-logtrust-reseller-apikey` or `x-logtrust-domain-apikey`.";
const INTRODUCTION: &str = "Programs look after users, groups, roles and credentials by these operations. Each takes a \
    bearer token: a personal one (`castellan token create`), or an access token of `POST /auth/login` or of \
    `POST /oauth/v1/token`. `x-permissions` names the permissions of which one opens an operation, where one does.";

/// Swagger UI draws its own icons as data, which nothing else here does.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `/openapi.json`, and the pages that show it.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/openapi.json", get(async || Json(document())))
        .route("/docs/api", get(async || Redirect::permanent("/docs/api/")))
        .route("/docs/api/", get(async || shown("index.html")))
        .route("/docs/api/{file}", get(async |Path(file): Path<String>| shown(&file)))
}

/// A file of Swagger UI, served by us: nothing comes from anywhere else.
fn shown(file: &str) -> Response {
    let config = Arc::new(Config::from("/openapi.json"));
    match utoipa_swagger_ui::serve(file, config) {
        Ok(Some(found)) => {
            let mut response = found.bytes.into_owned().into_response();
            let headers = response.headers_mut();
            let kind = HeaderValue::from_str(&found.content_type);
            headers.insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("text/plain")));
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
            headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("max-age=86400"));
            response
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let header = |name: &str, does: &str| ApiKey::Header(ApiKeyValue::with_description(name, does));
    let mut components = ComponentsBuilder::new()
        .security_scheme(BEARER, SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()))
        .security_scheme(STAND_ALONE, SecurityScheme::ApiKey(header("standAloneToken", "An account token.")))
        .security_scheme(SIGNATURE, SecurityScheme::ApiKey(header("x-logtrust-sign", SIGNED)));
    for family in &FAMILIES {
        for operation in family.operations {
            let path = format!("{}{}", family.prefix, operation.path);
            paths = paths.path(path, PathItem::new(method(operation), described(family, operation)));
        }
        for (name, schema) in schemas(family) {
            components = components.schema(format!("{}.{name}", family.name), schema);
        }
    }
    let info = InfoBuilder::new().title("Castellan").version(env!("CARGO_PKG_VERSION"));
    let tags = FAMILIES.map(|family| TagBuilder::new().name(family.name).description(Some(family.title)).build());
    OpenApiBuilder::new()
        .info(info.description(Some(INTRODUCTION)).build())
        .tags(Some(tags))
        .paths(paths.build())
        .components(Some(components.build()))
        .build()
}

/// A family's schemas, whose references to each other carry its name, too.
fn schemas(family: &Family) -> BTreeMap<String, RefOr<Schema>> {
    let prefixed = format!("#/components/schemas/{}.", family.name);
    serde_json::from_str(&family.schemas.replace("#/components/schemas/", &prefixed)).unwrap_or_default()
}

fn reference(family: &Family, schema: &str) -> Ref {
    Ref::from_schema_name(format!("{}.{schema}", family.name))
}

fn method(operation: &Operation) -> HttpMethod {
    match operation.method {
        "post" => HttpMethod::Post,
        "put" => HttpMethod::Put,
        "patch" => HttpMethod::Patch,
        "delete" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn described(family: &Family, operation: &Operation) -> Described {
    let permissions: Vec<&str> = operation.access.permissions().iter().map(|permission| permission.name()).collect();
    let mut built = OperationBuilder::new()
        .tag(family.name)
        .operation_id(Some(operation.id))
        .summary(Some(operation.does))
        .description(who(operation.access))
        .extensions(Some(ExtensionsBuilder::new().add("x-permissions", permissions).build()))
        .parameters(Some(parameters(family, operation)))
        .request_body(operation.asks.map(|schema| body(family, schema, !operation.asks_maybe)));
    for scheme in family.security.iter().filter(|_| operation.access != Access::Open) {
        built = built.security(SecurityRequirement::new::<_, [&str; 0], &str>(*scheme, []));
    }
    let (status, schema) = operation.answers;
    let mut done = ResponseBuilder::new().description("Done.");
    if let Some(schema) = schema {
        done = done.content(JSON, ContentBuilder::new().schema(Some(reference(family, schema))).build());
    }
    built = built.response(status.to_string(), done.build());
    for status in failures(family, operation) {
        let error = ContentBuilder::new().schema(Some(reference(family, "Error"))).build();
        let failed = ResponseBuilder::new().description(why(status)).content(JSON, error).build();
        built = built.response(status.to_string(), failed);
    }
    built.build()
}

const JSON: &str = "application/json";

fn body(family: &Family, schema: &str, is_required: bool) -> RequestBody {
    let content = || ContentBuilder::new().schema(Some(reference(family, schema))).build();
    let required = if is_required { Required::True } else { Required::False };
    RequestBodyBuilder::new().required(Some(required)).content(JSON, content()).build()
}

/// Statuses other than success: the operation's own, and those that come with what it takes.
fn failures(family: &Family, operation: &Operation) -> Vec<u16> {
    let takes_input = operation.asks.is_some() || !operation.query.is_empty() || operation.path.contains('{');
    let mut all = operation.fails.to_vec();
    if takes_input {
        all.push(400);
    }
    if operation.makes {
        all.push(family.key_reused);
    }
    if operation.access != Access::Open {
        all.extend([401, 403]);
    }
    if operation.asks.is_some() {
        all.extend([408, 413, 415]);
    }
    all.push(503);
    all.sort_unstable();
    all.dedup();
    all
}

const fn why(status: u16) -> &'static str {
    match status {
        400 => "Something that was sent can't be used.",
        401 => "No token, or one that isn't taken.",
        403 => "Whoever is calling may not do this.",
        404 => "There is no such thing, or not where the caller may look.",
        408 => "The body came too slowly.",
        409 => "A name is taken, or a rule forbids it as things are.",
        413 => "The body is too large.",
        422 => "Another request had this `Idempotency-Key`.",
        415 => "The body is of another media type.",
        429 => "Too many tries; `Retry-After` says how long to wait.",
        _ => "The server is busy or can't write; nothing happened.",
    }
}

fn who(access: Access) -> Option<&'static str> {
    match access {
        Access::Open => Some("Needs no token."),
        Access::Known => Some("Open to whoever carries a token that is taken here."),
        Access::NeedsOrOwn(_) => Some("Open to everybody about themselves, too."),
        Access::NeedsOrOwner(_) => Some("Open to application owners and their programs about their groups, too."),
        Access::Needs(_) | Access::NeedsAny(_) => None,
    }
}

/// Every operation that makes something takes it.
const IDEMPOTENCY_KEY: Parameter = Parameter::optional(
    "Idempotency-Key",
    Value::Visible(KEY_MAX),
    "A name of the caller's own for this request: within a day the same request gets the same answer, and makes nothing again.",
);

fn parameters(family: &Family, operation: &Operation) -> Vec<DescribedParameter> {
    let in_path = operation.path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| {
        let here = |(place, _): &&(&str, Value)| place.contains(name) && operation.path.contains(place);
        let takes = family.places.iter().find(here).map_or(Value::Id, |(_, takes)| *takes);
        let parameter = Parameter { name, does: "", takes, required: true };
        parameter_in(&parameter, ParameterIn::Path)
    });
    let in_query = operation.query.iter().map(|parameter| parameter_in(parameter, ParameterIn::Query));
    let key = operation.makes.then(|| parameter_in(&IDEMPOTENCY_KEY, ParameterIn::Header));
    in_path.chain(in_query).chain(key).collect()
}

fn parameter_in(parameter: &Parameter, place: ParameterIn) -> DescribedParameter {
    let Parameter { name, does, takes, required } = *parameter;
    let schema: RefOr<Schema> = serde_json::from_value(taken(takes)).unwrap_or_else(|_| RefOr::T(Schema::default()));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .description(Some(does).filter(|does| !does.is_empty()))
        .required(if required { Required::True } else { Required::False })
        .schema(Some(schema))
        .build()
}

fn taken(takes: Value) -> Json_ {
    match takes {
        Value::Text => serde_json::json!({ "type": "string", "minLength": 1 }),
        Value::MaybeText => serde_json::json!({ "type": "string" }),
        Value::Visible(most) => {
            serde_json::json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": "^[!-~]*$" })
        }
        Value::Id => serde_json::json!({ "type": "string", "format": "uuid" }),
        Value::Ids => {
            serde_json::json!({ "type": "array", "items": { "type": "string", "format": "uuid" }, "maxItems": 100 })
        }
        Value::Number(least, most) => serde_json::json!({ "type": "integer", "minimum": least, "maximum": most }),
        Value::Flag => serde_json::json!({ "type": "boolean" }),
        Value::OneOf(words) => serde_json::json!({ "type": "string", "enum": words }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_what_the_document_says() {
        let said = serde_json::to_value(document()).unwrap();
        for family in &FAMILIES {
            let declared: BTreeMap<String, Json_> = serde_json::from_str(family.schemas).unwrap();
            for (name, schema) in declared {
                let text = schema
                    .to_string()
                    .replace("#/components/schemas/", &format!("#/components/schemas/{}.", family.name));
                let expected: Json_ = serde_json::from_str(&text).unwrap();
                assert_eq!(said["components"]["schemas"][format!("{}.{name}", family.name)], expected, "{name}");
            }
            for operation in family.operations {
                let path = format!("{}{}", family.prefix, operation.path);
                let found = &said["paths"][path][operation.method];
                assert_eq!(found["operationId"], operation.id);
                let named = operation.asks.into_iter().chain(operation.answers.1).chain(["Error"]);
                for schema in named {
                    let key = format!("{}.{schema}", family.name);
                    assert!(said["components"]["schemas"].get(&key).is_some(), "{key}");
                }
            }
        }
    }
}
