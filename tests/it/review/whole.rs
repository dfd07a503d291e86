//! An answer from which all is withheld, and an answer that leaves out what is withheld.

use serde_json::{Value, json};

use crate::collection::shop::{MAP, Shop};
use crate::collection::{entry, open_zip};
use crate::pages::browser;

/// A case of somebody of whom each table of a map holds one row, searched to the end.
struct Case {
    shop: Shop,
    path: String,
    reference: String,
    search: Value,
}

impl Case {
    async fn with(map: &str) -> Self {
        let shop = Shop::open().await;
        shop.rebuild("", map, 2).await;
        let (id, reference) = shop.log("other@example.org").await;
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        let search = shop.search(&id).await;
        let path = format!("/api/v1/requests/{id}");
        let paper = search["id"].as_str().unwrap();
        let paper = format!("{path}/searches/{paper}/systems/paper/answer");
        shop.dpo().post(&paper, json!({ "outcome": "nothing_found" })).await.expect(200);
        Self { shop, path, reference, search }
    }

    fn id(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    async fn withhold(&self, system: &str, table: &str, column: Option<&str>) {
        let body = json!({
            "search_id": self.search["id"], "system": system, "table": table, "row": 1,
            "extent": if column.is_some() { "value" } else { "row" }, "column": column,
            "exemption": "rights_of_others",
        });
        let path = format!("{}/withholdings", self.path);
        self.shop.dpo().post(&path, body).await.expect(201);
    }

    /// Builds the answer to a right: its id, what the record says of it, and its ZIP.
    async fn package(&self, right: &str) -> (String, Value, Vec<u8>) {
        let package = self.shop.package(self.id(), &self.search, right, None).await;
        let id = package["id"].as_str().unwrap().to_owned();
        let content = format!("{}/packages/{id}/content", self.path);
        let zip = self.shop.dpo().get(&content).await.expect(200).body.to_vec();
        (id, package["manifest"].clone(), zip)
    }

    async fn release(&self, package: &str) -> crate::support::client::Answer {
        let path = format!("{}/packages/{package}/release", self.path);
        self.shop.dpo().post(&path, json!({ "reference": self.reference })).await
    }
}

#[actix_web::test]
async fn an_answer_from_which_all_is_withheld_does_not_say_that_nothing_is_held() {
    let case = Case::with(MAP).await;
    for (system, table) in [("shop", "customers"), ("shop", "orders"), ("support", "tickets")] {
        case.withhold(system, table, None).await;
    }
    let (package, manifest, zip) = case.package("access").await;
    assert_eq!(manifest["rows"], 0, "all is withheld");
    let page = entry(&mut open_zip(&zip), "index.html");
    for shown in [
        "rien de ce qui a été trouvé n’est communiqué",
        "Compte client</bdi> (lignes communiquées\u{a0}: 0, lignes non communiquées\u{a0}: 1)",
        "<p>lignes communiquées\u{a0}: 0, lignes non communiquées\u{a0}: 1</p>",
        "Dossiers clients</bdi> (0)",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("Aucune donnée personnelle"), "{page}");
    let empty = page.matches("Rien n’a été trouvé ici").count();
    assert_eq!(empty, 1, "only the paper file holds nothing: {page}");
    let released: Value = case.release(&package).await.expect(200).json();
    assert_eq!(released["rights"][0]["decision"], "granted_in_part");
    let desk = browser(&case.shop.app, &case.shop.dpo).await;
    let print = format!("/requests/{}/packages/{package}/print", case.id());
    let paper = desk.get(&print).await.expect(200).text();
    assert!(paper.contains("rien de ce qui a été trouvé n’est communiqué"), "{paper}");
    let caption =
        "orders (lignes communiquées\u{a0}: 0, lignes non communiquées\u{a0}: 1)</caption>";
    assert!(paper.contains(caption), "{paper}");
}

#[actix_web::test]
async fn portability_is_whole_where_only_what_it_leaves_out_is_withheld() {
    let map = MAP.replace("          password_hash: { withhold: security }\n", "").replace(
        "        basis: legitimate_interest\n",
        "        basis: legitimate_interest\n        columns: { body: { withhold: security } }\n",
    );
    let case = Case::with(&map).await;
    case.withhold("support", "tickets", None).await;
    case.withhold("shop", "customers", Some("churn_score")).await;
    let (package, manifest, zip) = case.package("portability").await;
    assert_eq!(
        (&manifest["withheld"], &manifest["withholdings"], &manifest["rows"]),
        (&json!(false), &json!([]), &json!(3))
    );
    let mut archive = open_zip(&zip);
    let sources: Value = serde_json::from_str(&entry(&mut archive, "sources.json")).unwrap();
    let tickets = &sources["systems"][1]["tables"][0];
    assert_eq!((&tickets["rows"], &tickets["withheld"]), (&json!(1), &json!([])), "{tickets}");
    assert_eq!(tickets["left_out"].as_array().unwrap().len(), 3, "{tickets}");
    let page = entry(&mut archive, "index.html");
    assert!(!page.contains("Ce qui n’est pas communiqué"), "{page}");
    let released: Value = case.release(&package).await.expect(200).json();
    assert_eq!(released["rights"][1]["decision"], "granted", "{released}");
    // Of the copy, both are withheld.
    let (_, manifest, _) = case.package("access").await;
    assert_eq!(manifest["withholdings"].as_array().unwrap().len(), 2, "{manifest}");
    case.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn portability_waits_for_no_proposal_on_what_it_leaves_out() {
    let proposed = |map: &str| {
        map.replace(
            "        basis: legitimate_interest\n",
            "        basis: legitimate_interest\n        columns: { body: { third_party: true } }\n",
        )
    };
    let case = Case::with(&proposed(MAP)).await;
    let (package, ..) = case.package("access").await;
    let early = case.release(&package).await.expect(409);
    assert_eq!(early.json::<Value>()["reason"], "proposals-open");
    let (package, ..) = case.package("portability").await;
    case.release(&package).await.expect(200);
    // What goes along waits for somebody to decide.
    let name = "        columns:\n          name: { third_party: true }\n          password_hash";
    let map = proposed(MAP).replace("        columns:\n          password_hash", name);
    let case = Case::with(&map).await;
    let (package, ..) = case.package("portability").await;
    let early = case.release(&package).await.expect(409);
    assert_eq!(early.json::<Value>()["reason"], "proposals-open");
}
