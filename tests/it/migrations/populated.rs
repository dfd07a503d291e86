//! A small instance with a row in every table, written by the verbs where there are some.

use chrono::{DateTime, Duration, Utc};
use guichet::db::audit;
use guichet::db::column::Instant;
use guichet::db::conn::Conn;
use guichet::db::controllers::{self, CalendarDay, Controller};
use guichet::db::idempotency::IdempotencyKey;
use guichet::db::requests;
use guichet::db::sessions::{self, ApiKey, Session};
use guichet::db::tasks::{self, Task};
use guichet::db::users::{self, Membership, User};
use guichet::domain::actor::{Actor, Ctx, Role, Scope};
use guichet::domain::event::{PauseGround, SentMessage};
use guichet::domain::identity::{Level, Method};
use guichet::domain::ids::{ControllerId, EventId, Id, RequestId, UserId};
use guichet::domain::mail::MailPurpose;
use guichet::domain::request::Channel;
use guichet::domain::right::Right;
use guichet::domain::subject::Identifier;
use guichet::domain::subject::kind::IdentifierKind;
use guichet::domain::subject::name::PersonName;
use guichet::language::Language;
use guichet::mail::address::MailAddress;
use guichet::mail::message::Message;
use guichet::start::{self, Opening};
use guichet::vault::place::Place as SealedPlace;
use guichet::vault::{ControllerKey, Vault};
use guichet::workflow::alerts;
use guichet::workflow::clock::{Pause, pause, resume};
use guichet::workflow::closing;
use guichet::workflow::identity::{IdentityDecision, decide_identity};
use guichet::workflow::intake::{self, Addressee, NewRequest, Prepared, log_request, prepare};
use guichet::workflow::mails::{self, Sender};
use guichet::workflow::record::{Case, Expected, Target, Written};
use guichet::workflow::sealing::{self, Sealer};
use guichet::workflow::subject::NewSubject;
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::place::{Place, execute};
use super::{hex, rows};

/// Made up for these tests; no instance has it.
const MASTER_KEY: &str = "Z3VpY2hldC1maXh0dXJlLWtleS1mb3ItdGVzdHMtMDE=";

pub const NAME: &str = "Zoé Müller-Ünal";
const EMAIL: &str = "zoe@personne.example";
pub const STAFF: &str = "Camille Agent";
pub const SUBJECT: &str = "Un message vous attend";

fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn ctx(minutes: i64) -> Ctx {
    Ctx { actor: Actor::CommandLine, now: now() + Duration::minutes(minutes) }
}

/// Opens the instance with the made-up key, as `serve` would.
pub fn open(place: &Place, opening: Opening) -> Vault {
    let mut config = place.config();
    config.master_key = Some(SecretString::from(MASTER_KEY));
    start::open(&config, now(), opening).unwrap()
}

/// Fills an empty database.
pub fn make(place: &Place) {
    let vault = open(place, Opening::SetUp);
    let mut conn = place.conn();
    let user = user(&mut conn, &vault);
    let (controller, key) = controller(&mut conn, &vault);
    let membership = Membership {
        user_id: user,
        controller_id: controller.id,
        role: Role::Dpo,
        created_at: Instant::from(now()),
    };
    assert!(users::add_membership(&mut conn, &membership).unwrap());
    let days = [CalendarDay {
        controller_id: controller.id,
        day: "2026-12-24".parse().unwrap(),
        change: "added".to_owned(),
        name: "Fermeture annuelle".to_owned(),
    }];
    controllers::replace_calendar_days(&mut conn, controller.id, &days).unwrap();
    let to = Addressee { controller: &controller, key: &key, days: &days };
    let worked = work(&mut conn, &to, user);
    forgotten(&mut conn, &to);
    let made = rows::without_verbs(controller.id, worked, user, &key);
    let kept = rows::of_keeping(controller.id, worked, user, &key);
    let visit = rows::of_a_visit(controller.id, worked, &key);
    for sql in made.into_iter().chain(visit).chain(kept) {
        execute(&mut conn, &sql).unwrap();
    }
    seal(&mut conn, &vault, &place.config().base_url, controller.id);
    for sql in rows::of_a_night(controller.id) {
        execute(&mut conn, &sql).unwrap();
    }
}

/// Numbers the events of the controller and signs its tree. No tree is so large that it has stored
/// subtrees: one is made up.
fn seal(conn: &mut Conn, vault: &Vault, base_url: &Url, controller: ControllerId) {
    let sealer = Sealer::new(vault, base_url);
    let found = audit::unnumbered(conn, EventId::from_uuid(Uuid::nil()), 1000).unwrap();
    let events: Vec<EventId> = found.iter().map(|(event, _)| *event).collect();
    let at = Instant::from(ctx(6).now);
    let numbered = sealing::seal(conn, at, &sealer, Some(controller), &events).unwrap();
    assert!(numbered > 3, "{numbered} events");
    let tree = hex(controller.as_bytes());
    let node = format!(
        "INSERT INTO audit_nodes (tree_id, level, position, hash) VALUES ({tree}, 8, 0, X'00ff')"
    );
    execute(conn, &node).unwrap();
}

fn user(conn: &mut Conn, vault: &Vault) -> UserId {
    let id: UserId = ctx(0).new_id();
    let place = SealedPlace::new("users", "sealed_profile", id.uuid());
    let profile = format!(r#"{{"name":"{STAFF}","email":"camille@maison.example"}}"#);
    let row = User {
        id,
        email_index: vault.index("user_email", "camille@maison.example").to_vec(),
        sealed_profile: vault.staff_key().seal(&place, profile.as_bytes()).unwrap(),
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$bm90LWEtc2FsdA$bm90LWEtaGFzaA".to_owned(),
        must_change_password: true,
        is_operator: false,
        status: "active".to_owned(),
        language: Language::Fr,
        failed_sign_ins: 2,
        created_at: Instant::from(now()),
    };
    users::insert(conn, &row).unwrap();
    let session = Session {
        token_hash: vec![1; 32],
        user_id: id,
        csrf_token: "csrf".to_owned(),
        created_at: Instant::from(now()),
        seen_at: Instant::from(now()),
        expires_at: Instant::from(now() + Duration::hours(8)),
        proved_at: Instant::from(now()),
    };
    sessions::insert(conn, &session).unwrap();
    let key = ApiKey {
        id: ctx(0).new_id(),
        user_id: id,
        key_hash: vec![2; 32],
        label: "l'import du soir".to_owned(),
        created_at: Instant::from(now()),
        used_at: None,
        revoked_at: Some(Instant::from(now())),
    };
    sessions::insert_api_key(conn, &key).unwrap();
    id
}

fn controller(conn: &mut Conn, vault: &Vault) -> (Controller, ControllerKey) {
    let id: ControllerId = ctx(0).new_id();
    let (key, wrapped_key) = vault.new_controller_key(id.uuid()).unwrap();
    let row = Controller {
        id,
        slug: "maison-exemple".to_owned(),
        name: "Maison Exemple SAS".to_owned(),
        address: "1 rue de l'Exemple, 75002 Paris".to_owned(),
        country: "FR".to_owned(),
        contact: "dpo@maison.example".to_owned(),
        authority: "CNIL".to_owned(),
        language: Language::Fr,
        regime: "EU-GDPR".to_owned(),
        calendar: "FR".to_owned(),
        roll_over: true,
        time_zone: "Europe/Paris".to_owned(),
        wrapped_key,
        version: 1,
        created_at: Instant::from(now()),
        mail_from: Some("droits@maison.example".to_owned()),
        mail_reply_to: Some("dpo@maison.example".to_owned()),
        mail_name: Some("Maison Exemple, vos droits".to_owned()),
        four_eyes: false,
        least_level: Level::V2,
    };
    controllers::insert(conn, &row).unwrap();
    (row, key)
}

fn prepared(to: &Addressee<'_>, rights: &[Right]) -> Prepared {
    let email = IdentifierKind::parse("email").unwrap();
    let new = NewRequest {
        channel: Channel::Phone,
        rights: intake::exercised(rights, None).unwrap(),
        subject: NewSubject {
            names: vec![PersonName::parse(NAME).unwrap()],
            identifiers: vec![Identifier::new(email, EMAIL, "FR").unwrap()],
            postal_address: Some("2 rue d'Ici, 75002 Paris".to_owned()),
        },
        words: "Je voudrais « tout » ce que vous avez sur moi".to_owned(),
        language: Language::Fr,
        received_at: Some(now() - Duration::days(3)),
        received_reason: Some("la note de l'accueil".to_owned()),
        representative: None,
    };
    prepare(&ctx(0), to, &new).unwrap()
}

fn target(to: &Addressee<'_>, id: RequestId) -> Target {
    Target { scope: Scope::of_job(to.controller.id), id, expected: Expected::Any }
}

/// A request in the middle of its life: acknowledged, asked back, identified.
fn work(conn: &mut Conn, to: &Addressee<'_>, user: UserId) -> RequestId {
    let prepared = prepared(to, &[Right::Access, Right::Erasure]);
    let id = prepared.request.id;
    let key = IdempotencyKey {
        user_id: user,
        key_hash: vec![3; 32],
        body_hash: vec![4; 32],
        status: 201,
        sealed_answer: vec![5; 60],
        created_at: Instant::from(now()),
    };
    log_request(conn, &ctx(0), &prepared, Some(&key)).unwrap();
    let place = target(to, id);
    let message = |minutes| SentMessage { sent_at: ctx(minutes).now, channel: Channel::Email };
    let written = Written::plain(&ctx(1));
    closing::acknowledge(conn, &ctx(1), &place, Some(message(1)), &written).unwrap();
    let row = requests::get(conn, &place.scope, id).unwrap();
    let wrapped = row.wrapped_key.unwrap();
    let case_key = to.key.case_key(id.uuid(), &wrapped).unwrap();
    let question =
        Pause { ground: PauseGround::Identity, message: message(2), has_statement: true };
    let doubt = serde_json::json!({ "statement": "deux personnes de ce nom" });
    let written = Written::sealed(&ctx(2), &case_key, &doubt).unwrap();
    pause(conn, &ctx(2), &place, &question, &written).unwrap();
    let reply = (PauseGround::Identity, ctx(3).now, true);
    resume(conn, &ctx(3), &place, reply, &Written::plain(&ctx(3))).unwrap();
    let decision = IdentityDecision {
        level: Some(Level::V1),
        methods: vec![Method::InPerson],
        has_doubt: false,
        has_reason: false,
    };
    let written = Written::plain(&ctx(4));
    decide_identity(conn, &ctx(4), &place, &decision, &written).unwrap();
    let task = Task {
        id: ctx(5).new_id(),
        controller_id: to.controller.id,
        request_id: Some(id),
        kind: "manual_system".to_owned(),
        system: Some("archive".to_owned()),
        detail: "{}".to_owned(),
        created_at: Instant::from(ctx(5).now),
        done_at: None,
        done_by: None,
    };
    tasks::insert(conn, &task).unwrap();
    let sender = Sender::Case { controller: to.controller, request: id, key: &case_key };
    let address = MailAddress::parse(EMAIL).unwrap();
    let message = Message::new(address, Language::Fr, SUBJECT, &[]);
    let notice = MailPurpose::PortalNotice;
    let mail = mails::prepare(&ctx(6), &sender, "rights.example", &message, notice, None).unwrap();
    mails::enqueue(conn, &mail).unwrap();
    mails::settle(conn, &ctx(7), mail.id(), &mails::Outcome::Sent).unwrap();
    // On the day of the legal limit; the mail stands for the one that told somebody.
    alerts::raise(conn, &ctx(40 * 24 * 60), to.controller.id, id).unwrap();
    let raised = guichet::db::alerts::waiting_for(conn, user, 10).unwrap();
    let raised: Vec<_> = raised.iter().map(|alert| alert.id).take(1).collect();
    let told = (Instant::from(ctx(40 * 24 * 60).now), Some(mail.id()));
    assert!(guichet::db::alerts::set_mailed(conn, user, &raised, told).unwrap());
    assert_eq!(raised.len(), 1);
    id
}

/// A request that was taken back and whose key is destroyed.
fn forgotten(conn: &mut Conn, to: &Addressee<'_>) -> Case {
    let prepared = prepared(to, &[Right::Portability]);
    log_request(conn, &ctx(0), &prepared, None).unwrap();
    let place = target(to, prepared.request.id);
    let written = |minutes| Written::plain(&ctx(minutes));
    closing::withdraw(conn, &ctx(1), &place, &written(1)).unwrap();
    let reference = &prepared.request.reference;
    closing::destroy_key(conn, &ctx(2), &place, reference, &written(2)).unwrap()
}

/// Two controllers, and one request of the first.
pub struct TwoControllers {
    pub own: Vec<u8>,
    pub other: Vec<u8>,
    pub request: Vec<u8>,
    pub user: Vec<u8>,
}

pub fn two_controllers(conn: &mut Conn) -> TwoControllers {
    let vault = Vault::open(
        guichet::vault::master::MasterKey::parse(MASTER_KEY, "the made-up key").unwrap(),
    );
    let user = user(conn, &vault);
    let (own, key) = controller(conn, &vault);
    let mut other = own.clone();
    other.id = ctx(1).new_id();
    other.slug = "other".to_owned();
    controllers::insert(conn, &other).unwrap();
    let to = Addressee { controller: &own, key: &key, days: &[] };
    let prepared = prepared(&to, &[Right::Access]);
    log_request(conn, &ctx(0), &prepared, None).unwrap();
    TwoControllers {
        own: own.id.as_bytes().to_vec(),
        other: other.id.as_bytes().to_vec(),
        request: prepared.request.id.as_bytes().to_vec(),
        user: user.as_bytes().to_vec(),
    }
}
