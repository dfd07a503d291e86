//! How PostgreSQL compares a column with values. A value that cannot be of the column's type
//! matches nothing, rather than failing the query: it is sorted out here.

use chrono::NaiveDate;

use super::catalogue::{Family, Folding, PgColumn};
use crate::connectors::links::Tuple;
use crate::connectors::statement::{Dialect, quote};
use crate::domain::inventory::matching::{KELVIN, Match, SIGMA};

/// The dialect. Parameters are `text[]`.
pub struct Postgresql;

/// The left side of a comparison, and the type that the right side is cast to.
struct Side {
    left: String,
    cast: &'static str,
    family: Family,
}

/// `column` folded as [`folded`](crate::domain::inventory::matching::folded) does.
fn folded(column: &PgColumn) -> String {
    let name = format!("{}::text", quote(&column.name));
    let Folding { collation, composes } = column.folding;
    let collate = collation.map_or_else(String::new, |name| format!(" COLLATE {name}"));
    if !composes {
        return format!("lower({name}{collate})");
    }
    let ([kelvin, kept], [last, sigma]) = (KELVIN, SIGMA);
    // Without a collation for every script, the letters of the European ones are named.
    let (upper, lower) = if collation.is_some() { Default::default() } else { letters() };
    format!(
        "translate(lower(normalize(translate({name}, '{kelvin}', '{kept}'), NFC){collate}), \
         '{upper}{last}', '{lower}{sigma}')"
    )
}

/// The capitals of Latin, Greek, Cyrillic and Armenian and their small letters, one for one.
fn letters() -> (String, String) {
    let pairs = ('\u{C0}'..='\u{556}').filter_map(|capital| {
        let mut small = capital.to_lowercase();
        let only = (small.next()?, small.next());
        (only.0 != capital && only.1.is_none()).then_some((capital, only.0))
    });
    pairs.unzip()
}

/// What one compares with.
#[derive(Clone, Copy)]
struct Compared {
    dates: bool,
    ascii: bool,
}

/// Another column, or what is not looked at one by one.
const ANYTHING: Compared = Compared { dates: false, ascii: false };

fn side(column: &PgColumn, how: Match, Compared { dates, ascii }: Compared) -> Side {
    let name = quote(&column.name);
    let text = |left: String| Side { left, cast: "text", family: Family::Text };
    let typed = |cast| Side { left: name.clone(), cast, family: column.family };
    match how {
        // Lower case in the C locale touches A–Z only, and is faster.
        Match::Ci if !ascii => text(folded(column)),
        Match::Ci => text(format!("lower({name}::text COLLATE \"C\")")),
        Match::Digits => text(format!("regexp_replace({name}::text, '[^0-9]', '', 'g')")),
        Match::Exact => match column.family {
            Family::Text => typed("text"),
            Family::PaddedText => typed("bpchar"),
            Family::Integer => typed("int8"),
            Family::Numeric => typed("numeric"),
            Family::Float => typed("float8"),
            Family::Uuid => typed("uuid"),
            Family::Date => typed("date"),
            // A date stands for its whole day: sources keep dates of birth as timestamps.
            Family::Timestamp if dates => {
                Side { left: format!("{name}::date"), cast: "date", family: Family::Date }
            }
            _ => text(format!("{name}::text")),
        },
    }
}

/// The value as the server will read it, or `None` when it cannot be of that type.
fn fitting(family: Family, value: &str) -> Option<String> {
    let fits = match family {
        Family::Integer => return value.parse::<i64>().ok().map(|number| number.to_string()),
        Family::Numeric => is_decimal(value),
        Family::Float => value.parse::<f64>().is_ok_and(f64::is_finite),
        Family::Uuid => return value.parse::<uuid::Uuid>().ok().map(|id| id.to_string()),
        Family::Date => is_date(value),
        _ => !value.contains('\0'),
    };
    fits.then(|| value.to_owned())
}

fn is_date(value: &str) -> bool {
    value.len() == 10 && NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok()
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| {
        (1..=300).contains(&part.len()) && part.chars().all(|one| one.is_ascii_digit())
    };
    numeric(whole) && numeric(fraction)
}

impl Dialect for Postgresql {
    type Column = PgColumn;
    type Bind = Vec<String>;

    fn holds(
        column: &PgColumn,
        how: Match,
        values: &[String],
        binds: &mut Vec<Vec<String>>,
    ) -> String {
        let dates = values.iter().all(|value| is_date(value));
        let ascii = values.iter().all(|value| value.is_ascii());
        let side = side(column, how, Compared { dates, ascii });
        let values: Vec<String> =
            values.iter().filter_map(|value| fitting(side.family, value)).collect();
        if values.is_empty() {
            return "FALSE".to_owned();
        }
        binds.push(values);
        format!("{} = ANY(${}::text[]::{}[])", side.left, binds.len(), side.cast)
    }

    fn is_comparable(column: &PgColumn, values: &[String]) -> bool {
        match column.family {
            Family::Array | Family::BytesArray | Family::Json | Family::Bytes => false,
            // Which day an instant is of depends on where one stands.
            Family::TimestampTz => !values.iter().any(|value| is_date(value)),
            _ => true,
        }
    }

    fn hold_together(
        columns: &[&PgColumn],
        how: Match,
        tuples: &[Tuple],
        binds: &mut Vec<Vec<String>>,
    ) -> String {
        let ascii = tuples.iter().flatten().all(|value| value.is_ascii());
        let with = Compared { dates: false, ascii };
        let sides: Vec<Side> = columns.iter().map(|column| side(column, how, with)).collect();
        let fitting = |tuple: &Tuple| -> Option<Tuple> {
            sides.iter().zip(tuple).map(|(side, value)| fitting(side.family, value)).collect()
        };
        let tuples: Vec<Tuple> = tuples.iter().filter_map(fitting).collect();
        if tuples.is_empty() {
            return "FALSE".to_owned();
        }
        let (mut own, mut arrays, mut names, mut casts) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (index, side) in sides.iter().enumerate() {
            binds.push(tuples.iter().filter_map(|tuple| tuple.get(index).cloned()).collect());
            own.push(side.left.clone());
            arrays.push(format!("${}::text[]", binds.len()));
            names.push(format!("v{index}"));
            casts.push(format!("v{index}::{}", side.cast));
        }
        let (own, arrays, names, casts) =
            (own.join(", "), arrays.join(", "), names.join(", "), casts.join(", "));
        format!("({own}) IN (SELECT {casts} FROM unnest({arrays}) AS v({names}))")
    }

    fn sides(own: &PgColumn, other: &PgColumn, how: Match) -> (String, String) {
        let number = |family| matches!(family, Family::Integer | Family::Numeric | Family::Float);
        let native = own.family == other.family && side(own, how, ANYTHING).family == own.family
            || number(own.family) && number(other.family);
        if how == Match::Exact && native {
            return (quote(&own.name), quote(&other.name));
        }
        if how == Match::Exact {
            let text = |column: &PgColumn| format!("{}::text", quote(&column.name));
            return (text(own), text(other));
        }
        (side(own, how, ANYTHING).left, side(other, how, ANYTHING).left)
    }

    fn filled(column: &PgColumn) -> String {
        let name = quote(&column.name);
        match column.family {
            Family::Text | Family::PaddedText | Family::Other => {
                format!("btrim({name}::text, E' \\t\\n\\r\\f\\x0b') <> ''")
            }
            _ => format!("{name} IS NOT NULL"),
        }
    }

    fn travelling(column: &PgColumn) -> String {
        format!("{}::text", quote(&column.name))
    }

    fn quoted(column: &PgColumn) -> String {
        quote(&column.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{folded, letters};
    use crate::connectors::postgresql::catalogue::{Family, Folding, PgColumn};

    #[test]
    fn a_server_without_a_collation_for_every_script_is_told_the_letters() {
        let (upper, lower) = letters();
        assert_eq!(upper.chars().count(), lower.chars().count());
        let small = |capital| {
            let place = upper.chars().position(|one| one == capital)?;
            lower.chars().nth(place)
        };
        assert_eq!(
            [small('É'), small('Ž'), small('Ω'), small('Ж')].map(Option::unwrap),
            ['é', 'ž', 'ω', 'ж']
        );
        assert!(!upper.contains('\'') && !lower.contains('\''));
        let sql = |collation| {
            let folding = Folding { collation, composes: true };
            folded(&PgColumn { name: "n".to_owned(), family: Family::Text, folding })
        };
        assert!(sql(None).contains('É'));
        assert!(!sql(Some("pg_catalog.pg_c_utf8")).contains('É'));
    }
}
