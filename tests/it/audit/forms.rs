//! Somebody who writes to the database without the program: what they leave behind hides neither
//! itself nor anything beside it.

use std::slice::from_ref;

use diesel::prelude::*;
use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::verification::{Fault, Finding, Report};
use guichet::cli::audit::database;
use guichet::db::column::Instant;
use guichet::db::conn::Conn;
use guichet::db::controllers::Controller;
use guichet::db::events::{self, EventRow};
use guichet::db::schema::requests;
use guichet::domain::actor::Role;
use guichet::domain::ids::RequestId;
use guichet::workflow::sealing;
use serde_json::json;

use super::attacker::Attacker;
use super::interface::verify;
use super::tree;
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;

struct Scene {
    app: TestApp,
    controller: Controller,
    dpo: User,
    case: LoggedCase,
    kept: Checkpoint,
    attacker: Attacker,
}

impl Scene {
    /// A case with three events, the last with words, and what was kept of them.
    async fn make() -> Self {
        let app = TestApp::start().await;
        let controller = app.controller("maison").await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        let case = app.log_case(&dpo, &controller, |_| ()).await;
        let client = app.as_user(&dpo);
        for note in ["Elle a rappelé.", "Encore."] {
            app.advance(chrono::Duration::seconds(1));
            client.verb(&case, "notes", json!({ "note": note })).await.expect(200);
        }
        app.seal().await;
        let kept = app.kept(tree(&controller)).await;
        let attacker = Attacker::new(&app.config().database_url);
        Self { app, controller, dpo, case, kept, attacker }
    }

    fn id(&self) -> RequestId {
        self.case.id.parse().unwrap()
    }

    fn verify(&mut self) -> Report {
        let tree = tree(&self.controller);
        let (key, now) = (self.app.key(tree), self.app.app.now());
        let kept = from_ref(&self.kept);
        database::verify(&mut self.attacker.conn, tree, kept, &key, now).unwrap()
    }

    /// Puts in an event that says that the key of the case was destroyed, and has it numbered in the
    /// tree of a controller, as the worker would.
    fn destroy_falsely(&mut self, controller: &Controller) {
        let ctx = self.app.ctx();
        let row = EventRow {
            id: ctx.new_id(),
            controller_id: Some(controller.id),
            request_id: Some(self.id()),
            version: 1000,
            kind: "CaseKeyDestroyed".to_owned(),
            at: Instant::from(ctx.now),
            actor: "worker".to_owned(),
            detail: json!({ "kind": "CaseKeyDestroyed" }).to_string(),
            sealed_detail: None,
        };
        self.attacker.insert(&row);
        let (conn, now) = (&mut self.attacker.conn, Instant::from(ctx.now));
        let sealer = self.app.sealer();
        sealing::seal(conn, now, &sealer, Some(controller.id), &[row.id]).unwrap();
    }

    fn run(&mut self, sql: &str) {
        let changed = diesel::sql_query(sql).execute(&mut self.attacker.conn).unwrap();
        assert_eq!(changed, 1, "{sql}");
    }
}

fn faults(report: &Report) -> Vec<(Option<u64>, Fault)> {
    let one = |finding: &Finding| match finding {
        Finding::Event { number, fault, .. } => Some((*number, *fault)),
        _ => None,
    };
    report.findings.iter().filter_map(one).collect()
}

fn literal(conn: &Conn, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match conn {
        Conn::Sqlite(_) => format!("x'{hex}'"),
        Conn::Postgres(_) => format!("'\\x{hex}'::bytea"),
    }
}

#[actix_web::test]
async fn words_may_go_only_with_a_key_that_this_history_says_was_destroyed() {
    let mut scene = Scene::make().await;
    let other = scene.app.controller_ie().await;
    let id = scene.id();
    let words_gone = |report: &Report| {
        let found = faults(report);
        !found.is_empty() && found.iter().all(|(_, fault)| *fault == Fault::WordsGone)
    };
    // The event stands with somebody else, whose history is whole.
    scene.attacker.begin();
    events::forget_sealed(&mut scene.attacker.conn, id).unwrap();
    scene.destroy_falsely(&other);
    let report = scene.verify();
    assert!(words_gone(&report), "{report:?}");
    scene.run(&format!(
        "UPDATE requests SET wrapped_key = NULL WHERE id = {}",
        literal(&scene.attacker.conn, id.as_bytes())
    ));
    let report = scene.verify();
    assert!(words_gone(&report), "{report:?}");
    scene.attacker.take_back();
    // It stands in this history, and the key is still there.
    scene.attacker.begin();
    events::forget_sealed(&mut scene.attacker.conn, id).unwrap();
    let controller = scene.controller.clone();
    scene.destroy_falsely(&controller);
    let report = scene.verify();
    assert!(words_gone(&report), "{report:?}");
    scene.attacker.take_back();
    assert!(scene.verify().is_whole());

    // A true one needs no number in its first minute.
    let client = scene.app.as_user(&scene.dpo);
    client.verb(&scene.case, "withdrawal", json!({ "reason": "Plus besoin." })).await.expect(200);
    scene.app.seal().await;
    let body = json!({ "reference": scene.case.reference });
    client.verb(&scene.case, "key-destruction", body).await.expect(200);
    let report = scene.verify();
    assert!(report.is_whole() && report.unprotected == 1, "{report:?}");
    let gone = requests::table.find(id).select(requests::wrapped_key.is_null());
    assert!(gone.get_result::<bool>(&mut scene.attacker.conn).unwrap());
    scene.app.advance(chrono::Duration::minutes(2));
    let report = scene.verify();
    assert_eq!(faults(&report).last(), Some(&(None, Fault::NotNumbered)), "{report:?}");
}

#[actix_web::test]
async fn a_row_that_does_not_read_is_told_and_hides_no_other() {
    let mut scene = Scene::make().await;
    let leaves = scene.attacker.leaves(tree(&scene.controller));
    let [_, second, third] = leaves.as_slice() else { panic!("{leaves:?}") };
    let id = literal(&scene.attacker.conn, second.event_id.as_bytes());
    let short = literal(&scene.attacker.conn, &[0]);
    let mut sets = vec![
        format!("UPDATE events SET request_id = {short} WHERE id = {id}"),
        format!("UPDATE events SET controller_id = {short} WHERE id = {id}"),
        format!("UPDATE audit_leaves SET leaf_hash = {short} WHERE event_id = {id}"),
        format!("UPDATE audit_leaves SET event_id = {short} WHERE event_id = {id}"),
    ];
    // PostgreSQL takes no text that is none.
    if matches!(scene.attacker.conn, Conn::Sqlite(_)) {
        let texts = ["actor = x'ff'", "kind = x'ff00'", "detail = x'7bff7d'", "at = 'soon'"];
        sets.extend(texts.map(|set| format!("UPDATE events SET {set} WHERE id = {id}")));
        sets.push(format!("UPDATE audit_leaves SET number = 'one' WHERE event_id = {id}"));
    }
    for set in &sets {
        scene.attacker.begin();
        scene.run(set);
        scene.attacker.delete(third.event_id);
        let report = scene.verify();
        scene.attacker.take_back();
        let found = faults(&report);
        assert!(found.contains(&(Some(2), Fault::Gone)), "{set}: {report:?}");
        let is_told =
            found.iter().any(|it| matches!(it, (Some(1), Fault::Altered | Fault::RecordAltered)));
        let is_missed = report.findings.contains(&Finding::NumbersGone { from: 1, to: 2 });
        assert!(is_told || (is_missed && set.contains("number")), "{set}: {report:?}");
    }
    assert!(scene.verify().is_whole());
}

#[actix_web::test]
async fn a_checkpoint_that_does_not_open_is_passed_over_and_told() {
    let mut scene = Scene::make().await;
    let note = match &scene.attacker.conn {
        Conn::Sqlite(_) => "x'ff'",
        Conn::Postgres(_) => "'nothing'",
    };
    let of_tree = literal(&scene.attacker.conn, scene.controller.id.as_bytes());
    let event = scene.attacker.leaves(tree(&scene.controller))[1].event_id;
    let event = literal(&scene.attacker.conn, event.as_bytes());
    scene.run(&format!("UPDATE audit_checkpoints SET note = {note} WHERE tree_id = {of_tree}"));
    let report = scene.verify();
    assert_eq!(report.findings, [Finding::CheckpointAltered { size: 3 }]);
    assert_eq!((report.fitting, report.proven), (1, 3));
    // The command tells it beside all else that is wrong, and so does the export.
    scene.run(&format!("UPDATE events SET version = 1000, actor = 'x' WHERE id = {event}"));
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept.txt");
    let tree = tree(&scene.controller);
    let origin = scene.app.key(tree).name().to_owned();
    std::fs::write(&kept, scene.app.sealer().sign(&origin, &scene.kept.to_string()).unwrap())
        .unwrap();
    let url = super::interface::database(&scene.app);
    let key = scene.app.key(tree).to_string();
    let history = folder.path().join("history.jsonl");
    let arguments = ["audit", "export", "--controller", "maison"];
    std::fs::write(&history, super::interface::run(&scene.app, &arguments, 0).0).unwrap();
    for source in [["--database", url.as_str()], ["--export", history.to_str().unwrap()]] {
        let (told, words) = verify(&scene.app, source, &kept, &key, 1);
        let kinds: Vec<_> = told["findings"].as_array().unwrap().iter().collect();
        let has = |kind: &str| kinds.iter().any(|it| it["finding"] == kind);
        assert!(has("checkpoint-altered") && has("altered"), "{source:?}: {told}");
        assert!(words.contains("does not open with the key"), "{words}");
    }
}

#[actix_web::test]
async fn a_case_that_is_gone_or_elsewhere_is_told_by_its_id() {
    let mut scene = Scene::make().await;
    let other = scene.app.controller_ie().await;
    let id = scene.id();
    let case = literal(&scene.attacker.conn, id.as_bytes());
    let elsewhere = literal(&scene.attacker.conn, other.id.as_bytes());
    let sets = [
        (format!("DELETE FROM requests WHERE id = {case}"), Fault::CaseGone),
        (
            format!("UPDATE requests SET controller_id = {elsewhere} WHERE id = {case}"),
            Fault::CaseMoved,
        ),
    ];
    for (set, wanted) in &sets {
        scene.attacker.begin();
        scene.run(set);
        let report = scene.verify();
        scene.attacker.take_back();
        // Once for the case, not once for each of its events.
        assert_eq!(faults(&report), [(Some(0), *wanted)], "{set}");
        let Finding::Event { about, .. } = &report.findings[0] else { panic!("{report:?}") };
        assert_eq!(about.case, Some(id));
    }
    // A reference that was changed names no case: the id in the event does.
    let event = scene.attacker.leaves(tree(&scene.controller))[1].event_id;
    let event = literal(&scene.attacker.conn, event.as_bytes());
    scene.attacker.begin();
    scene.run(&format!("UPDATE requests SET reference = '7K4M-Q2XD-5' WHERE id = {case}"));
    scene.run(&format!("UPDATE events SET actor = 'somebody' WHERE id = {event}"));
    let report = scene.verify();
    scene.attacker.take_back();
    let Finding::Event { about, fault, .. } = &report.findings[0] else { panic!("{report:?}") };
    assert_eq!((about.case, *fault), (Some(id), Fault::Altered));
    let told =
        guichet::cli::audit::words::sentences(guichet::language::Language::En, "maison", &report);
    let words = format!("case {id}, with the reference 7K4M-Q2XD-5, which nothing proves");
    assert!(told.iter().any(|sentence| sentence.contains(&words)), "{told:?}");
}
