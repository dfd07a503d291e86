//! Every type of the sources is kept exactly.

use guichet::domain::row::Value::{self, Boolean, Bytes, Json, Null, Number, Text};
use guichet::domain::row::ValueKind;

use super::sources::{Kind, Made, kinds, look};

const MAP: &str = "
systems:
- name: s
  connector: $s
  tables:
  - {table: t, find_by: {no: id}}
";

/// The row whose id is 1, without its id.
async fn row(kind: Kind, sql: &str) -> (Vec<ValueKind>, Vec<Value>) {
    let made = Made::new(kind, sql).await;
    let given = look(MAP, &[("no", "1")], &[("s", &made)]).await;
    assert!(given.found[0].is_complete(), "{:?}", given.found);
    let kept = &given.kept["s"];
    assert_eq!(kept.rows["t"].len(), 1);
    let kinds = kept.columns["t"].iter().skip(1).map(|column| column.kind).collect();
    (kinds, kept.rows["t"][0][1..].to_vec())
}

fn text(text: &str) -> Value {
    Text(text.to_owned())
}

fn number(text: &str) -> Value {
    Number(text.to_owned())
}

fn json(text: &str) -> Value {
    Json(text.to_owned())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn postgresql_types_are_kept_exactly() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let cases: [(&str, &str, ValueKind, Value); 42] = [
        ("int2", "-32768", ValueKind::Integer, number("-32768")),
        ("int8", "9007199254740993", ValueKind::Integer, number("9007199254740993")),
        (
            "numeric",
            "'12345678901234567890.123456789012345678900'",
            ValueKind::Decimal,
            number("12345678901234567890.123456789012345678900"),
        ),
        ("numeric(10,2)", "5", ValueKind::Decimal, number("5.00")),
        ("numeric", "'NaN'", ValueKind::Decimal, text("NaN")),
        ("numeric", "'-Infinity'", ValueKind::Decimal, text("-Infinity")),
        ("float8", "0.1", ValueKind::Float, number("0.1")),
        ("float8", "'1e300'", ValueKind::Float, number("1e+300")),
        ("float8", "'NaN'", ValueKind::Float, text("NaN")),
        ("float8", "'Infinity'", ValueKind::Float, text("Infinity")),
        ("float4", "0.1", ValueKind::Float, number("0.1")),
        ("bool", "false", ValueKind::Boolean, Boolean(false)),
        ("date", "'2026-03-05'", ValueKind::Date, text("2026-03-05")),
        ("date", "'infinity'", ValueKind::Date, text("infinity")),
        ("time", "'10:00:00.123456'", ValueKind::Time, text("10:00:00.123456")),
        ("timetz", "'10:00:00+02'", ValueKind::Text, text("10:00:00+02")),
        ("timestamp", "'2026-03-05 10:00:00'", ValueKind::Timestamp, text("2026-03-05T10:00:00")),
        (
            "timestamptz",
            "'2026-03-05 10:00:00.5+02'",
            ValueKind::TimestampTz,
            text("2026-03-05T08:00:00.5+00:00"),
        ),
        ("timestamptz", "'-infinity'", ValueKind::TimestampTz, text("-infinity")),
        (
            "uuid",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
            ValueKind::Uuid,
            text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ),
        ("json", "'{\"b\": 1.0,  \"a\":[]}'", ValueKind::Json, json("{\"b\": 1.0,  \"a\":[]}")),
        ("jsonb", "'{\"b\":1.0}'", ValueKind::Json, json("{\"b\": 1.0}")),
        ("text", "''", ValueKind::Text, text("")),
        ("text", "NULL", ValueKind::Text, Null),
        ("text", "E'a\\nb\\u00e9\\U0001F600'", ValueKind::Text, text("a\nb\u{e9}\u{1F600}")),
        ("varchar(9)", "'x '", ValueKind::Text, text("x ")),
        ("bytea", "'\\x00ff'", ValueKind::Bytes, Bytes(vec![0, 255])),
        ("bytea", "''", ValueKind::Bytes, Bytes(vec![])),
        ("bytea", "NULL", ValueKind::Bytes, Null),
        ("int4[]", "'{1,NULL,3}'", ValueKind::Json, json("[1,null,3]")),
        ("text[]", "'{\"a,b\",\"\",NULL}'", ValueKind::Json, json("[\"a,b\",\"\",null]")),
        ("int4[]", "'{{1,2},{3,4}}'", ValueKind::Json, json("[[1,2],[3,4]]")),
        (
            "bytea[]",
            "ARRAY['\\x00ff'::bytea, NULL, ''::bytea]",
            ValueKind::Json,
            json("[\"AP8=\",null,\"\"]"),
        ),
        ("jsonb", "'null'", ValueKind::Json, json("null")),
        ("mood", "'sad'", ValueKind::Text, text("sad")),
        ("positive", "7", ValueKind::Integer, number("7")),
        ("positive_again", "8", ValueKind::Integer, number("8")),
        ("int4range", "'[1,5)'", ValueKind::Text, text("[1,5)")),
        ("inet", "'10.0.0.1/8'", ValueKind::Text, text("10.0.0.1/8")),
        ("interval", "'1 year 2 days'", ValueKind::Text, text("1 year 2 days")),
        ("pair", "ROW(1, 'x y')", ValueKind::Text, text("(1,\"x y\")")),
        ("xml", "'<a/>'", ValueKind::Text, text("<a/>")),
    ];
    let (mut declared, mut written) = (String::new(), String::new());
    for (index, (kind, value, _, _)) in cases.iter().enumerate() {
        declared.push_str(&format!(", c{index} {kind}"));
        written.push_str(&format!(", {value}"));
    }
    let sql = format!(
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
         CREATE DOMAIN positive_again AS positive; CREATE TYPE pair AS (a int, b text);
         CREATE TABLE t (id int{declared}); INSERT INTO t VALUES (1{written})"
    );
    let (kinds, values) = row(Kind::Postgresql, &sql).await;
    for (index, (kind, value, declared, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(values[index], wanted, "{kind} {value}");
        assert_eq!(kinds[index], declared, "{kind}");
    }
}

#[tokio::test]
async fn sqlite_values_are_kept_as_what_they_are_whatever_their_column_says() {
    let cases: [(&str, &str, ValueKind, Value); 16] = [
        ("INTEGER", "9223372036854775807", ValueKind::Integer, number("9223372036854775807")),
        ("INTEGER", "'not a number'", ValueKind::Integer, text("not a number")),
        ("INTEGER", "1.5", ValueKind::Integer, number("1.5")),
        ("NUMERIC(10,2)", "0.99", ValueKind::Decimal, number("0.99")),
        ("REAL", "1e300", ValueKind::Float, number("1e300")),
        ("REAL", "9e999", ValueKind::Float, text("Infinity")),
        ("REAL", "-9e999", ValueKind::Float, text("-Infinity")),
        ("TEXT", "''", ValueKind::Text, text("")),
        ("TEXT", "NULL", ValueKind::Text, Null),
        ("NVARCHAR(10)", "'a' || char(0) || 'b'", ValueKind::Text, text("a\0b")),
        ("TEXT", "CAST(x'ff41' AS TEXT)", ValueKind::Text, Bytes(vec![0xff, 0x41])),
        ("BLOB", "x'00ff'", ValueKind::Bytes, Bytes(vec![0, 255])),
        ("BOOLEAN", "1", ValueKind::Boolean, number("1")),
        ("DATETIME", "'2026-03-05 10:00:00'", ValueKind::Timestamp, text("2026-03-05 10:00:00")),
        ("DATE", "'2026-03-05'", ValueKind::Date, text("2026-03-05")),
        ("", "'anything'", ValueKind::Text, text("anything")),
    ];
    let (mut declared, mut written) = (String::new(), String::new());
    for (index, (kind, value, _, _)) in cases.iter().enumerate() {
        declared.push_str(&format!(", c{index} {kind}"));
        written.push_str(&format!(", {value}"));
    }
    let sql = format!("CREATE TABLE t (id{declared}); INSERT INTO t VALUES (1{written})");
    let (kinds, values) = row(Kind::Sqlite, &sql).await;
    for (index, (kind, value, declared, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(values[index], wanted, "{kind} {value}");
        assert_eq!(kinds[index], declared, "{kind}");
    }
}
