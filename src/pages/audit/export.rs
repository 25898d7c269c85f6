//! `/admin/audit/export.csv` and `.jsonl`: the log under the same filter as the page, streamed.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream::try_unfold;
use serde_json::{Value, json};

use super::filter::parse;
use crate::{
    domain::{
        action::Action,
        audit::{self, event::Event, export::BATCH, query::EventQuery},
        clock::exact,
        ctx::Ctx,
        error::{Error, Result},
    },
    http::{page::failed, state::AppState, visit::Visit},
};

/// The files.
pub fn routes() -> Router<AppState> {
    Router::new().route("/admin/audit/export.csv", get(csv)).route("/admin/audit/export.jsonl", get(jsonl))
}

/// Begins with a mark by which spreadsheets know that what follows is UTF-8; programs take JSON Lines.
const HEADINGS: &str = "\u{feff}seq,id,at,actor_kind,actor_id,actor,action,target_kind,target_id,target,tenant_id,before,after,address,member_id,undoes\r\n";

/// A way to write the log down.
struct File {
    /// What it is for browsers.
    kind: &'static str,
    name: &'static str,
    /// What it begins with.
    headings: &'static str,
    line: fn(&Event) -> String,
}

const CSV: File = File { kind: "text/csv; charset=utf-8", name: "audit.csv", headings: HEADINGS, line: csv_line };
const JSONL: File = File { kind: "application/jsonl", name: "audit.jsonl", headings: "", line: json_line };

async fn csv(request: Request) -> Response {
    export(request, CSV).await
}

async fn jsonl(request: Request) -> Response {
    export(request, JSONL).await
}

async fn export(request: Request, file: File) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match wanted(&visit).await {
        Ok(query) => stream(visit.ctx.clone(), query, file),
        Err(error) => failed(request, error).await,
    }
}

/// What to export. A filter that can't be read is refused: without it the file would hold the whole log.
async fn wanted(visit: &Visit) -> Result<EventQuery> {
    visit.ctx.require(Action::ReadAudit)?;
    let (query, form) = parse(&visit.ctx, &visit.query, &visit.zone).await?;
    match form.refusal {
        None => Ok(query),
        Some(refusal) => Err(refusal.fields.into()),
    }
}

/// How far an export is: where to go on, and whether there is more.
type Place = Option<EventQuery>;

fn stream(ctx: Ctx, query: EventQuery, File { kind, name, headings, line }: File) -> Response {
    let first = EventQuery { before: None, ..query };
    let chunks = try_unfold((Some(first), headings), move |(place, before): (Place, &'static str)| {
        let ctx = ctx.clone();
        async move {
            let Some(query) = place else {
                return Ok::<_, Error>(None);
            };
            let rows = audit::export::batch(&ctx, &query).await?;
            let next = rows.last().filter(|_| rows.len() == BATCH);
            let next = next.map(|last| EventQuery { before: Some(last.seq), ..query.clone() });
            let text: String = std::iter::once(before.to_owned()).chain(rows.iter().map(line)).collect();
            Ok(Some((Bytes::from(text), (next, ""))))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

fn json_line(event: &Event) -> String {
    let object = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let line = json!({
        "seq": event.seq,
        "id": event.id,
        "at": exact(event.at),
        "actor": { "kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name },
        "action": event.action,
        "target": { "kind": event.target_kind, "id": event.target_id, "name": event.target_name },
        "tenant_id": event.tenant_id,
        "member_id": event.member_id,
        "before": object(&event.before),
        "after": object(&event.after),
        "address": event.address,
        "undoes": event.undoes,
    });
    format!("{line}\n")
}

fn csv_line(event: &Event) -> String {
    let id = |id: Option<String>| id.unwrap_or_default();
    let fields = [
        event.seq.to_string(),
        event.id.to_string(),
        exact(event.at),
        event.actor_kind.clone(),
        id(event.actor_id.map(|id| id.to_string())),
        event.actor_name.clone(),
        event.action.clone(),
        event.target_kind.clone(),
        event.target_id.clone(),
        event.target_name.clone(),
        id(event.tenant_id.map(|id| id.to_string())),
        id(event.before.clone()),
        id(event.after.clone()),
        id(event.address.clone()),
        id(event.member_id.clone()),
        id(event.undoes.map(|id| id.to_string())),
    ];
    format!("{}\r\n", fields.map(|field| cell(&field)).join(","))
}

/// A field of RFC 4180. What a spreadsheet would run as a formula gets an apostrophe before it: at the beginning, and
/// after what some of them take for the end of a cell.
fn cell(text: &str) -> String {
    let (mut guarded, mut at_beginning) = (String::with_capacity(text.len()), true);
    for c in text.chars() {
        if at_beginning && FORMULA.contains(&c) {
            guarded.push('\'');
        }
        guarded.push(c);
        at_beginning = matches!(c, ';' | '\t' | '\r' | '\n');
    }
    match guarded.contains(['"', ',', ';', '\t', '\r', '\n', '\'']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

/// What formulas begin with, also as the wide letters of East Asian keyboards, which spreadsheets take for the same.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("＝1+1"), "\"'＝1+1\"");
        assert_eq!(cell("a;=1+1;b"), "\"a;'=1+1;b\"");
        assert_eq!(cell("two\n@lines"), "\"two\n'@lines\"");
        assert_eq!(cell("2026-11-22"), "2026-11-22", "only beginnings matter");
    }
}
