//! Packages of every sort, each opened and compared with what went in.

mod hostile;
mod parcel;
mod random;
mod shelf;

use guichet::domain::regime::law::Law;
use guichet::domain::right::Right;
use guichet::domain::row::{Value, ValueKind};
use guichet::language::Language;
use guichet::package::contents::{Decision, ExportReason, LeaveOutReason, Outcome, Provided};
use guichet::package::write::write;
use parcel::make;
use shelf::{Hands, Shelf, column, number, plan, reference, text};

/// A shop with customers, orders and payments, as a real answer has it.
fn shop(language: Language, right: Right) -> Shelf {
    let mut shelf = Shelf::new(language, right);
    shelf.system("shop", Outcome::Complete);
    let customer = vec![
        number("7"),
        text("Zoé"),
        text("+33 6 12 34 56 78"),
        text("2026-03-05"),
        Value::Boolean(true),
        number("12.50"),
        text("$argon2id$secret"),
        text("2026-03-05T10:00:00+00:00"),
        Value::Json("{\"vip\": [1, 2.50]}".into()),
        Value::Null,
    ];
    let customers = shelf.table(
        "public.customers",
        &[
            column("id", ValueKind::Integer),
            column("name", ValueKind::Text),
            column("phone", ValueKind::Text),
            column("born_on", ValueKind::Date),
            column("active", ValueKind::Boolean),
            column("balance", ValueKind::Decimal),
            column("password_hash", ValueKind::Text),
            column("seen_at", ValueKind::TimestampTz),
            column("tags", ValueKind::Json),
            column("left_on", ValueKind::Date),
        ],
        vec![customer],
    );
    customers.key = vec!["id".to_owned()];
    customers.columns[6] = plan("password_hash", Decision::Withhold("security".to_owned()));
    customers.columns[1].title = Some("Nom".to_owned());
    customers.columns[5].automated_decision = Some("Score > 3 : crédit refusé".to_owned());
    // A column that the map does not know.
    customers.columns.pop();
    let orders = (1..=45)
        .map(|n| vec![number(&n.to_string()), number("7"), text("10:00:00.5"), number("1e3")])
        .collect();
    let orders = shelf.table(
        "public.orders",
        &[
            column("id", ValueKind::Integer),
            column("customer_id", ValueKind::Integer),
            column("placed_at", ValueKind::Time),
            column("total", ValueKind::Float),
        ],
        orders,
    );
    orders.key = vec!["id".to_owned()];
    orders.references = vec![reference(&["customer_id"], "shop", "public.customers", &["id"])];
    let payments = vec![vec![number("1"), number("99")], vec![number("2"), number("1")]];
    let payments = shelf.table(
        "payments",
        &[column("id", ValueKind::Integer), column("order_id", ValueKind::Integer)],
        payments,
    );
    payments.key = vec!["id".to_owned()];
    payments.references = vec![reference(&["order_id"], "shop", "public.orders", &["id"])];
    shelf
}

#[test]
fn an_ordinary_access_answer_is_whole_and_described() {
    for language in [Language::Fr, Language::En] {
        let parcel = make(&format!("access-{}", language.code()), &shop(language, Right::Access));
        assert_eq!(parcel.json("sources.json")["complete"], true);
        let customers = parcel.resource("data/shop.public-customers.csv");
        assert_eq!(customers["schema"]["primaryKey"], serde_json::json!(["id"]));
        let types: Vec<_> = customers["schema"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["type"].as_str().unwrap())
            .collect();
        assert_eq!(
            types,
            [
                "integer", "string", "string", "date", "boolean", "number", "datetime", "string",
                "date"
            ]
        );
        let orders = parcel.resource("data/shop.public-orders.csv");
        assert_eq!(
            orders["schema"]["foreignKeys"][0]["reference"],
            serde_json::json!({ "resource": customers["name"], "fields": ["id"] })
        );
        // Order 99 is not in the package, so that the reference is not declared.
        let payments = parcel.resource("data/shop.payments.csv");
        assert!(payments["schema"].get("foreignKeys").is_none());
        let table = &parcel.json("sources.json")["systems"][0]["tables"][0];
        assert_eq!(table["withheld"][0]["exemption"], "security");
        assert_eq!(table["not_described"], serde_json::json!(["left_on"]));
        for (path, content) in &parcel.files {
            let content = String::from_utf8_lossy(content);
            assert!(!content.contains("$argon2id$secret"), "{path} shows a withheld value");
        }
    }
}

#[test]
fn the_pages_say_what_the_law_asks() {
    let parcel = make("words", &shop(Language::Fr, Right::Access));
    let index = parcel.text("index.html");
    for words in [
        "7K4M-Q2XD-5",
        "5 mars 2026",
        "7 avril 2026",
        "Maison Exemple &#38; Fils",
        "CNIL",
        "recherche complète",
        "un secret de sécurité",
        "article 79 du RGPD",
        "les 20 premières lignes sur 45",
        "left_on",
        "apostrophe",
        "Zoé &#60;b&#62;O&#39;Brien&#60;/b&#62;",
    ] {
        assert!(index.contains(words), "index.html does not say {words}");
    }
    let facts = parcel.json("information.json");
    let elements = facts["systems"][0]["tables"][0]["elements"].as_array().unwrap();
    let said: Vec<_> = elements
        .iter()
        .map(|element| {
            (element["article"].as_str().unwrap(), element["values"][0].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        said,
        [
            ("15(1)(a)", "Gestion des commandes"),
            ("15(1)(a)", "contrat (article 6, paragraphe 1, point b, du RGPD)"),
            ("15(1)(b)", "identity"),
            ("15(1)(c)", "Colis Express <transporteur>"),
            ("15(1)(d)", "3 ans à compter de last_order_on"),
            ("15(1)(g)", "Vous les avez fournies, ou elles proviennent de votre utilisation."),
            ("15(1)(h)", "balance\u{a0}: Score > 3 : crédit refusé"),
            ("15(2)", "Sans objet\u{a0}: il n’y a pas de tel transfert."),
        ]
    );
    assert_eq!(facts["rights"].as_array().unwrap().len(), 6);
    assert_eq!(facts["complaint"]["authority"]["name"], "CNIL");
}

#[test]
fn another_law_is_not_given_the_articles_of_the_gdpr() {
    for (law, wanted, name) in
        [(Law::Other, None, "other-law"), (Law::UkGdpr, Some("UK GDPR Article 15"), "uk-law")]
    {
        let mut shelf = shop(Language::En, Right::Access);
        shelf.contents.request.law = law;
        let parcel = make(name, &shelf);
        let facts = parcel.json("information.json");
        assert_eq!(
            facts["systems"][0]["tables"][0]["elements"][0]["article"].is_null(),
            wanted.is_none()
        );
        for path in ["index.html", "information.html", "information.json"] {
            let page = parcel.text(path);
            let cites = page.contains("GDPR") || page.contains("Article");
            assert!(cites == wanted.is_some(), "{path} of {name}: {page}");
            assert!(!page.replace("UK GDPR", "").contains("GDPR"), "{path} of {name}: {page}");
        }
        if let Some(wanted) = wanted {
            assert!(parcel.text("index.html").contains(wanted));
            let complaint = facts["complaint"]["text"].as_str().unwrap();
            assert!(
                complaint.contains("complain to us directly: dpo@maison.example"),
                "{complaint}"
            );
        }
    }
}

#[test]
fn a_subject_with_no_rows_gets_a_package_too() {
    let mut shelf = Shelf::new(Language::En, Right::Access);
    shelf.system("shop", Outcome::NothingFound);
    shelf.table("customers", &[column("id", ValueKind::Integer)], Vec::new());
    shelf.system("paper", Outcome::ManualNothingFound);
    let parcel = make("no-rows", &shelf);
    assert_eq!(parcel.text("data/shop.customers.json"), "[]\n");
    assert_eq!(parcel.text("data/shop.customers.csv"), "_row,id\r\n");
    assert!(parcel.text("index.html").contains("No personal data about you was found"));

    let nothing_at_all = make("no-systems", &Shelf::new(Language::Fr, Right::Access));
    assert_eq!(nothing_at_all.json("sources.json")["systems"], serde_json::json!([]));
}

#[test]
fn keys_and_references_are_declared_only_where_they_hold() {
    let mut shelf = Shelf::new(Language::En, Right::Access);
    shelf.system("staff", Outcome::Complete);
    let columns = [
        column("id", ValueKind::Integer),
        column("reports_to", ValueKind::Integer),
        column("code", ValueKind::Text),
    ];
    let people = vec![
        vec![number("1"), Value::Null, text("=a")],
        vec![number("2"), number("1"), text("'=a")],
    ];
    let table = shelf.table("people", &columns, people);
    table.key = vec!["id".to_owned()];
    table.references = vec![reference(&["reports_to"], "staff", "people", &["id"])];
    let columns = [
        column("person", ValueKind::Integer),
        column("line", ValueKind::Integer),
        column("code", ValueKind::Text),
        column("person_as_text", ValueKind::Text),
        column("amount", ValueKind::Decimal),
    ];
    let row = |person: Value, line: &str, code: &str| {
        vec![person, number(line), text(code), text("1"), number("1.0")]
    };
    let lines = vec![
        row(number("1"), "1", "=a"),
        row(number("1"), "2", "'=a"),
        row(number("2"), "1", "=a"),
    ];
    let table = shelf.table("lines", &columns, lines.clone());
    table.key = vec!["person".to_owned(), "line".to_owned()];
    table.references = vec![
        reference(&["person"], "staff", "people", &["id"]),
        reference(&["code"], "staff", "people", &["code"]),
        reference(&["person_as_text"], "staff", "people", &["id"]),
        reference(&["amount"], "staff", "people", &["id"]),
        reference(&["person"], "staff", "nowhere", &["id"]),
        reference(&["missing"], "staff", "people", &["id"]),
    ];
    let orphans = lines.into_iter().chain([row(Value::Null, "1", "")]).collect();
    let table = shelf.table("orphans", &columns, orphans);
    table.key = vec!["person".to_owned(), "line".to_owned()];
    table.references = vec![reference(&["person", "line"], "staff", "lines", &["person", "line"])];
    let table = shelf.table("empty", &columns, Vec::new());
    table.key = vec!["person".to_owned()];
    table.references = vec![reference(&["person_as_text"], "staff", "people", &["code"])];

    let parcel = make("references", &shelf);
    let schema =
        |table: &str| parcel.resource(&format!("data/staff.{table}.csv"))["schema"].clone();
    let people = schema("people");
    assert_eq!(people["primaryKey"], serde_json::json!(["id"]));
    assert_eq!(
        people["foreignKeys"],
        serde_json::json!([
            { "fields": ["reports_to"], "reference": { "resource": "", "fields": ["id"] } }
        ])
    );
    let lines = schema("lines");
    assert_eq!(lines["primaryKey"], serde_json::json!(["person", "line"]));
    let declared: Vec<_> =
        lines["foreignKeys"].as_array().unwrap().iter().map(|key| &key["fields"][0]).collect();
    assert_eq!(declared, ["person", "code"]);
    let orphans = schema("orphans");
    assert_eq!(orphans["primaryKey"], serde_json::json!(["_row"]));
    assert!(orphans.get("foreignKeys").is_none());
    assert_eq!(schema("empty")["primaryKey"], serde_json::json!(["person"]));
}

#[test]
fn portability_selects_columns_and_says_why() {
    for language in [Language::Fr, Language::En] {
        let mut shelf = shop(language, Right::Portability);
        let customers = &mut shelf.contents.systems[0].tables[0];
        customers.columns[0] = plan("id", Decision::Export(ExportReason::Key));
        customers.columns[1] = plan("name", Decision::Export(ExportReason::Given));
        customers.columns[5] = plan("balance", Decision::LeaveOut(LeaveOutReason::Inferred));
        customers.columns[5].provided = Some(Provided::Inferred);
        let payments = &mut shelf.contents.systems[0].tables[2];
        for column in &mut payments.columns {
            column.decision = Decision::LeaveOut(LeaveOutReason::Basis);
        }
        let parcel = make(&format!("portability-{}", language.code()), &shelf);
        assert!(!parcel.names.iter().any(|name| name.contains("payments")));
        assert!(!parcel.text("data/shop.public-customers.json").contains("balance"));
        let selection = parcel.json("portability.json");
        let reasons: Vec<_> = selection["columns"].as_array().unwrap()[..7]
            .iter()
            .map(|c| (c["decision"].as_str().unwrap(), c["reason"].as_str().unwrap()))
            .collect();
        assert_eq!(reasons[0], ("export", "key"));
        assert_eq!(reasons[1], ("export", "given"));
        assert_eq!(reasons[5], ("leave_out", "inferred"));
        assert_eq!(reasons[6], ("withhold", "security"));
        let words =
            if language == Language::Fr { "déduite ou dérivée" } else { "derived or inferred" };
        assert!(parcel.text("index.html").contains(words));
    }
}

#[test]
fn an_incomplete_search_is_said_to_be_incomplete() {
    let mut shelf = shop(Language::En, Right::Access);
    shelf.system("support", Outcome::TimedOut).note = Some("No answer in <b>60 s</b>".to_owned());
    shelf.contents.incomplete_reason = Some("The archive is being moved; the rest follows.".into());
    let parcel = make("incomplete", &shelf);
    let sources = parcel.json("sources.json");
    assert_eq!(sources["complete"], false);
    assert_eq!(sources["systems"][1]["outcome"], "timed_out");
    assert_eq!(sources["incomplete_reason"], "The archive is being moved; the rest follows.");
    let index = parcel.text("index.html");
    assert!(index.contains("This answer is incomplete"));
    assert!(index.contains("The archive is being moved; the rest follows."));
    assert!(index.contains("could not be searched in the time allowed"));
}

#[test]
fn the_same_contents_give_the_same_bytes() {
    let shelf = shop(Language::Fr, Right::Access);
    assert_eq!(make("same", &shelf).bytes, make("same", &shelf).bytes);
}

#[test]
fn a_damaged_or_short_row_file_stops_the_package() {
    let mut shelf = shop(Language::Fr, Right::Access);
    shelf.damage("shop", "public.orders");
    let mut out = Vec::new();
    let error = write(&mut out, &shelf.contents, &mut Hands(&shelf)).unwrap_err();
    assert_eq!(error.to_string(), "damaged row file: it ends too early");
    assert!(zip::ZipArchive::new(std::io::Cursor::new(out)).is_err());

    let mut shelf = shop(Language::Fr, Right::Access);
    shelf.contents.systems[0].tables[1].rows = 46;
    let error = write(Vec::new(), &shelf.contents, &mut Hands(&shelf)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the row file of shop.public.orders holds 45 rows, but the search counted 46"
    );
}
