//! A restore stands in each history, signed: a copy of the database that was put back in any other way
//! is told apart from it.

use chrono::Duration;
use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::note::Signer;
use guichet::audit::restoration::{INSTANCE_RESTORED, Restoration};
use guichet::audit::tree::empty_root;
use guichet::audit::verification::{Finding, Report};
use guichet::cli::audit::database;
use guichet::db::column::Instant;
use guichet::db::controllers::Controller;
use guichet::db::{audit, events};
use guichet::domain::actor::{Actor, Ctx};
use guichet::domain::ids::TreeId;
use guichet::worker::seal_events;
use guichet::workflow::record::settings_event;
use guichet::workflow::sealing;
use serde_json::json;

use super::attacker::Attacker;
use super::tree;
use crate::backup::{Clean, run};
use crate::support::app::TestApp;

struct Scene {
    app: TestApp,
    controller: Controller,
    tree: TreeId,
    /// In the order in which they were kept.
    kept: Vec<Checkpoint>,
}

impl Scene {
    async fn make() -> Self {
        let app = TestApp::start().await;
        let controller = app.controller("maison").await;
        let tree = tree(&controller);
        let mut scene = Self { app, controller, tree, kept: Vec::new() };
        scene.happen(3).await;
        scene.happen(2).await;
        scene
    }

    /// Has events numbered, and keeps the checkpoint.
    async fn happen(&mut self, count: usize) {
        self.app.happen(self.controller.id, count).await;
        self.app.seal().await;
        self.kept.push(self.app.kept(self.tree).await);
    }

    fn verify(&self, attacker: &mut Attacker) -> Report {
        let (key, now) = (self.app.key(self.tree), self.app.app.now());
        database::verify(&mut attacker.conn, self.tree, &self.kept, &key, now).unwrap()
    }
}

fn is_restored(finding: &Finding) -> bool {
    matches!(finding, Finding::Restored { .. })
}

#[actix_web::test]
async fn what_a_restore_took_back_is_told_as_that() {
    let mut scene = Scene::make().await;
    let saved = scene.app.directory().join("one.backup");
    run(scene.app.config(), &["backup", saved.to_str().unwrap()], 0);
    scene.happen(4).await;
    scene.happen(6).await;
    let clean = Clean::new(&scene.app.config().master_key_file);
    run(&clean.config, &["restore", saved.to_str().unwrap()], 0);
    let mut attacker = Attacker::new(&clean.config.database_url);
    let report = scene.verify(&mut attacker);
    let [Finding::Restored { to: 15, restoration }] = report.findings.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!((restoration.size, restoration.root), (5, scene.kept[1].root));
    assert!(restoration.saved_at.is_some_and(|it| it < restoration.restored_at));
    // Nothing waits for a number, and what is there is proven to its end.
    assert_eq!((report.size, report.proven, report.unprotected), (6, 6, 0));

    // It goes on, as another branch of the history, whose checkpoints are kept too.
    let app = clean.open();
    for _ in 0..3 {
        let ctx = Ctx { actor: Actor::Worker, now: app.now() };
        let row = settings_event(&ctx, Some(scene.controller.id), "ControllerChanged", &json!({}));
        app.write(move |conn| Ok(events::insert(conn, &row)?)).await.unwrap();
        seal_events::seal_all(&app).await.unwrap();
        let of = scene.tree;
        let newest = app.read(move |conn| Ok(audit::newest_checkpoint(conn, of)?)).await.unwrap();
        let note = newest.unwrap().note;
        scene.kept.push(Checkpoint::open(&note, &[scene.app.key(of)]).unwrap());
    }
    let report = scene.verify(&mut attacker);
    assert!(report.count == 1 && is_restored(&report.findings[0]), "{report:?}");
    // An older copy of that branch is no restore: its own checkpoints do not fit.
    attacker.begin();
    attacker.put_back(scene.tree, 7);
    let report = scene.verify(&mut attacker);
    attacker.take_back();
    let short = Finding::Short { size: 7, signed: 9 };
    assert!(report.findings.contains(&short), "{report:?}");
    assert!(report.findings.iter().any(is_restored), "{report:?}");
}

#[actix_web::test]
async fn a_restore_that_the_key_did_not_sign_explains_nothing() {
    let mut scene = Scene::make().await;
    scene.happen(4).await;
    let mut attacker = Attacker::new(&scene.app.config().database_url);
    let key = scene.app.key(scene.tree);
    let ctx = scene.app.ctx();
    let restoration = Restoration {
        origin: key.name().to_owned(),
        size: 5,
        root: empty_root(),
        saved_at: None,
        restored_at: ctx.now,
    };
    let forger = Signer::new(key.name(), &[7; 32]).unwrap();
    let text = restoration.to_string();
    let true_note = scene.app.sealer().sign(key.name(), &text).unwrap();
    for (note, explains) in [(forger.sign(&text), false), (text, false), (true_note, true)] {
        attacker.begin();
        attacker.put_back(scene.tree, 5);
        let controller = Some(scene.controller.id);
        let row = settings_event(&ctx, controller, INSTANCE_RESTORED, &json!({ "note": note }));
        attacker.insert(&row);
        // The sealer numbers whatever stands there.
        let (conn, sealer) = (&mut attacker.conn, scene.app.sealer());
        sealing::seal(conn, Instant::from(ctx.now), &sealer, controller, &[row.id]).unwrap();
        let report = scene.verify(&mut attacker);
        assert_eq!(report.findings.iter().any(is_restored), explains, "{report:?}");
        assert_eq!(report.count, 1, "{report:?}");
        attacker.take_back();
    }
    // A true one that is put in again later has another number's instant.
    attacker.begin();
    attacker.put_back(scene.tree, 5);
    let note = scene.app.sealer().sign(key.name(), &restoration.to_string()).unwrap();
    let controller = Some(scene.controller.id);
    let row = settings_event(&ctx, controller, INSTANCE_RESTORED, &json!({ "note": note }));
    attacker.insert(&row);
    let later = Instant::from(ctx.now + Duration::seconds(1));
    let sealer = scene.app.sealer();
    sealing::seal(&mut attacker.conn, later, &sealer, controller, &[row.id]).unwrap();
    let report = scene.verify(&mut attacker);
    attacker.take_back();
    assert!(report.count == 1 && !is_restored(&report.findings[0]), "{report:?}");
}
