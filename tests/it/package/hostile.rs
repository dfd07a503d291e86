//! Values, headers and names that were chosen to break a package.

use guichet::domain::right::Right;
use guichet::domain::row::{Value, ValueKind};
use guichet::language::Language;
use guichet::package::contents::Outcome;

use super::parcel::make;
use super::shelf::{Shelf, column, number, text};

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn hostile_values_and_headers_come_through() {
    let long = "x\u{202e}y,\"é\"\r\n".repeat(80_000);
    let texts = [
        "<script>alert(1)</script>",
        "",
        " ",
        "a,b",
        "say \"hi\"",
        "line\nbreak",
        "crlf\r\nbreak",
        "lone\rcr",
        "tab\there",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        " =1",
        "\"=1",
        "'=1",
        "'quoted'",
        "😀👨‍👩‍👧",
        "שלום עולם",
        "\u{202e}evil\u{202c}",
        "nul\0inside",
        "\0",
        "\u{1}\u{7f}\u{85}",
        "\u{2028}\u{2029}\u{feff}",
        "\u{feff}bom",
        "e\u{301} é",
        "</bdi><img src=x onerror=alert(1)>",
        "{{ 7*7 }}",
        "NULL",
        "null",
        "nan",
        "true",
        "2026-03-05",
        "\u{c}\u{b}",
        "\\",
        "\\\"",
        "a;=1",
        "\u{fffd}\u{10ffff}",
        "  padded  ",
    ];
    let mut shelf = Shelf::new(Language::Fr, Right::Access);
    shelf.system("shop", Outcome::Complete);
    let columns = [
        column("text", ValueKind::Text),
        column("=SUM(A1)", ValueKind::Text),
        column("with \"quotes\", and\r\nbreaks", ValueKind::Integer),
        column(" padded ", ValueKind::Json),
        column("", ValueKind::Bytes),
        column("nul\0<b>", ValueKind::Float),
        column("_row", ValueKind::Boolean),
        column("'=SUM(A1)", ValueKind::Date),
        column("padded", ValueKind::Timestamp),
        column("عمود", ValueKind::Uuid),
    ];
    let rows: Vec<Vec<Value>> = texts
        .iter()
        .enumerate()
        .map(|(n, value)| {
            vec![
                text(value),
                text(value),
                number("-9007199254740993"),
                Value::Json(
                    ["{\"a\":\n \"\\ud800\"}", "[1, 2]", "not json", "-5", "=1"][n % 5].to_owned(),
                ),
                Value::Bytes(vec![251, 240, 0, 255]),
                if n == 3 { text("Infinity") } else { number("-1.50e-300") },
                Value::Boolean(n % 2 == 0),
                text(if n == 4 { "infinity" } else { "2026-03-05" }),
                text("2026-03-05T10:00:00.123456"),
                text("018f3e5a-0000-7000-8000-000000000000"),
            ]
        })
        .collect();
    shelf.table("texts", &columns, rows.clone());
    let large = vec![vec![text(&long)], vec![Value::Bytes(vec![7; 1_000_000])]];
    shelf.table("large", &[column("cell", ValueKind::Text)], large);
    shelf.table(
        "blank",
        &[column("only", ValueKind::Text)],
        vec![vec![Value::Null], vec![text("")], vec![text("x")]],
    );
    let keyed = shelf.table(
        "repeated",
        &[column("id", ValueKind::Integer), column("note", ValueKind::Text)],
        vec![vec![number("1"), text("a")], vec![number("1"), text("b")]],
    );
    keyed.key = vec!["id".to_owned()];
    let same = [column("same", ValueKind::Text), column("same", ValueKind::Text)];
    shelf.table("twins", &same, vec![vec![text("left"), text("right")]]);
    let parcel = make("hostile-values", &shelf);
    let schema = &parcel.resource("data/shop.repeated.csv")["schema"];
    assert_eq!(schema["primaryKey"], serde_json::json!(["_row"]));
    assert_eq!(
        parcel.json("data/shop.twins.json"),
        serde_json::json!([{ "same": "left", "same_2": "right" }])
    );
    assert!(parcel.text("index.html").contains("&#60;script&#62;"));
}

#[test]
fn hostile_names_become_safe_and_stay_distinct() {
    let mut shelf = Shelf::new(Language::En, Right::Access);
    let long = "n".repeat(300);
    let names = [
        "../../etc/passwd",
        "/absolute",
        "CON",
        "a.b",
        "a-b",
        "A.B",
        "caf\u{e9}",
        "cafe\u{301}",
        "",
        "..",
        "a\0b",
        &long,
    ];
    for system in ["../up", "con", "<b>shop</b>"] {
        shelf.system(system, Outcome::Complete);
        for name in names {
            let columns = [column("id", ValueKind::Integer)];
            shelf.table(name, &columns, vec![vec![number("1")]]);
        }
    }
    shelf.system("paper", Outcome::ManualAnswered);
    for (n, name) in names.iter().enumerate() {
        shelf.upload(name, format!("content {n}").as_bytes());
    }
    for name in
        ["../../x.sh", "NUL.txt", "scan.PDF", "SCAN.pdf", "list.csv", "d.json", "\u{202e}fdp.exe"]
    {
        shelf.upload(name, b"a,b\n1\n\"");
    }
    let parcel = make("hostile-names", &shelf);
    assert_eq!(parcel.text("files/paper/passwd"), "content 0");
    assert_eq!(parcel.text("files/paper/x.sh"), "a,b\n1\n\"");
    assert_eq!(parcel.names.iter().filter(|name| name.starts_with("data/")).count(), 72);
}
