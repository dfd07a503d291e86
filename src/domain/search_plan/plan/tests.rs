//! Plans of the example map, a line per table.

use super::{Columns, Condition, plan};
use crate::domain::inventory::parse::parse;
use crate::domain::search_plan::contacts::plan_contacts;
use crate::domain::search_plan::identifiers::Identifiers;

fn identifiers(pairs: &[(&str, &str)]) -> Identifiers {
    let mut identifiers = Identifiers::default();
    for (kind, value) in pairs {
        identifiers.add(kind, value).unwrap();
    }
    identifiers
}

/// The plan of the example map, a line per table.
fn lines(plan: &super::SearchPlan) -> Vec<String> {
    let mut lines = Vec::new();
    for system in &plan.systems {
        for table in &system.tables {
            lines.push(format!("{}.{} {:?}", system.system, table.table, table.conditions));
        }
    }
    for missed in &plan.not_searched {
        lines.push(format!("not {}.{} {:?}", missed.system, missed.table, missed.needs));
    }
    lines
}

fn example() -> crate::domain::inventory::map::DataMap {
    parse(include_str!("../../inventory/example.yaml")).unwrap().map
}

#[test]
fn ways_within_a_system_stay_there_and_ways_between_systems_carry_values() {
    let plan = plan(&example(), &identifiers(&[("email", "Ana@X.ie"), ("name", "Ana")]));
    assert_eq!(
        lines(&plan),
        [
            "shop.customers [Identified(email ci ×1)]",
            "shop.orders [Within(table 0 on [(\"customer_id\", \"id\")] exact)]",
            "shop.logins [Within(table 0 on [(\"customer_id\", \"id\")] exact)]",
            "support.tickets [Identified(contact_email ci ×1), Identified(cc_email ci ×1), Carried(0)]",
        ]
    );
    assert_eq!(plan.links.len(), 1);
    let groups: Vec<_> = plan.groups.iter().map(|one| (&one.systems, &one.after)).collect();
    let shop = groups.iter().position(|(systems, _)| systems[..] == [0]).unwrap();
    let support = groups.iter().position(|(systems, _)| systems[..] == [1]).unwrap();
    assert!(shop < support && groups[support].1[..] == [shop]);
    assert!(plan.systems[2].waits_for_person() && plan.systems[2].tables.is_empty());
    let Columns::Except { withheld, .. } = &plan.systems[0].tables[0].columns else { panic!() };
    assert!(withheld.contains("password_hash"));
}

#[test]
fn what_the_identifiers_do_not_reach_says_what_would() {
    let pair = identifiers(&[("name", "Ana"), ("birth_date", "1980-01-01")]);
    let found = plan(&example(), &pair);
    assert_eq!(lines(&found)[0], "shop.customers [Identified(name ci ×1 and birth_date exact ×1)]");
    let none = plan(&example(), &identifiers(&[("name", "Ana"), ("phone", "12")]));
    let needs = "[\"customer_no\", \"email\", \"name+birth_date\", \"phone\"]";
    assert_eq!(
        lines(&none),
        [
            format!("not shop.customers {needs}"),
            format!("not shop.orders {needs}"),
            format!("not shop.logins {needs}"),
            format!("not support.tickets {needs}"),
        ]
    );
}

#[test]
fn circles_carry_values_and_systems_in_a_circle_share_a_group() {
    let text = "
systems:
- name: a
  connector: sqlite
  tables:
  - {table: t, find_by: {email: e}, reached_from: [{table: t, on: {boss: id}}, {system: b, table: u, on: {id: t}}]}
  - {table: v, reached_from: {table: t, on: {t: id}}}
- name: b
  connector: sqlite
  tables:
  - {table: u, reached_from: {system: a, table: t, on: {t: id}}}
";
    let plan = plan(&parse(text).unwrap().map, &identifiers(&[("email", "x@y.z")]));
    assert_eq!(
        lines(&plan),
        [
            "a.t [Identified(e ci ×1), Carried(0), Carried(1)]",
            "a.v [Within(table 0 on [(\"t\", \"id\")] exact)]",
            "b.u [Carried(2)]",
        ]
    );
    assert_eq!(plan.groups.len(), 1);
    assert_eq!(plan.groups[0].systems, [0, 1]);
}

#[test]
fn contacts_are_read_without_following_anything() {
    let plan = plan_contacts(&example(), &identifiers(&[("email", "ana@x.ie")]));
    assert_eq!(lines(&plan), ["shop.customers [Identified(email ci ×1)]"]);
    let Columns::Only(columns) = &plan.systems[0].tables[0].columns else { panic!() };
    let wanted = ["email", "phone", "street", "postcode", "city", "contact_changed_at"];
    assert_eq!(columns[..], wanted);
    let plan = plan_contacts(&example(), &identifiers(&[("order_no", "7")]));
    assert!(lines(&plan)[0].starts_with("not shop.customers"));
    let kinds = identifiers(&[("order_no", "7"), ("birth_date", "1980-01-01"), ("email", "x")]);
    assert_eq!(super::unknown_kinds(&example(), &kinds), ["order_no"]);
    let all = super::plan(&example(), &identifiers(&[("email", "secret@x.ie")]));
    assert!(!format!("{:?}", all.systems[0].tables[0].conditions).contains("secret"));
    assert!(matches!(all.systems[0].tables[0].conditions[0], Condition::Identified(_)));
}
