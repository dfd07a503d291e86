//! The proof over the history of a controller: its newest checkpoint, and proofs against it.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use serde_json::json;

use crate::audit::tree::TreeHash;
use crate::db::audit::{self, AuditTree};
use crate::db::conn::Conn;
use crate::domain::actor::Permission;
use crate::domain::ids::{ControllerId, Id, TreeId};
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::settings::permission;

type Answer = std::result::Result<HttpResponse, Problem>;

/// Which event, in which tree.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    number: Option<String>,
    size: Option<String>,
}

/// Which trees.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    earlier: Option<String>,
    size: Option<String>,
}

/// `GET /api/v1/controllers/{id}/audit/checkpoint`
///
/// # Errors
/// As the contract says.
pub async fn checkpoint(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadProof)?;
    let tree = tree_of(*id);
    let newest = front.app.read(move |conn| Ok(audit::newest_checkpoint(conn, tree)?)).await?;
    let newest = newest.ok_or(NOT_SEALED)?;
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    Ok(HttpResponse::Ok().insert_header(kind).body(newest.note))
}

/// `GET /api/v1/controllers/{id}/audit/inclusion?number=…&size=…`
///
/// # Errors
/// As the contract says.
pub async fn inclusion(
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    query: Query<Inclusion>,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadProof)?;
    let tree = tree_of(*id);
    let number = number("number", query.number.as_deref())?;
    let given = size_given(query.size.as_deref())?;
    let read = move |conn: &mut Conn| {
        let (row, size) = sized(conn, tree, given)?;
        let number = number.ok_or_else(|| Error::invalid("number", "missing"))?;
        let path = audit::inclusion(conn, tree, number, size)?;
        let path = path.ok_or_else(|| beyond("number", &row))?;
        let leaf = audit::leaf(conn, tree, i64::try_from(number).unwrap_or(i64::MAX))?;
        let leaf = leaf.ok_or(Error::NotFound)?;
        let leaf_hash = TreeHash::from_slice(&leaf.leaf_hash);
        let leaf_hash = leaf_hash.ok_or_else(|| Error::internal("a leaf hash does not read"))?;
        Ok(json!({
            "origin": row.origin,
            "size": size,
            "number": number,
            "event_id": leaf.event_id,
            "leaf_hash": leaf_hash.to_base64(),
            "hashes": shown(&path),
        }))
    };
    Ok(HttpResponse::Ok().json(front.app.read(read).await?))
}

/// `GET /api/v1/controllers/{id}/audit/consistency?earlier=…&size=…`
///
/// # Errors
/// As the contract says.
pub async fn consistency(
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    query: Query<Consistency>,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadProof)?;
    let tree = tree_of(*id);
    let earlier = number("earlier", query.earlier.as_deref())?;
    let given = size_given(query.size.as_deref())?;
    let read = move |conn: &mut Conn| {
        let (row, size) = sized(conn, tree, given)?;
        let earlier = earlier.ok_or_else(|| Error::invalid("earlier", "missing"))?;
        let path = audit::consistency(conn, tree, earlier, size)?;
        let path = path.ok_or_else(|| beyond("earlier", &row))?;
        Ok(json!({
            "origin": row.origin,
            "earlier": earlier,
            "size": size,
            "hashes": shown(&path),
        }))
    };
    Ok(HttpResponse::Ok().json(front.app.read(read).await?))
}

/// Nothing has been numbered yet; the sealer comes by every few seconds.
const NOT_SEALED: Error = Error::Transition { code: "not-sealed" };

fn tree_of(controller: ControllerId) -> TreeId {
    TreeId::from_uuid(controller.uuid())
}

fn number(field: &str, text: Option<&str>) -> Result<Option<u64>> {
    let parse = |text: &str| text.parse().map_err(|_| Error::invalid(field, "wrong-value"));
    text.map(parse).transpose()
}

fn size_given(text: Option<&str>) -> Result<Option<u64>> {
    number("size", text)
}

/// The tree, and the size that was asked for: by default that of the newest checkpoint.
fn sized(conn: &mut Conn, tree: TreeId, given: Option<u64>) -> Result<(AuditTree, u64)> {
    let row = audit::tree(conn, tree)?.ok_or(NOT_SEALED)?;
    let whole = u64::try_from(row.size).unwrap_or(0);
    let size = given.unwrap_or(whole);
    if size > whole {
        return Err(beyond("size", &row));
    }
    Ok((row, size))
}

fn beyond(field: &str, row: &AuditTree) -> Error {
    Error::invalid_with(field, "outside-tree", vec![("size", row.size.to_string())])
}

fn shown(path: &[TreeHash]) -> Vec<String> {
    path.iter().map(TreeHash::to_base64).collect()
}
