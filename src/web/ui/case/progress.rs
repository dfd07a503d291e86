//! How far a case has come, the one thing to do next, and whether its answer has reached the person.

use crate::domain::lifecycle::Status;
use crate::domain::next_step::Stage;
use crate::error::Result;
use crate::language::{Language, date, text_with};
use crate::web::Front;
use crate::web::ui::queue::rows::{NextView, place, standing};
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::named;
use crate::workflow::record::Case;
use crate::workflow::response::{self, Reach};

pub struct Progress {
    pub stages: Vec<StageView>,
    pub next: Option<NextView>,
}

pub struct StageView {
    pub word: String,
    pub current: bool,
    pub passed: bool,
}

/// What stands between the person and an answer.
pub struct Handing {
    /// They have not fetched it, and can until then.
    pub unfetched: Option<String>,
    /// They cannot fetch it any more.
    pub held: bool,
    /// Something was decided of which nothing has told them.
    pub has_untold: bool,
}

/// Looks whether an answer of a case is in the hands of the person.
///
/// # Errors
/// When the database fails.
pub async fn handing(front: &Front, signed: &SignedPage, case: &Case) -> Result<Handing> {
    let (ctx, read) = (front.app.ctx(signed.actor()), case.clone());
    let waits = case.state.status == Status::Answered && !case.state.is_in_hand;
    let found = front.app.read(move |conn| {
        let Reach { handed_out, is_held, .. } = response::reach(conn, &ctx, &read)?;
        let until = handed_out.into_iter().map(|it| it.until).min();
        Ok((until.filter(|_| waits), is_held))
    });
    let (until, held) = found.await?;
    let unfetched = until.map(|until| {
        let day = until.with_timezone(&case.state.rules.time_zone).date_naive();
        let on = date(signed.language, day);
        text_with(signed.language, "case-unfetched", &[("on", &on)])
    });
    Ok(Handing { unfetched, held, has_untold: case.state.has_untold() })
}

/// How far a case has come; what comes next only for those who may do it. A package is built from
/// a search, where there is one.
#[must_use]
pub fn of(language: Language, case: &Case, works: bool, has_search: bool) -> Progress {
    let rights = case.state.rights.iter().map(|right| right.exercised.right);
    let standing = standing(&case.row, case.state.has_reply_to_read(), rights);
    let stage = standing.stage();
    let stages = Stage::ALL.iter().map(|one| StageView {
        word: named(language, "stage", one.name()),
        current: *one == stage,
        passed: *one < stage,
    });
    let next = standing.next_step().filter(|_| works).map(|step| NextView {
        word: named(language, "next", step.name()),
        place: match place(step) {
            "scope" if has_search => "search",
            place => place,
        },
    });
    Progress { stages: stages.collect(), next }
}
