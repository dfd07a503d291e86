//! Eight kinds of tampering at a hundred random places each, by somebody who only changes events,
//! and by somebody who also rewrites everything that is stored of them but the signatures. Each is
//! found, and found at its place.

use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::note::VerifierKey;
use guichet::audit::verification::{Fault, Finding, Report};
use guichet::cli::audit::database;
use guichet::db::audit;
use guichet::db::column::Instant;
use guichet::domain::actor::{Actor, Ctx, Role};
use guichet::domain::ids::{ControllerId, EventId, TreeId};
use guichet::workflow::sealing::{self, Sealer};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::attacker::Attacker;
use super::tree;
use crate::support::app::TestApp;

/// How many places each kind is tried at.
const PLACES: usize = 100;

const KINDS: [&str; 8] =
    ["edit", "delete", "insert", "swap", "reorder", "truncate", "roll back", "move"];

/// A history of two organisations, and what somebody kept of it.
struct History {
    attacker: Attacker,
    tree: TreeId,
    other: TreeId,
    other_controller: ControllerId,
    /// The events in the order of their numbers.
    order: Vec<(EventId, Instant)>,
    /// The sizes at which it was signed, and those that were kept outside.
    signed: Vec<u64>,
    kept: Vec<Checkpoint>,
    key: VerifierKey,
    sealer: Sealer,
    now: chrono::DateTime<chrono::Utc>,
}

impl History {
    async fn make(app: &TestApp) -> Self {
        let (one, two) = (app.controller("maison").await, app.controller_ie().await);
        let dpo = app.user(&[(one.id, Role::Dpo), (two.id, Role::Dpo)]).await;
        let (tree, other) = (tree(&one), tree(&two));
        let (mut signed, mut kept) = (Vec::new(), Vec::new());
        for round in 0..14 {
            let controller = if round % 5 == 4 { &two } else { &one };
            let case = app.log_case(&dpo, controller, |_| ()).await;
            let client = app.as_user(&dpo);
            for _ in 0..round % 4 {
                app.advance(chrono::Duration::seconds(3));
                let note = json!({ "note": "Elle a rappelé." });
                client.verb(&case, "notes", note).await.expect(200);
            }
            app.happen(controller.id, round % 7).await;
            app.seal().await;
            if controller.id == one.id {
                let checkpoint = app.kept(tree).await;
                signed.push(checkpoint.size);
                kept.push(checkpoint);
            }
        }
        // Somebody kept every third, and the last.
        let last = kept.len() - 1;
        let kept = kept.into_iter().enumerate();
        let kept = kept.filter(|(at, _)| at % 3 == 1 || *at == last).map(|(_, it)| it).collect();
        let mut attacker = Attacker::new(&app.config().database_url);
        let leaves = attacker.leaves(tree);
        let order = leaves.iter().map(|it| (it.event_id, it.numbered_at)).collect();
        Self {
            attacker,
            tree,
            other,
            other_controller: two.id,
            order,
            signed,
            kept,
            key: app.key(tree),
            sealer: app.sealer(),
            now: app.app.now(),
        }
    }

    fn verify(&mut self) -> Report {
        let conn = &mut self.attacker.conn;
        database::verify(conn, self.tree, &self.kept, &self.key, self.now).unwrap()
    }

    /// The checkpoints on both sides of a number, of those that the attacker left.
    fn around(&self, number: usize, all_are_left: bool) -> (u64, u64) {
        let number = number as u64;
        let kept: Vec<u64> = self.kept.iter().map(|it| it.size).collect();
        let sizes = if all_are_left { &self.signed } else { &kept };
        let from = sizes.iter().copied().filter(|it| *it <= number).max().unwrap_or(0);
        let to = sizes.iter().copied().find(|it| *it > number).unwrap();
        (from, to)
    }
}

/// What the first finding must be.
#[derive(Debug)]
enum Expected {
    /// This event, for one of these reasons.
    Event(Option<u64>, EventId, &'static [Fault]),
    Range(u64, u64),
    Short(u64),
}

fn assert_found(report: &Report, expected: &Expected, what: &str) {
    assert!(!report.is_whole(), "{what} was not found");
    let first = &report.findings[0];
    let is_it = match (first, expected) {
        (
            Finding::Event { number, about, fault },
            Expected::Event(wanted_number, wanted, faults),
        ) => number == wanted_number && about.event == Some(*wanted) && faults.contains(fault),
        (Finding::Range { from, to }, Expected::Range(wanted_from, wanted_to)) => {
            (from, to) == (wanted_from, wanted_to)
        }
        (Finding::Short { size, .. }, Expected::Short(wanted)) => size == wanted,
        _ => false,
    };
    assert!(is_it, "{what}: {expected:?}, but {report:#?}");
}

/// Does one kind of tampering at one place and says what must be found.
fn tamper(history: &mut History, kind: &str, is_thorough: bool, random: &mut StdRng) -> Expected {
    let size = history.order.len();
    let at = random.random_range(0..size);
    let mut order = history.order.clone();
    let (event, numbered_at) = order[at];
    let one = |faults| Expected::Event(Some(at as u64), event, faults);
    match kind {
        "edit" => edit(history, event, random),
        "delete" => {
            history.attacker.delete(event);
            order.remove(at);
        }
        "insert" => {
            let mut row = history.attacker.event(event);
            let ctx = Ctx { actor: Actor::Worker, now: row.at.utc() };
            (row.id, row.version) = (ctx.new_id(), row.version + 1000);
            row.at = Instant::from(history.now - chrono::Duration::hours(5));
            history.attacker.insert(&row);
            order.insert(at, (row.id, numbered_at));
            if !is_thorough {
                return Expected::Event(None, row.id, &[Fault::NotNumbered]);
            }
        }
        "swap" | "reorder" => return rearrange(history, kind, is_thorough, random),
        "truncate" => {
            for (event, _) in order.split_off(at) {
                history.attacker.delete(event);
            }
        }
        "roll back" => return roll_back(history, random),
        "move" => {
            history.attacker.give(event, history.other_controller);
            order.remove(at);
        }
        other => panic!("{other}"),
    }
    if !is_thorough {
        return match kind {
            "edit" => one(&[Fault::Altered, Fault::Moved, Fault::WordsGone]),
            "move" => one(&[Fault::Moved]),
            _ => one(&[Fault::Gone]),
        };
    }
    let all_are_left = random.random_bool(0.5);
    if !all_are_left {
        history.attacker.forget_checkpoints(history.tree, 0);
    }
    history.attacker.rebuild(history.tree, &order);
    if kind == "move" {
        let mut others: Vec<_> = history.attacker.leaves(history.other);
        let last = others.len();
        others.truncate(last);
        let mut order: Vec<_> = others.iter().map(|it| (it.event_id, it.numbered_at)).collect();
        order.insert(random.random_range(0..=last), (event, numbered_at));
        history.attacker.rebuild(history.other, &order);
    }
    if kind == "truncate" {
        return Expected::Short(at as u64);
    }
    let (from, to) = history.around(at, all_are_left);
    // Without the last event of all there is nothing to compare: it is missing.
    if to > order.len() as u64 {
        return Expected::Short(order.len() as u64);
    }
    Expected::Range(from, to)
}

fn edit(history: &mut History, event: EventId, random: &mut StdRng) {
    let mut row = history.attacker.event(event);
    match random.random_range(0..6) {
        0 => row.actor = "user:00000000-0000-0000-0000-000000000000".to_owned(),
        1 => row.at = Instant::from(row.at.utc() + chrono::Duration::microseconds(1)),
        2 => row.detail.push(' '),
        3 => row.kind = "NoteRemoved".to_owned(),
        4 => row.version += 1000,
        _ => {
            let sealed = row.sealed_detail.unwrap_or_else(|| vec![1; 40]);
            row.sealed_detail = Some(sealed.into_iter().map(|byte| byte ^ 1).collect());
        }
    }
    history.attacker.replace(&row);
}

/// Puts two events, or several, in each other's places.
fn rearrange(
    history: &mut History,
    kind: &str,
    is_thorough: bool,
    random: &mut StdRng,
) -> Expected {
    let size = history.order.len();
    let mut order = history.order.clone();
    let first = random.random_range(0..size - 2);
    let last = random.random_range(first + 1..size);
    if kind == "swap" {
        order.swap(first, last);
    } else {
        order[first..=last].rotate_left(1);
    }
    let place = first as u64;
    if is_thorough {
        history.attacker.rebuild(history.tree, &order);
        let (from, to) = history.around(first, true);
        return Expected::Range(from, to);
    }
    // The stored hashes stay where they were.
    let mut leaves = history.attacker.leaves(history.tree);
    for (leaf, (event, _)) in leaves.iter_mut().zip(&order) {
        leaf.event_id = *event;
    }
    history.attacker.write_leaves(history.tree, &leaves);
    Expected::Event(Some(place), order[first].0, &[Fault::Altered, Fault::WordsGone])
}

/// Puts the whole database back to an earlier checkpoint; half of the time it then goes on.
fn roll_back(history: &mut History, random: &mut StdRng) -> Expected {
    let earlier = random.random_range(0..history.signed.len() - 1);
    let size = history.signed[earlier];
    history.attacker.put_back(history.tree, usize::try_from(size).unwrap());
    if random.random_bool(0.5) {
        return Expected::Short(size);
    }
    // As if nothing had been: other events happen, and are signed with the key.
    let controller = history.attacker.event(history.order[0].0).controller_id;
    let mut new = Vec::new();
    let mut row = history.attacker.event(history.order[0].0);
    for version in 0..random.random_range(1..30) {
        let ctx = Ctx { actor: Actor::Worker, now: history.now };
        (row.id, row.version, row.at) = (ctx.new_id(), 5000 + version, Instant::from(ctx.now));
        history.attacker.insert(&row);
        new.push(row.id);
    }
    for part in new.chunks(3) {
        let (conn, now) = (&mut history.attacker.conn, Instant::from(history.now));
        sealing::seal(conn, now, &history.sealer, controller, part).unwrap();
    }
    let tip = size + new.len() as u64;
    let next = history.kept.iter().map(|it| it.size).find(|it| *it > size).unwrap();
    if next > tip {
        return Expected::Short(tip);
    }
    let before = history.kept.iter().map(|it| it.size).filter(|it| *it <= size);
    // A checkpoint that was kept at the size of a new one tells the range; the new ones beside
    // the tree tell nothing of where the history turned.
    Expected::Range(before.max().unwrap_or(0), next)
}

#[actix_web::test]
async fn every_kind_of_tampering_is_found_at_its_place() {
    let app = TestApp::start().await;
    let mut history = History::make(&app).await;
    assert!(history.order.len() > 40, "{} events", history.order.len());
    let untouched = history.verify();
    assert!(untouched.is_whole(), "{untouched:?}");
    assert_eq!(untouched.fitting, history.kept.len());
    let seed = match std::env::var("TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => rand::random(),
    };
    eprintln!("TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut found = 0;
    for kind in KINDS {
        for place in 0..PLACES {
            let is_thorough = place % 2 == 1;
            history.attacker.begin();
            let expected = tamper(&mut history, kind, is_thorough, &mut random);
            let report = history.verify();
            history.attacker.take_back();
            let what = format!("TEST_SEED={seed}: {kind} {place}, thorough: {is_thorough}");
            assert_found(&report, &expected, &what);
            found += 1;
        }
    }
    assert_eq!(found, KINDS.len() * PLACES);
    assert!(history.verify().is_whole());
    eprintln!("{found} of {} found", KINDS.len() * PLACES);
    let other = audit::tree(&mut history.attacker.conn, history.other).unwrap();
    assert!(other.is_some_and(|it| it.size > 5));
}
