//! The views of the queue, with how many requests stand in those that press.

use chrono::Days;

use crate::db::queue::{self, COUNT_LIMIT, Filter};
use crate::domain::actor::{Permission, Scope};
use crate::domain::identity::Level;
use crate::error::Result;
use crate::language::{Language, text, text_with};
use crate::web::Front;
use crate::web::queue::{Search, today};
use crate::web::ui::signed::SignedPage;

/// Today and the six days that follow.
const WEEK_DAYS: u64 = 7;

/// One view: a link, and whether it is the one that is shown.
pub struct View {
    pub href: String,
    pub word: String,
    /// The class of the style sheet; the words say the same.
    pub class: &'static str,
    pub current: bool,
}

/// How much presses, counted by the days of each controller, and how much waits for whom.
#[derive(Clone, Copy, Default)]
struct Counts {
    overdue: i64,
    today: i64,
    week: i64,
    unverified: i64,
    awaiting: i64,
    ours: i64,
    extended: i64,
}

/// The views for a reader, with counts of what is overdue, due by today and due within a week; each
/// holds the one before it, as the view that it leads to does.
///
/// # Errors
/// When the database fails.
pub async fn views(front: &Front, signed: &SignedPage, search: &Search) -> Result<Vec<View>> {
    let language = signed.language;
    let (counts, day) = count(front, signed).await?;
    let tomorrow = day.checked_add_days(Days::new(1)).unwrap_or(day).to_string();
    let week = day.checked_add_days(Days::new(WEEK_DAYS)).unwrap_or(day).to_string();
    let pressing = |count: i64, class| if count > 0 { class } else { "" };
    let all = [
        (String::new(), text(language, "view-open"), ""),
        ("assignee=me".to_owned(), text(language, "view-mine"), ""),
        (
            "overdue=true".to_owned(),
            counted(language, "view-overdue", counts.overdue),
            pressing(counts.overdue, "late"),
        ),
        (
            format!("due_before={tomorrow}"),
            counted(language, "view-today", counts.today),
            pressing(counts.today, "soon"),
        ),
        (
            format!("due_before={week}"),
            counted(language, "view-week", counts.week),
            pressing(counts.week, "soon"),
        ),
        ("assignee=nobody".to_owned(), text(language, "view-nobody"), ""),
        ("level=v0".to_owned(), counted(language, "view-unverified", counts.unverified), ""),
        ("waiting_for=us".to_owned(), counted(language, "view-ours", counts.ours), ""),
        ("waiting_for=person".to_owned(), counted(language, "view-awaiting", counts.awaiting), ""),
        ("extended=true".to_owned(), counted(language, "view-extended", counts.extended), ""),
        ("status=answered".to_owned(), text(language, "view-answered"), ""),
        ("status=closed,withdrawn,forwarded".to_owned(), text(language, "view-ended"), ""),
    ];
    let shown = written(search);
    Ok(all
        .into_iter()
        .map(|(query, word, class)| View {
            current: query == shown,
            href: if query.is_empty() { "/".to_owned() } else { format!("/?{query}") },
            word,
            class,
        })
        .collect())
}

fn counted(language: Language, key: &str, count: i64) -> String {
    let count = match count {
        more if more > COUNT_LIMIT => format!("{COUNT_LIMIT}+"),
        count => count.to_string(),
    };
    text_with(language, key, &[("count", &count)])
}

/// What a search asks for, in the order in which the views write it.
fn written(search: &Search) -> String {
    let asked = [
        ("controller_id", &search.controller_id),
        ("right", &search.right),
        ("channel", &search.channel),
        ("reference", &search.reference),
        ("assignee", &search.assignee),
        ("overdue", &search.overdue),
        ("due_before", &search.due_before),
        ("paused", &search.paused),
        ("waiting_for", &search.waiting_for),
        ("extended", &search.extended),
        ("level", &search.level),
        ("status", &search.status),
    ];
    let parts =
        asked.iter().filter_map(|(name, value)| Some(format!("{name}={}", (*value).as_ref()?)));
    parts.collect::<Vec<_>>().join("&")
}

/// The counts over all controllers of a reader, and the latest today among them.
async fn count(front: &Front, signed: &SignedPage) -> Result<(Counts, chrono::NaiveDate)> {
    let scope = signed.member.scope_where(Permission::ReadHistory);
    let now = front.app.now();
    let inner = scope.clone();
    let controllers =
        front.app.read(move |conn| Ok(crate::db::controllers::list(conn, &inner)?)).await?;
    let days: Vec<_> = controllers.iter().map(|it| (it.id, today(front, it))).collect();
    let latest = days.iter().map(|(_, day)| *day).max().unwrap_or_else(|| now.date_naive());
    let counts = front
        .app
        .read(move |conn| {
            let mut counts = Counts::default();
            let open = Filter { open: true, ..Filter::default() };
            let mut all = |filter: Filter| queue::count(conn, &scope, &filter);
            counts.unverified = all(Filter { level: Some(Level::V0), ..open.clone() })?;
            counts.awaiting = all(Filter { awaits_person: Some(true), ..open.clone() })?;
            counts.ours = all(Filter { awaits_person: Some(false), ..open.clone() })?;
            counts.extended = all(Filter { extended: Some(true), ..open.clone() })?;
            for (id, day) in &days {
                let Some(own) = scope.narrowed_to(*id) else { continue };
                let mut found = |filter: &Filter, scope: &Scope| queue::count(conn, scope, filter);
                let overdue = Some((vec![(*id, *day)], now.into()));
                let before = |days| day.checked_add_days(Days::new(days));
                let due = |due_before| Filter { due_before, ..open.clone() };
                counts.overdue += found(&Filter { overdue, ..open.clone() }, &own)?;
                counts.today += found(&due(before(1)), &own)?;
                counts.week += found(&due(before(WEEK_DAYS)), &own)?;
            }
            Ok(counts)
        })
        .await?;
    Ok((counts, latest))
}
