//! What a person withholds is in no format of the package, outlasts a new search, and stands sealed.

mod desk;
mod whole;

use std::io::Read;

use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::collection::{entry, open_zip};

/// Each stands once in a source, in something that is withheld.
const CANARIES: [&str; 4] = ["0.424242", "canari-ligne", "canari-valeur", "canari-voisin"];

/// A shop whose support desk wrote of others, with a case that is searched.
struct Reviewed {
    shop: Shop,
    id: String,
    reference: String,
    search: Value,
}

impl Reviewed {
    async fn new() -> Self {
        let shop = Shop::open().await;
        run(&shop, "shop.db", "UPDATE customers SET churn_score = 0.424242 WHERE id = 1");
        run(
            &shop,
            "support.db",
            "INSERT INTO tickets VALUES
                (7, 'zoe.canari@example.org', 'Mon voisin canari-voisin crie. Signé : canari-voisin.'),
                (8, 'zoe.canari@example.org', 'canari-ligne'),
                (9, 'zoe.canari@example.org', 'canari-valeur')",
        );
        let (id, reference) = shop.log("zoe.canari@example.org").await;
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        let search = shop.search(&id).await;
        Self { shop, id, reference, search }
    }

    fn path(&self, end: &str) -> String {
        format!("/api/v1/requests/{}/{end}", self.id)
    }

    /// The number of the row of a ticket.
    async fn row_of(&self, search: &Value, text: &str) -> u64 {
        let path = self.path(&format!(
            "searches/{}/rows?system=support&table=tickets",
            search["id"].as_str().unwrap()
        ));
        let page: Value = self.shop.dpo().get(&path).await.expect(200).json();
        let rows = page["rows"].as_array().unwrap();
        let holds = |row: &&Value| row["cells"].to_string().contains(text);
        rows.iter().find(holds).unwrap()["number"].as_u64().unwrap()
    }

    async fn withhold(&self, change: Value) -> Value {
        let mut body = json!({
            "search_id": self.search["id"], "system": "support", "table": "tickets",
            "exemption": "rights_of_others",
        });
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = self.shop.dpo().post(&self.path("withholdings"), body).await;
        answer.expect(201).json()
    }

    /// Withholds a column, a row, a value and two passages: the four canaries.
    async fn withhold_all(&self) -> Vec<Value> {
        let column = json!({
            "extent": "column", "system": "shop", "table": "customers", "column": "churn_score",
            "exemption": "trade_secret",
        });
        let row = self.row_of(&self.search, "canari-ligne").await;
        let value = self.row_of(&self.search, "canari-valeur").await;
        let passage = self.row_of(&self.search, "canari-voisin").await;
        vec![
            self.withhold(column).await,
            self.withhold(json!({ "extent": "row", "row": row })).await,
            self.withhold(json!({ "extent": "value", "row": value, "column": "body" })).await,
            self.withhold(json!({
                "extent": "passage", "row": passage, "column": "body", "words": "canari-voisin",
                "note": "canari-motif",
            }))
            .await,
        ]
    }

    async fn download(&self, package: &Value) -> Vec<u8> {
        let path = self.path(&format!("packages/{}/content", package["id"].as_str().unwrap()));
        self.shop.dpo().get(&path).await.expect(200).body.to_vec()
    }

    async fn package_now(&self, package: &Value) -> Value {
        let path = self.path(&format!("packages/{}", package["id"].as_str().unwrap()));
        self.shop.dpo().get(&path).await.expect(200).json()
    }

    async fn withholdings(&self) -> Vec<Value> {
        let path = self.path("withholdings");
        let listed: Value = self.shop.dpo().get(&path).await.expect(200).json();
        listed["withholdings"].as_array().unwrap().clone()
    }
}

fn run(shop: &Shop, file: &str, sql: &str) {
    let path = shop.app.config().allowed.directories[0].join(file);
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// Which canaries stand in a package: in the ZIP as it is, and in every file of it.
fn canaries(zip: &[u8]) -> Vec<&'static str> {
    let mut all = vec![zip.to_vec()];
    let mut archive = open_zip(zip);
    for place in 0..archive.len() {
        let mut bytes = Vec::new();
        let mut file = archive.by_index(place).unwrap();
        all.push(file.name().unwrap().as_bytes().to_vec());
        file.read_to_end(&mut bytes).unwrap();
        all.push(bytes);
    }
    let stands = |canary: &&str| {
        let wanted = canary.as_bytes();
        all.iter().any(|bytes| bytes.windows(wanted.len()).any(|window| window == wanted))
    };
    CANARIES.into_iter().filter(stands).collect()
}

#[actix_web::test]
async fn what_is_withheld_stands_in_no_format_and_is_listed_with_its_ground() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    let before = shop.package(&case.id, &case.search, "access", None).await;
    assert_eq!(
        canaries(&case.download(&before).await),
        CANARIES,
        "the test looks in the right place"
    );

    let withheld = case.withhold_all().await;
    assert_eq!(withheld[3]["row_key"], json!([{ "column": "id", "value": "7" }]));
    assert_eq!(withheld[3]["ranges"], json!([[11, 24], [39, 52]]));
    // What stood ready is being built again, and nobody can release it meanwhile.
    assert_eq!(case.package_now(&before).await["state"], "building");
    worker::drain(&shop.app.app).await.unwrap();
    let after = case.package_now(&before).await;
    assert_eq!((&after["state"], &after["manifest"]["withheld"]), (&json!("ready"), &json!(true)));
    let zip = case.download(&before).await;
    assert_eq!(canaries(&zip), [""; 0]);

    let mut archive = open_zip(&zip);
    let tickets: Value =
        serde_json::from_str(&entry(&mut archive, "data/support.tickets.json")).unwrap();
    let bodies: Vec<&Value> = tickets.as_array().unwrap().iter().map(|row| &row["body"]).collect();
    let cut = "Mon voisin [non communiqué] crie. Signé : [non communiqué].";
    assert_eq!(bodies, [&json!("canari-note"), &json!(cut), &Value::Null], "a row is gone");
    let sources: Value = serde_json::from_str(&entry(&mut archive, "sources.json")).unwrap();
    let table = &sources["systems"][1]["tables"][0];
    assert_eq!((&table["rows"], &table["rows_withheld"]), (&json!(3), &json!(1)));
    let listed = table["withheld"].as_array().unwrap().iter();
    let listed: Vec<_> = listed
        .map(|one| (one["extent"].as_str().unwrap(), one["count"].as_u64(), &one["exemption"]))
        .collect();
    let ground = json!("rights_of_others");
    for extent in ["row", "value", "passage"] {
        assert!(listed.contains(&(extent, Some(1), &ground)), "{extent}: {listed:?}");
    }
    let customers = &sources["systems"][0]["tables"][0]["withheld"];
    assert_eq!(customers[0]["column"], "churn_score", "{customers}");
    assert_eq!(customers[0]["exemption"], "trade_secret");
    let page = entry(&mut archive, "index.html");
    for shown in ["lignes\u{a0}: 1", "valeurs\u{a0}: 1", "toute la colonne", "non communiqué"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let described = entry(&mut archive, "datapackage.json");
    assert!(described.contains("\"passages_withheld\"") && described.contains("\"withheld\""));
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_withholding_outlasts_a_new_search_and_says_when_it_has_no_row_any_more() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    case.withhold_all().await;
    // Other rows come before; the one with passages is written anew, and the row goes.
    run(
        shop,
        "support.db",
        "INSERT INTO tickets VALUES (1, 'zoe.canari@example.org', 'avant');
         UPDATE tickets SET body = 'Une fois : canari-voisin' WHERE id = 7;
         DELETE FROM tickets WHERE id = 8",
    );
    let search = shop.search(&case.id).await;
    let package = shop.package(&case.id, &search, "access", None).await;
    let zip = case.download(&package).await;
    assert_eq!(canaries(&zip), [""; 0], "of a text that changed, nothing is given out");
    let mut archive = open_zip(&zip);
    assert!(entry(&mut archive, "data/support.tickets.csv").contains("avant"));
    let all = case.withholdings().await;
    let without: Vec<&Value> =
        all.iter().filter(|one| one["without_row"] == true).map(|one| &one["extent"]).collect();
    assert_eq!((all.len(), without), (4, vec![&json!("row")]));
    // Of the old search, nothing is withheld any more: it is no part of the answer.
    let old = json!({
        "search_id": case.search["id"], "system": "support", "table": "tickets", "extent": "row",
        "exemption": "security", "row": 1,
    });
    let refused = shop.dpo().post(&case.path("withholdings"), old).await.expect(409);
    assert!(refused.text().contains("search-superseded"), "{}", refused.text());
}

#[actix_web::test]
async fn a_withholding_is_taken_back_until_the_case_is_answered() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    let withheld = case.withhold_all().await;
    let package = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    assert_eq!(canaries(&case.download(&package).await), [""; 0]);
    let own = |one: &Value| case.path(&format!("withholdings/{}", one["id"].as_str().unwrap()));
    shop.dpo().delete(&own(&withheld[2])).await.expect(200);
    let again = shop.dpo().delete(&own(&withheld[2])).await.expect(409);
    assert!(again.text().contains("already-taken-back"), "{}", again.text());
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(canaries(&case.download(&package).await), ["canari-valeur"]);
    let release = case.path(&format!("packages/{}/release", package["id"].as_str().unwrap()));
    let released = json!({ "reference": case.reference });
    let released: Value = shop.dpo().post(&release, released).await.expect(200).json();
    assert_eq!(released["rights"][0]["decision"], "granted_in_part");
    // The other right waits still; what was released stays as it was.
    let bytes = case.download(&package).await;
    shop.dpo().delete(&own(&withheld[1])).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(case.download(&package).await, bytes);
    let refuse = json!({ "decision": "refused", "ground": "out_of_scope", "reason": "Aucune" });
    shop.dpo().put(&case.path("rights/portability/decision"), refuse).await.expect(200);
    let late = shop.dpo().delete(&own(&withheld[0])).await.expect(409);
    assert!(late.text().contains("already-answered"), "{}", late.text());
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_column_that_may_concern_others_waits_for_somebody_to_decide() {
    let shop = Shop::open().await;
    let map = include_str!("collection/map.yaml").replace(
        "        sensitivity: special\n",
        "        sensitivity: special\n        columns: { body: { third_party: true }, contact_email: { third_party: true } }\n",
    );
    shop.app.put_map(&shop.dpo, &shop.controller, &map).await.expect(200);
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    let review = path(&format!("searches/{}/review", search["id"].as_str().unwrap()));
    let shown: Value = shop.dpo().get(&review).await.expect(200).json();
    assert_eq!(shown["open_proposals"], 2, "{shown}");
    let systems = shown["systems"].as_array().unwrap();
    let support = systems.iter().find(|system| system["system"] == "support").unwrap();
    assert_eq!(support["tables"][0]["reached_from"][0]["table"], "customers");

    let release = |package: Value| {
        let path = path(&format!("packages/{}/release", package["id"].as_str().unwrap()));
        let dpo = shop.dpo();
        let body = json!({ "reference": reference });
        async move { dpo.post(&path, body).await }
    };
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let early = release(package.clone()).await.expect(409);
    assert!(early.text().contains("proposals-open"), "{}", early.text());
    let of = |column: &str| json!({ "search_id": search["id"], "system": "support", "table": "tickets", "column": column });
    shop.dpo().post(&path("declined-proposals"), of("body")).await.expect(201);
    let twice = shop.dpo().post(&path("declined-proposals"), of("body")).await.expect(422);
    assert_eq!(twice.problem().1, ["column: not-proposed"]);
    let unknown = shop.dpo().post(&path("declined-proposals"), of("id")).await.expect(422);
    assert_eq!(unknown.problem().1, ["column: not-proposed"]);
    let mut accepted = of("contact_email");
    accepted["extent"] = json!("column");
    accepted["exemption"] = json!("rights_of_others");
    shop.dpo().post(&path("withholdings"), accepted).await.expect(201);
    worker::drain(&shop.app.app).await.unwrap();
    let shown: Value = shop.dpo().get(&review).await.expect(200).json();
    assert_eq!(shown["open_proposals"], 0, "{shown}");
    release(package).await.expect(200);
}

#[actix_web::test]
async fn what_does_not_fit_is_refused_at_its_place() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    let row = case.row_of(&case.search, "canari-voisin").await;
    let base = json!({
        "search_id": case.search["id"], "system": "support", "table": "tickets",
        "extent": "passage", "exemption": "rights_of_others", "row": row, "column": "body",
        "words": "canari",
    });
    for (field, value, wanted) in [
        ("table", json!("nowhere"), "table: nothing-found-there"),
        ("extent", json!("all"), "extent: unknown-value"),
        ("exemption", json!("because"), "exemption: unknown-value"),
        ("row", json!(99), "row: no-such-row"),
        ("row", Value::Null, "row: no-such-row"),
        ("column", json!("nothing"), "column: no-such-column"),
        ("column", json!("id"), "column: not-a-text"),
        ("words", json!("Canari"), "words: not-in-text"),
        ("words", json!(""), "words: not-in-text"),
        ("words", Value::Null, "ranges: not-in-text"),
    ] {
        let mut body = base.clone();
        body[field] = value;
        let refused = shop.dpo().post(&case.path("withholdings"), body).await.expect(422);
        assert_eq!(refused.problem().1, [wanted], "{field}");
    }
    let mut beyond = base.clone();
    beyond["words"] = Value::Null;
    beyond["ranges"] = json!([[0, 5], [50, 60]]);
    let refused = shop.dpo().post(&case.path("withholdings"), beyond).await.expect(422);
    assert_eq!(refused.problem().1, ["ranges: not-in-text"]);
    let column = json!({ "extent": "column", "column": "body" });
    case.withhold(column.clone()).await;
    // What says two things at once is not guessed at.
    for (extent, left_out, wanted) in [
        ("column", &["words"][..], "row: not-of-extent"),
        ("column", &["row"], "words: not-of-extent"),
        ("row", &["words"], "column: not-of-extent"),
        ("row", &["column"], "words: not-of-extent"),
        ("value", &[], "words: not-of-extent"),
        ("value", &["words", "column"], "column: empty"),
    ] {
        let mut body = base.clone();
        body["extent"] = json!(extent);
        for field in left_out {
            body[field] = Value::Null;
        }
        let refused = shop.dpo().post(&case.path("withholdings"), body).await.expect(422);
        assert_eq!(refused.problem().1, [wanted], "{extent} without {left_out:?}");
    }
    let mut both = base.clone();
    both["ranges"] = json!([[0, 5]]);
    let refused = shop.dpo().post(&case.path("withholdings"), both).await.expect(422);
    assert_eq!(refused.problem().1, ["ranges: not-of-extent"]);
    let mut again = base;
    again["extent"] = json!("column");
    again["row"] = Value::Null;
    again["words"] = Value::Null;
    let refused = shop.dpo().post(&case.path("withholdings"), again).await.expect(422);
    assert_eq!(refused.problem().1, ["column: already-withheld"]);
    // An auditor reads the history, and nothing that was found.
    let auditor = shop.app.user(&[(shop.controller.id, Role::Auditor)]).await;
    let rows = format!(
        "searches/{}/rows?system=support&table=tickets",
        case.search["id"].as_str().unwrap()
    );
    shop.app.as_user(&auditor).get(&case.path(&rows)).await.expect(403);
    shop.app.as_user(&auditor).get(&case.path("withholdings")).await.expect(403);
}

#[actix_web::test]
async fn rows_are_read_page_by_page_with_what_is_withheld_of_them() {
    let case = Reviewed::new().await;
    let shop = &case.shop;
    shop.add_orders(250);
    let search = shop.search(&case.id).await;
    let path = case.path(&format!(
        "searches/{}/rows?system=shop&table=orders",
        search["id"].as_str().unwrap()
    ));
    let (mut from, mut numbers) = (1, Vec::new());
    loop {
        let page = shop.dpo().get(&format!("{path}&from={from}&limit=100")).await;
        let page: Value = page.expect(200).json();
        let rows = page["rows"].as_array().unwrap().iter();
        numbers.extend(rows.map(|row| row["number"].as_u64().unwrap()));
        assert_eq!(page["total"], 252);
        let Some(next) = page["next"].as_u64() else { break };
        from = next;
    }
    assert_eq!(numbers, (1..=252).collect::<Vec<u64>>());
    let body = json!({
        "search_id": search["id"], "system": "shop", "table": "orders", "extent": "row",
        "exemption": "legal_claims", "row": 200,
    });
    let held: Value = shop.dpo().post(&case.path("withholdings"), body).await.expect(201).json();
    let page: Value = shop.dpo().get(&format!("{path}&from=199&limit=3")).await.expect(200).json();
    let marks: Vec<&Value> =
        page["rows"].as_array().unwrap().iter().map(|row| &row["withheld"]).collect();
    assert_eq!(marks, [&Value::Null, &held["id"], &Value::Null]);
}
