//! The reasons of decisions: kept with them, by a DPO alone.

use guichet::domain::actor::Role;
use guichet::workflow::breaches::stored::open_record;
use serde_json::{Value, json};

use super::{record, register};
use crate::letters::desk::Desk;

/// A breach of which everything is known, and its path.
async fn known(desk: &Desk) -> String {
    let body = json!({ "risk": "unlikely", "record": record() });
    let found = desk.client().post(&register(desk, ""), body).await.expect(201);
    register(desk, &format!("/{}", found.json::<Value>()["id"].as_str().unwrap()))
}

#[actix_web::test]
async fn why_the_authority_is_not_told_is_rewritten_by_nobody() {
    let desk = Desk::new().await;
    let path = known(&desk).await;
    let mut noted = json!({ "risk": "unlikely", "record": record() });
    noted["record"]["reasons"] = json!("Weighed with the processor.");
    desk.client().put(&path, &noted).await.expect(200);
    let decline = format!("{path}/no-notification");
    let reason = json!({ "reason": " The disk was encrypted: canari-decided. " });
    let declined: Value = desk.client().post(&decline, reason).await.expect(200).json();
    assert_eq!(declined["record"]["reasons"], "Weighed with the processor.");
    let kept = json!([{
        "decision": "not_notified", "decided_at": "2026-11-23T09:00:00.000000Z",
        "decided_by": desk.dpo.id, "reason": "The disk was encrypted: canari-decided.",
    }]);
    assert_eq!(declined["decision_reasons"], kept);
    // A handler empties the note, and neither the decision nor its reason.
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let handler = desk.app.as_user(&handler).with("if-match", "*");
    let body = json!({ "risk": "unlikely", "record": record() });
    let emptied: Value = handler.put(&path, body).await.expect(200).json();
    assert_eq!((&emptied["decision_reasons"], &emptied["record"]["reasons"]), (&kept, &json!("")));
    handler.post(&decline, json!({ "reason": "Mine." })).await.expect(403);
    let mut other = json!({ "risk": "unlikely", "record": record() });
    other["record"]["decision_reasons"] = json!([]);
    handler.put(&path, other).await.expect(422);
    // A DPO decides anew, and both reasons stay; the closing has its own.
    desk.client().post(&decline, json!({ "reason": "The key is with us." })).await.expect(200);
    let closing = json!({ "reason": "Nothing follows." });
    let closed = desk.client().post(&format!("{path}/closing"), closing).await.expect(200);
    let closed: Value = closed.json();
    let said: Vec<_> = closed["decision_reasons"].as_array().unwrap().iter().collect();
    assert_eq!(said.len(), 3);
    assert_eq!((&said[0], &said[1]["reason"]), (&&kept[0], &json!("The key is with us.")));
    assert_eq!((&said[2]["decision"], &said[2]["reason"]), (&json!("closed"), &closing_words()));
    shown_in_the_register(&desk, &path).await;
    assert!(!desk.app.event_texts().await.contains("canari"));
}

fn closing_words() -> Value {
    json!("Nothing follows.")
}

async fn shown_in_the_register(desk: &Desk, path: &str) {
    let table = register(desk, "?format=csv");
    let csv = desk.client().get(&table).await.expect(200).text();
    assert!(csv.contains("canari-decided.\nnot_notified (2026"), "{csv}");
    let page = crate::pages::browser(&desk.app, &desk.dpo).await;
    let place = path.trim_start_matches("/api/v1");
    let list = format!("/controllers/{}/breaches", desk.controller.id);
    for place in [place.to_owned(), format!("{list}/print")] {
        let shown = page.get(&place).await.expect(200).text();
        assert!(shown.contains("10:00 not to tell the authority: The disk was"), "{shown}");
        assert!(shown.contains("10:00: Nothing follows."), "{shown}");
    }
    // An auditor reads that there are reasons, not what they say.
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let auditor = desk.app.as_user(&auditor);
    let read: Value = auditor.get(path).await.expect(200).json();
    assert_eq!(read["decision_reasons"][0]["reason"], Value::Null);
    let hidden = auditor.get(&table).await.expect(200).text();
    assert!(hidden.contains(") [not shown]\n") && !hidden.contains("canari-decided"), "{hidden}");
    assert!(hidden.contains("decision_reasons nature"), "{hidden}");
}

#[actix_web::test]
async fn a_decision_from_before_its_reason_was_kept_is_closed_with_one() {
    let desk = Desk::new().await;
    let path = known(&desk).await;
    let decline = format!("{path}/no-notification");
    desk.client().post(&decline, json!({ "reason": "Old." })).await.expect(200);
    without_reasons(&desk).await;
    let read: Value = desk.client().get(&path).await.expect(200).json();
    assert_eq!(
        (&read["decision"], &read["decision_reasons"]),
        (&json!("not_notified"), &json!([]))
    );
    let closing = format!("{path}/closing");
    let silent = desk.client().post(&closing, json!({})).await.expect(422);
    assert_eq!(silent.problem().1, ["reason: not-told-needs-reason"]);
    let reason = json!({ "reason": "It was encrypted." });
    desk.client().post(&closing, reason).await.expect(200);
}

/// Seals the record of the one breach as it was sealed when reasons stood in it alone.
async fn without_reasons(desk: &Desk) {
    let key = desk.app.app.controller_key(&desk.controller).unwrap();
    let controller = desk.controller.id;
    let strip = move |conn: &mut guichet::db::conn::Conn| {
        use guichet::db::breaches;
        use guichet::vault::place::Place;
        let mut row = breaches::of_controller(conn, controller, None, 1)?.remove(0);
        let text = serde_json::to_vec(&open_record(&key, &row)?).unwrap();
        let place = Place::new("breaches", "sealed_record", row.id.uuid());
        row.sealed_record = key.key().seal(&place, &text)?;
        assert!(breaches::update(conn, &row, row.version)?);
        Ok(())
    };
    desk.app.app.write(strip).await.unwrap();
}
