//! One controller with a request, a search, a package and texts that are found again wherever they
//! leak.

use guichet::db::column::Instant;
use guichet::db::controllers::Controller;
use guichet::db::packages::{self, Package};
use guichet::db::searches::{self, Search, SearchSystem};
use guichet::db::withholdings::{self, Withholding};
use guichet::domain::actor::Role;
use guichet::domain::exemption::Exemption;
use guichet::domain::ids::{PackageId, RequestId, SearchId, WithholdingId};
use guichet::domain::right::Right;
use guichet::domain::withholding::{Extent, WithholdingState};
use guichet::language::Language;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::visit::{token, visitor_of};

/// The one system of the search.
pub const MANUAL_SYSTEM: &str = "archive";

/// The one system that is connected.
pub const CONNECTED_SYSTEM: &str = "shop";

/// A controller with one request, each text of which is found again wherever it leaks.
pub struct Side {
    pub controller: Controller,
    pub dpo: User,
    pub case: LoggedCase,
    pub search: SearchId,
    pub package: PackageId,
    pub withholding: WithholdingId,
    /// A draft.
    pub letter: String,
    /// What the person attached to a message.
    pub attachment: String,
    /// An identity document that came by post.
    pub document: String,
    pub breach: String,
    /// What nobody outside may read.
    pub secrets: Vec<String>,
    /// What is known of the person.
    pub personal: Vec<String>,
}

impl Side {
    pub async fn new(app: &TestApp, slug: &str, canary: &str) -> Self {
        let controller =
            app.insert_controller(slug, |row| row.name = format!("{canary} SAS")).await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        let email = format!("{}@example.org", canary.to_lowercase());
        let words = format!("{canary} wants to know");
        let case = app
            .log_case(&dpo, &controller, |body| {
                body["subject"]["names"] = json!([format!("Zoé {canary}")]);
                body["subject"]["identifiers"] = json!([{ "kind": "email", "value": email }]);
                body["subject"]["postal_address"] = json!(format!("3 rue {canary}"));
                body["words"] = json!(words);
            })
            .await;
        let note = json!({ "note": format!("A note on {canary}") });
        app.as_user(&dpo).verb(&case, "notes", note).await.expect(200);
        let path = format!("/api/v1/requests/{}/letters", case.id);
        let letter = app.as_user(&dpo).post(&path, json!({ "letter": "ACK" })).await;
        let letter: serde_json::Value = letter.expect(201).json();
        let letter = letter["id"].as_str().unwrap().to_owned();
        let nature = format!("A list with {canary} went astray");
        let path = format!("/api/v1/controllers/{}/breaches", controller.id);
        let breach = json!({ "record": { "nature": nature } });
        let breach: serde_json::Value =
            app.as_user(&dpo).post(&path, breach).await.expect(201).json();
        let breach = breach["id"].as_str().unwrap().to_owned();
        let receipt = case.answer["receipt_secret"].as_str().unwrap().to_owned();
        app.put_map(&dpo, &controller, &map(canary, "nobody@staff.example")).await.expect(200);
        let (search, package, withholding) = found(app, &controller, &dpo, &case).await;
        let attachment = attached(app, &dpo, &case, &receipt, slug).await;
        let document = recorded(app, &dpo, &case).await;
        Self {
            search,
            package,
            withholding,
            letter,
            attachment,
            document,
            breach,
            secrets: vec![canary.to_owned(), email.clone(), case.reference.clone(), receipt],
            personal: vec![
                format!("Zoé {canary}"),
                email,
                words,
                format!("3 rue {canary}"),
                format!("A note on {canary}"),
                nature,
            ],
            controller,
            dpo,
            case,
        }
    }
}

/// A file that the person sent with a message.
async fn attached(
    app: &TestApp,
    dpo: &User,
    case: &LoggedCase,
    receipt: &str,
    slug: &str,
) -> String {
    let person = visitor_of(app, slug, &case.reference, receipt).await;
    let path = format!("/t/{slug}/en/messages");
    let csrf = token(&person.get(&path).await, &path);
    let fields = [("csrf", csrf.as_str()), ("message", "")];
    let files = [("card.pdf", b"%PDF-1.7 card".as_slice())];
    person.post_files(&path, &fields, &files, usize::MAX).await.expect(303);
    let path = format!("/api/v1/requests/{}/attachments", case.id);
    let listed: serde_json::Value = app.as_user(dpo).get(&path).await.expect(200).json();
    listed["attachments"][0]["id"].as_str().unwrap().to_owned()
}

/// An identity document that staff recorded.
async fn recorded(app: &TestApp, dpo: &User, case: &LoggedCase) -> String {
    let path = format!("/api/v1/requests/{}/identity-documents", case.id);
    let fields = [("channel", "letter"), ("doubt", "differs"), ("reason", "Another address.")];
    let files = [("card.pdf", b"%PDF-1.7 card".as_slice())];
    let client = app.as_user(dpo).with("if-match", "*");
    let taken = client.post_files(&path, &fields, &files, usize::MAX).await.expect(201);
    taken.json::<serde_json::Value>()["id"].as_str().unwrap().to_owned()
}

/// The data map: one system, answered for by whoever has this address.
pub fn map(canary: &str, owner: &str) -> String {
    format!(
        "systems:\n- name: {MANUAL_SYSTEM}\n  title: {canary}\n  connector: manual\n  \
         owner: {owner}\n  tables: [{{table: visitors, find_by: {{email: email}}}}]\n"
    )
}

/// A search that waits for its person, and a package that is being built.
async fn found(
    app: &TestApp,
    controller: &Controller,
    dpo: &User,
    case: &LoggedCase,
) -> (SearchId, PackageId, WithholdingId) {
    let request: RequestId = case.id.parse().unwrap();
    let (search, package) = (app.ctx().new_id(), app.ctx().new_id());
    let at = Instant::from(app.app.now());
    let run = Search {
        id: search,
        controller_id: controller.id,
        request_id: request,
        scope: "full".to_owned(),
        map_version: 1,
        started_by: dpo.id,
        started_at: at,
        ended_at: None,
    };
    let system = SearchSystem {
        controller_id: controller.id,
        request_id: request,
        search_id: search,
        system: MANUAL_SYSTEM.to_owned(),
        connector: "manual".to_owned(),
        outcome: "waits_for_person".to_owned(),
        detail: None,
        row_count: 0,
        started_at: None,
        ended_at: None,
    };
    let built = Package {
        id: package,
        controller_id: controller.id,
        request_id: request,
        search_id: search,
        exercised: Right::Access,
        language: Language::Fr,
        state: "building".to_owned(),
        complete: false,
        sealed_reason: None,
        file_id: None,
        manifest: None,
        created_by: dpo.id,
        created_at: at,
        built_at: None,
        released_by: None,
        released_at: None,
        special: false,
        delivery: None,
        delivered_at: None,
    };
    let withheld = withheld(app, controller, dpo, request);
    let withholding = withheld.id;
    let store = move |conn: &mut guichet::db::conn::Conn| {
        searches::insert(conn, &run, std::slice::from_ref(&system))?;
        packages::insert(conn, &built)?;
        Ok(withholdings::insert(conn, &withheld)?)
    };
    app.app.write(store).await.unwrap();
    (search, package, withholding)
}

/// A column of the one table, withheld by hand.
fn withheld(app: &TestApp, controller: &Controller, dpo: &User, request: RequestId) -> Withholding {
    Withholding {
        id: app.ctx().new_id(),
        controller_id: controller.id,
        request_id: request,
        system: MANUAL_SYSTEM.to_owned(),
        source_table: "visitors".to_owned(),
        column_name: Some("note".to_owned()),
        extent: Extent::Column,
        exemption: Exemption::RightsOfOthers,
        state: WithholdingState::Held,
        sealed_spot: None,
        created_by: dpo.id,
        created_at: Instant::from(app.app.now()),
        ended_by: None,
        ended_at: None,
        matched_search_id: None,
        matched_rows: None,
    }
}
