//! The check that this version of the program reads all that a populated instance holds.

use chrono::{DateTime, Utc};
use guichet::audit::checkpoint::Checkpoint;
use guichet::cli::audit::database;
use guichet::db::column::Instant;
use guichet::db::conn::Conn;
use guichet::db::{
    alerts, audit, backups, breaches, checkpoint_deliveries, contact_conditions, controllers,
    events, identity_documents, identity_providers, letter_codes, mails, portal_sessions, users,
};
use guichet::domain::actor::Scope;
use guichet::domain::breach::{BreachDecision, BreachRisk};
use guichet::domain::checkpoint::DeliveryChannel;
use guichet::domain::code::CodeState;
use guichet::domain::contact::Condition;
use guichet::domain::identity_document::{DocumentKind, DocumentRemoval};
use guichet::domain::ids::{ControllerId, EventId, Id, RequestId, TreeId, UserId};
use guichet::domain::retention::Retention;
use guichet::start::{self, Opening};
use guichet::vault::place::Place as SealedPlace;
use guichet::vault::{CaseKey, Vault};
use guichet::workflow;
use guichet::workflow::record::{self, detail_place};
use guichet::workflow::sealing::{self, Sealer};
use guichet::workflow::settings::retention;
use guichet::workflow::subject::{Subject, subject_place};
use uuid::Uuid;

use super::place::Place;
use super::populated::{NAME, STAFF, SUBJECT, open};

/// Opens the instance as `serve` would, and reads what `populated::make` wrote.
pub fn check(place: &Place) {
    repeat_mark(place);
    let vault = open(place, Opening::Serve);
    let mut conn = place.conn();
    let staff = users::list_all(&mut conn).unwrap();
    let [member] = staff.as_slice() else {
        panic!("{place}: {} users", staff.len());
    };
    let at = SealedPlace::new("users", "sealed_profile", member.id.uuid());
    let profile = vault.staff_key().open(&at, &member.sealed_profile).unwrap();
    assert!(String::from_utf8(profile).unwrap().contains(STAFF));

    let all = controllers::list_all(&mut conn).unwrap();
    let [controller] = all.as_slice() else {
        panic!("{place}: {} controllers", all.len());
    };
    let key = vault.controller_key(controller.id.uuid(), &controller.wrapped_key).unwrap();
    let (scope, least) = (Scope::of_job(controller.id), controller.least_level);
    assert_eq!(controllers::least_level(&mut conn, controller.id).unwrap(), least, "{place}");
    let ids = request_ids(&mut conn);
    assert_eq!(ids.len(), 2, "{place}");
    let mut readable = 0;
    for id in ids {
        let case = record::load(&mut conn, &scope, id).unwrap();
        assert_eq!(case.state.version, case.row.version, "{place}");
        assert_eq!(case.state.status, case.row.status, "{place}");
        let projection = record::projection(&case.state, &case.dates).unwrap();
        assert_eq!(projection.due_on, case.row.due_on, "{place}");
        assert_eq!(projection.legal_on, case.row.legal_on, "{place}");
        assert_eq!(projection.ended_at, case.row.ended_at, "{place}");
        assert_eq!(projection.awaits_person, case.row.awaits_person, "{place}");
        assert_eq!(projection.extended, case.row.extended, "{place}");
        let letter = letter_codes::newest(&mut conn, id).unwrap();
        assert!(letter.is_none_or(|letter| letter.state == CodeState::Used), "{place}");
        check_documents(&mut conn, id);
        let Some(wrapped) = &case.row.wrapped_key else {
            assert!(case.row.sealed_subject.is_none(), "{place}");
            continue;
        };
        let case_key = key.case_key(id.uuid(), wrapped).unwrap();
        let sealed = case.row.sealed_subject.as_ref().unwrap();
        let subject = case_key.key().open(&subject_place(id), sealed).unwrap();
        let subject: Subject = serde_json::from_slice(&subject).unwrap();
        assert_eq!(subject.names, [NAME], "{place}");
        for event in events::of_request(&mut conn, id).unwrap() {
            let Some(sealed) = event.sealed_detail else {
                continue;
            };
            let words = case_key.key().open(&detail_place(event.id), &sealed);
            readable += usize::from(!words.unwrap().is_empty());
        }
        for alert in alerts::of_request(&mut conn, id).unwrap() {
            assert!(!alert.about.is_empty(), "{place}");
        }
        check_mails(&mut conn, id, &case_key, (member.id, controller.id));
    }
    assert_eq!(readable, 2, "{place}: sealed words beside events");
    check_keeping(&mut conn, controller.id);
    let said = contact_conditions::get(&mut conn, controller.id, &[0x0e, 0x0f]).unwrap();
    assert!(said.is_none_or(|said| said == Condition::Unsafe), "{place}");
    let provider = identity_providers::get(&mut conn, controller.id).unwrap();
    assert!(provider.is_none_or(|it| it.test_state == "ok" && it.version == 3), "{place}");
    let visit = portal_sessions::get(&mut conn, &[0x0a, 0x0b]).unwrap();
    assert!(visit.is_none_or(|it| it.request_id.uuid() != Uuid::nil()), "{place}");
    let tree = TreeId::from_uuid(controller.id.uuid());
    let out = checkpoint_deliveries::newest(&mut conn, tree, DeliveryChannel::Webhook).unwrap();
    assert!(out.is_none_or(|out| out.size == 2 && out.state == "sent"), "{place}");
    let night = backups::newest(&mut conn).unwrap();
    assert!(night.is_none_or(|night| night.state == "done" && night.row_count == Some(8)));
    check_proof(place, &vault, controller.id);
}

/// The mails read. Before 0017 nobody knew by which mail an alert was told.
fn check_mails(conn: &mut Conn, id: RequestId, key: &CaseKey, of: (UserId, ControllerId)) {
    for mail in mails::of_request(conn, id).unwrap() {
        let message = workflow::mails::open(key.key(), &mail).unwrap();
        assert_eq!(message.subject, SUBJECT);
        let told = alerts::readers_of_mail(conn, mail.id).unwrap();
        assert!(told.len() <= 1 && told.iter().all(|reader| *reader == of), "{told:?}");
    }
}

/// The identity documents read, where the schema of the time had them.
fn check_documents(conn: &mut Conn, request: RequestId) {
    for document in identity_documents::of_request(conn, request).unwrap() {
        assert_eq!(document.kind, DocumentKind::Jpeg);
        assert_eq!(document.removal, Some(DocumentRemoval::Decided));
    }
}

/// The settings and the register read, where the schema of the time had them.
fn check_keeping(conn: &mut Conn, controller: ControllerId) {
    let settings = retention::of(conn, controller).unwrap();
    let all = breaches::of_controller(conn, controller, None, 10).unwrap();
    if settings.version == 0 {
        assert!(all.is_empty() && settings.kept == Retention::DEFAULT);
        return;
    }
    assert_eq!(settings.kept.case_months, 48);
    let [breach] = all.as_slice() else {
        panic!("{} breaches", all.len());
    };
    assert_eq!((breach.risk, breach.decision), (BreachRisk::High, BreachDecision::Notified));
    assert_eq!(breaches::notices(conn, breach.id).unwrap().len(), 1);
}

/// What is not numbered yet, as in a database of before the proof, is numbered now; and what was
/// stays proven by the checkpoint of that time.
fn check_proof(place: &Place, vault: &Vault, controller: ControllerId) {
    let mut conn = place.conn();
    let sealer = Sealer::new(vault, &place.config().base_url);
    let tree = TreeId::from_uuid(controller.uuid());
    let kept = audit::newest_checkpoint(&mut conn, tree).unwrap();
    let found = audit::unnumbered(&mut conn, EventId::from_uuid(Uuid::nil()), 1000).unwrap();
    let events: Vec<EventId> = found.iter().map(|(event, _)| *event).collect();
    let at = Instant::from("2026-11-24T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    sealing::seal(&mut conn, at, &sealer, Some(controller), &events).unwrap();
    let newest = audit::newest_checkpoint(&mut conn, tree).unwrap().unwrap();
    let key = sealer.key(&sealer.origin(tree)).unwrap();
    let kept: Vec<Checkpoint> = kept
        .iter()
        .chain([&newest])
        .map(|row| Checkpoint::open(&row.note, std::slice::from_ref(&key)).unwrap())
        .collect();
    let report = database::verify(&mut conn, tree, &kept, &key, at.utc()).unwrap();
    assert!(report.is_whole(), "{place}: {report:?}");
    assert!(report.size > 3 && report.proven == report.size, "{place}: {report:?}");
}

/// The sealed folder of a copy carries the mark that its database repeats.
fn repeat_mark(place: &Place) {
    let instance = guichet::db::instance::get(&mut place.conn()).unwrap();
    let folder = start::sealed_folder(&place.config());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("instance.mark"), instance.unwrap().folder_mark).unwrap();
}

fn request_ids(conn: &mut Conn) -> Vec<RequestId> {
    use diesel::prelude::*;
    use guichet::db::schema::requests as table;

    table::table.order(table::id).select(table::id).load(conn).unwrap()
}
