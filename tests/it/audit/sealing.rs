//! The sealer: each committed event gets one number, once, whoever numbers and whatever ends.

use std::collections::BTreeSet;
use std::slice::from_ref;

use chrono::Duration;
use guichet::audit::note;
use guichet::audit::proof::{consistency, inclusion};
use guichet::audit::tree::TreeHash;
use guichet::audit::verification::{Fault, Finding};
use guichet::db::audit::{self, StoredHashes};
use guichet::db::column::Instant;
use guichet::db::events::{self, EventRow};
use guichet::domain::actor::Role;
use guichet::domain::ids::{ControllerId, EventId};
use guichet::error::Error;
use guichet::worker::Stopper;
use guichet::worker::export_checkpoints::file_of;
use guichet::worker::seal_events;
use guichet::workflow::sealing;
use serde_json::json;
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{check_record, check_tree};

use super::tree;
use crate::support::app::TestApp;

/// An event of a controller and of no case.
fn settings_event(app: &TestApp, controller: ControllerId, number: usize) -> EventRow {
    let ctx = app.ctx();
    EventRow {
        id: ctx.new_id(),
        controller_id: Some(controller),
        request_id: None,
        version: 0,
        kind: "ControllerChanged".to_owned(),
        at: Instant::from(ctx.now),
        actor: "command-line".to_owned(),
        detail: json!({ "number": number }).to_string(),
        sealed_detail: None,
    }
}

impl TestApp {
    /// Commits some events of a controller.
    pub async fn happen(&self, controller: ControllerId, count: usize) {
        for number in 0..count {
            let row = settings_event(self, controller, number);
            self.app.write(move |conn| Ok(events::insert(conn, &row)?)).await.unwrap();
        }
    }
}

#[actix_web::test]
async fn every_event_of_a_case_is_numbered_once_and_proven() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    client.verb(&case, "notes", json!({ "note": "Elle a rappelé." })).await.expect(200);
    assert_eq!(app.seal().await, 2);
    assert_eq!(app.seal().await, 0, "nothing is numbered twice");
    let tree = tree(&controller);
    let first = app.kept(tree).await;
    assert_eq!(first.size, 2);
    client.verb(&case, "withdrawal", json!({ "reason": "Plus besoin." })).await.expect(200);

    // A young event waits, and is told; an old one should not.
    let report = app.verify(tree, from_ref(&first)).await;
    assert!(report.is_whole() && report.unprotected == 1 && report.proven == 2, "{report:?}");
    let later = app.app.now() + Duration::minutes(2);
    let report = app.verify_at(tree, from_ref(&first), later).await;
    let told = |finding: &Finding| {
        matches!(finding, Finding::Event { number: None, about, fault }
            if *fault == Fault::NotNumbered
                && about.case.is_some_and(|id| id.to_string() == case.id)
                && about.reference.as_ref() == Some(&case.reference))
    };
    assert!(report.count == 1 && told(&report.findings[0]), "{report:?}");

    assert_eq!(app.seal().await, 1);
    let report = app.verify(tree, &[first, app.kept(tree).await]).await;
    assert!(report.is_whole(), "{report:?}");
    assert_eq!((report.size, report.fitting, report.kept), (3, 2, 2));
}

#[actix_web::test]
async fn the_proof_outlives_the_destruction_of_a_key() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    client.verb(&case, "notes", json!({ "note": "Elle a rappelé." })).await.expect(200);
    client.verb(&case, "withdrawal", json!({ "reason": "Plus besoin." })).await.expect(200);
    app.seal().await;
    let tree = tree(&controller);
    let kept = app.kept(tree).await;
    let body = json!({ "reference": case.reference });
    client.verb(&case, "key-destruction", body).await.expect(200);
    app.seal().await;
    let digests = app.leaves().await.iter().filter(|leaf| leaf.sealed_sha256.is_some()).count();
    assert!(digests >= 2, "{digests} digests of words that are gone");
    let report = app.verify(tree, &[kept.clone(), app.kept(tree).await]).await;
    assert!(report.is_whole() && report.fitting == 2, "{report:?}");

    // Without that event in the history, words that are gone are a finding.
    use diesel::prelude::*;
    use guichet::db::schema::events as table;
    let other = app.log_case(&dpo, &controller, |_| ()).await;
    client.verb(&other, "notes", json!({ "note": "Un autre mot." })).await.expect(200);
    app.seal().await;
    let kept = app.kept(tree).await;
    let id = other.id.parse::<guichet::domain::ids::RequestId>().unwrap();
    app.app.write(move |conn| Ok(events::forget_sealed(conn, id)?)).await.unwrap();
    let rows: i64 = app
        .app
        .read(move |conn| {
            let of_case = table::table.filter(table::request_id.eq(id));
            Ok(of_case.count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(rows, 2);
    let report = app.verify(tree, &[kept]).await;
    let told = |it: &Finding| matches!(it, Finding::Event { fault: Fault::WordsGone, .. });
    assert!(report.count > 0 && report.findings.iter().all(told), "{report:?}");
}

#[actix_web::test]
async fn two_sealers_at_once_never_number_twice() {
    let app = TestApp::start().await;
    let (one, two) = (app.controller("maison").await, app.controller_ie().await);
    let sealer = app.sealer();
    for round in 0..6 {
        app.happen(one.id, 40).await;
        app.happen(two.id, 20).await;
        let stopper = Stopper::default();
        let looks = (0..4).map(|_| seal_events::number(&app.app, &sealer, None, &stopper));
        let numbered: usize =
            futures_util::future::join_all(looks).await.into_iter().map(Result::unwrap).sum();
        // Whoever met another one at the first planting of a tree tries again.
        let numbered = numbered + app.seal().await;
        assert_eq!(numbered, 60, "round {round}");
    }
    let leaves = app.leaves().await;
    let events: BTreeSet<EventId> = leaves.iter().map(|leaf| leaf.event_id).collect();
    assert_eq!((leaves.len(), events.len()), (360, 360));
    for (controller, size) in [(&one, 240), (&two, 120)] {
        let tree = tree(controller);
        let numbers: Vec<i64> =
            leaves.iter().filter(|leaf| leaf.tree_id == tree).map(|leaf| leaf.number).collect();
        assert_eq!(numbers, (0..size).collect::<Vec<i64>>());
        let report = app.verify(tree, &[app.kept(tree).await]).await;
        assert!(report.is_whole() && report.proven == size as u64, "{report:?}");
    }
}

#[actix_web::test]
async fn an_event_that_commits_late_is_numbered_all_the_same() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let late = settings_event(&app, controller.id, 0);
    app.advance(Duration::minutes(5));
    app.happen(controller.id, 3).await;
    let (sealer, stopper) = (app.sealer(), Stopper::default());
    let since = Some(app.app.now() - Duration::minutes(1));
    assert_eq!(seal_events::number(&app.app, &sealer, since, &stopper).await.unwrap(), 3);
    app.app.write(move |conn| Ok(events::insert(conn, &late)?)).await.unwrap();
    assert_eq!(seal_events::number(&app.app, &sealer, since, &stopper).await.unwrap(), 0);
    // The look that overlaps finds it; and one over everything would.
    let since = Some(app.app.now() - Duration::minutes(10));
    assert_eq!(seal_events::number(&app.app, &sealer, since, &stopper).await.unwrap(), 1);
    app.advance(Duration::hours(2));
    let forgotten = settings_event(&app, controller.id, 9);
    app.advance(Duration::hours(2));
    app.app.write(move |conn| Ok(events::insert(conn, &forgotten)?)).await.unwrap();
    assert_eq!(app.seal().await, 1);
    let tree = tree(&controller);
    let report = app.verify(tree, &[app.kept(tree).await]).await;
    assert!(report.is_whole() && report.late == 1, "{report:?}");
}

#[actix_web::test]
async fn what_ends_between_leaves_nothing_half_done() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    app.happen(controller.id, 5).await;
    app.seal().await;
    app.happen(controller.id, 5).await;
    // The process ends before the commit: the transaction is taken back.
    let (sealer, now, id) = (app.sealer(), Instant::from(app.app.now()), controller.id);
    let ended = app
        .app
        .write(move |conn| {
            let first = "00000000-0000-0000-0000-000000000000".parse().unwrap();
            let found = audit::unnumbered(conn, first, 100)?;
            let found: Vec<EventId> = found.into_iter().map(|(event, _)| event).collect();
            assert_eq!(sealing::seal(conn, now, &sealer, Some(id), &found)?, 5);
            Err::<(), Error>(Error::Unavailable("killed"))
        })
        .await;
    assert_eq!(ended, Err(Error::Unavailable("killed")));
    assert_eq!(app.leaves().await.len(), 5);
    assert_eq!(app.kept(tree(&controller)).await.size, 5);
    // It ends after the commit, before the file: the next one appends it.
    let stopper = Stopper::default();
    let numbered = seal_events::number(&app.app, &app.sealer(), None, &stopper).await.unwrap();
    assert_eq!(numbered, 5);
    let file = file_of(&app.config().checkpoint_dir, tree(&controller));
    let before = std::fs::read_to_string(&file).unwrap();
    assert_eq!(note::split(&before).len(), 1);
    // It ends in the middle of the file.
    let torn = &before[..before.len() / 2];
    std::fs::write(&file, format!("{before}{torn}")).unwrap();
    app.seal().await;
    app.happen(controller.id, 1).await;
    app.seal().await;
    app.seal().await;
    let text = std::fs::read_to_string(&file).unwrap();
    let key = [app.key(tree(&controller))];
    let sizes: Vec<u64> = note::split(&text)
        .iter()
        .filter_map(|note| guichet::audit::checkpoint::Checkpoint::open(note, &key).ok())
        .map(|checkpoint| checkpoint.size)
        .collect();
    assert_eq!(sizes, [5, 10, 11], "{text}");
}

#[actix_web::test]
async fn a_tree_that_was_altered_is_not_signed() {
    use diesel::prelude::*;
    use guichet::db::schema::audit_trees;

    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    app.happen(controller.id, 3).await;
    app.seal().await;
    let edge = vec![7_u8; 64];
    let alter = move |conn: &mut guichet::db::conn::Conn| {
        let mine = audit_trees::table.filter(audit_trees::size.eq(3));
        Ok(diesel::update(mine).set(audit_trees::edge.eq(&edge)).execute(conn)?)
    };
    assert_eq!(app.app.write(alter).await.unwrap(), 1);
    app.happen(controller.id, 1).await;
    assert_eq!(app.seal().await, 0);
    assert_eq!(app.kept(tree(&controller)).await.size, 3);
    // The events themselves are whole, and that can still be proven.
    let kept = app.kept(tree(&controller)).await;
    let report = app.verify(tree(&controller), &[kept]).await;
    assert!(report.is_whole() && report.unprotected == 1, "{report:?}");
}

#[actix_web::test]
async fn independent_programs_verify_our_notes_and_proofs() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let tree = tree(&controller);
    // Enough for a stored subtree.
    app.happen(controller.id, 300).await;
    app.seal().await;
    let early = app.kept(tree).await;
    app.happen(controller.id, 37).await;
    app.seal().await;
    let late = app.kept(tree).await;
    assert_eq!((early.size, late.size), (300, 337));
    let newest = app.app.read(move |conn| Ok(audit::newest_checkpoint(conn, tree)?)).await;
    let newest = newest.unwrap().unwrap();

    let verifier = StandardVerifier::new(&app.key(tree).to_string()).unwrap();
    let note = Note::from_bytes(newest.note.as_bytes()).unwrap();
    let (signatures, _) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!(signatures.len(), 1);
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((read.origin(), read.size()), (late.origin.as_str(), 337));

    let tlog = |hash: TreeHash| tlog_tiles::Hash(*hash.as_bytes());
    assert_eq!(*read.hash(), tlog(late.root));
    let leaves = app.leaves().await;
    let numbers = [0, 1, 255, 256, 299, 300, 336];
    let (proofs, continued) = app
        .app
        .read(move |conn| {
            let mut stored = StoredHashes { conn, tree };
            let proofs = numbers.map(|number| inclusion(&mut stored, number, 337).unwrap());
            Ok((proofs, consistency(&mut stored, 300, 337).unwrap()))
        })
        .await
        .unwrap();
    for (number, proof) in numbers.into_iter().zip(proofs) {
        let leaf = TreeHash::from_slice(&leaves[number as usize].leaf_hash).unwrap();
        let proof = proof.into_iter().map(tlog).collect();
        check_record(&proof, 337, tlog(late.root), number, tlog(leaf)).unwrap();
    }
    let continued = continued.into_iter().map(tlog).collect();
    check_tree(&continued, 337, tlog(late.root), 300, tlog(early.root)).unwrap();
}

#[actix_web::test]
async fn a_worker_seals_by_itself() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    app.happen(controller.id, 3).await;
    let stopper = Stopper::default();
    let work = tokio::spawn(guichet::worker::work(app.app.clone(), stopper.clone()));
    let file = file_of(&app.config().checkpoint_dir, tree(&controller));
    for _ in 0..200 {
        if file.exists() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    stopper.stop();
    work.await.unwrap();
    let kept = note::split(&std::fs::read_to_string(&file).unwrap());
    let key = [app.key(tree(&controller))];
    let kept = guichet::audit::checkpoint::Checkpoint::open(&kept[0], &key).unwrap();
    let report = app.verify(tree(&controller), &[kept]).await;
    assert!(report.is_whole() && report.proven == 3, "{report:?}");
}
