//! The cases of the demo: one for each state that a case can be in.

use anyhow::Context;
use serde_json::json;

use super::organisation::Organisation;
use super::people::Person;
use super::story::{Stage, Story};
use crate::domain::event::{ExtensionGround, PauseGround};
use crate::domain::request::{Channel, ClosingGround, Exercised, ObjectionTo};
use crate::domain::right::Right;
use crate::workflow::clock::{self, Pause};
use crate::workflow::closing;
use crate::workflow::closing_grounds::Closing;
use crate::workflow::extension::{self, Extension};

const DAY: i64 = 24;

const fn plain(right: Right) -> Exercised {
    Exercised { right, against: None }
}

fn person(organisation: &Organisation, place: usize) -> anyhow::Result<&Person> {
    organisation.people.get(place).context("a person of the demo")
}

/// Tells all cases of an organisation.
///
/// # Errors
/// When a verb refuses, which would be a fault of the demo.
pub async fn tell(stage: &Stage, organisation: &Organisation) -> anyhow::Result<()> {
    fresh(stage, organisation).await?;
    waiting(stage, organisation).await?;
    late(stage, organisation).await?;
    answered(stage, organisation).await?;
    ended(stage, organisation).await
}

/// Received today, not verified yet, and an urgent objection to marketing.
async fn fresh(stage: &Stage, organisation: &Organisation) -> anyhow::Result<()> {
    let access = vec![plain(Right::Access)];
    let asked = (Channel::Email, access.clone(), "demo-words-which");
    Story::begin(stage, organisation, person(organisation, 3)?, asked, 2).await?;
    let both = vec![plain(Right::Access), plain(Right::Portability)];
    let asked = (Channel::Phone, both, "demo-words-copy");
    let one = person(organisation, 11)?;
    let story = Story::begin(stage, organisation, one, asked, 3 * DAY).await?;
    story.acknowledge(2 * DAY).await?;
    let marketing =
        vec![Exercised { right: Right::Objection, against: Some(ObjectionTo::Marketing) }];
    let asked = (Channel::Web, marketing, "demo-words-stop");
    Story::begin(stage, organisation, person(organisation, 17)?, asked, DAY).await?;
    Ok(())
}

/// Paused on a doubt about who asks, and extended with a reason.
async fn waiting(stage: &Stage, organisation: &Organisation) -> anyhow::Result<()> {
    let erasure = vec![plain(Right::Erasure)];
    let asked = (Channel::Letter, erasure, "demo-words-delete-account");
    let one = person(organisation, 23)?;
    let story = Story::begin(stage, organisation, one, asked, 9 * DAY).await?;
    story.acknowledge(8 * DAY).await?;
    let pause = Pause {
        ground: PauseGround::Identity,
        message: story.message(6 * DAY),
        has_statement: true,
    };
    let words = json!({ "statement": organisation.words("demo-words-other-address") });
    let by = &organisation.handler;
    story
        .act(6 * DAY, by, Some(words), move |conn, ctx, target, written| {
            clock::pause(conn, ctx, target, &pause, written)
        })
        .await?;
    let asked = (Channel::Email, vec![plain(Right::Access)], "demo-words-all-mails");
    let one = person(organisation, 29)?;
    let story = Story::begin(stage, organisation, one, asked, 38 * DAY).await?;
    story.acknowledge(37 * DAY).await?;
    story.verify(36 * DAY).await?;
    let extension = Extension {
        message: story.message(20 * DAY),
        until: None,
        ground: ExtensionGround::Complexity,
        record_late: false,
    };
    let words = json!({ "reason": organisation.words("demo-words-thousands") });
    let by = &organisation.dpo;
    story
        .act(20 * DAY, by, Some(words), move |conn, ctx, target, written| {
            extension::extend(conn, ctx, target, &extension, written)
        })
        .await
}

/// Overdue: nobody told the person anything, and the month is over.
async fn late(stage: &Stage, organisation: &Organisation) -> anyhow::Result<()> {
    let asked = (Channel::InPerson, vec![plain(Right::Rectification)], "demo-words-misspelt");
    let one = person(organisation, 31)?;
    let story = Story::begin(stage, organisation, one, asked, 45 * DAY).await?;
    story.verify(43 * DAY).await
}

/// In review with a package to look at, one that waits for the archive, and one released.
async fn answered(stage: &Stage, organisation: &Organisation) -> anyhow::Result<()> {
    let access = vec![plain(Right::Access)];
    for (place, days, archive, released) in
        [(37, 16, true, false), (41, 12, false, false), (43, 24, true, true)]
    {
        let asked = (Channel::Email, access.clone(), "demo-words-article-15");
        let one = person(organisation, place)?;
        let story = Story::begin(stage, organisation, one, asked, days * DAY).await?;
        story.acknowledge((days - 1) * DAY).await?;
        story.verify((days - 2) * DAY).await?;
        let search = story.search((days - 3) * DAY, archive).await?;
        if archive {
            let package = story.pack((days - 5) * DAY, search, Right::Access).await?;
            if released {
                story.release((days - 7) * DAY, package).await?;
            }
        }
    }
    Ok(())
}

/// Closed after the answer, withdrawn, and passed on to the controller that answers.
async fn ended(stage: &Stage, organisation: &Organisation) -> anyhow::Result<()> {
    let asked = (Channel::Web, vec![plain(Right::Portability)], "demo-words-orders");
    let one = person(organisation, 47)?;
    let story = Story::begin(stage, organisation, one, asked, 60 * DAY).await?;
    story.acknowledge(59 * DAY).await?;
    story.verify(58 * DAY).await?;
    let search = story.search(57 * DAY, true).await?;
    let package = story.pack(50 * DAY, search, Right::Portability).await?;
    story.release(48 * DAY, package).await?;
    let dpo = &organisation.dpo;
    story
        .act(40 * DAY, dpo, None, |conn, ctx, target, written| {
            let closing =
                Closing { ground: ClosingGround::Answered, reminded_on: None, told_on: None };
            closing::close(conn, ctx, target, closing, written)
        })
        .await?;
    let asked = (Channel::Phone, vec![plain(Right::Erasure)], "demo-words-delete");
    let one = person(organisation, 53)?;
    let story = Story::begin(stage, organisation, one, asked, 20 * DAY).await?;
    story.acknowledge(19 * DAY).await?;
    let words = json!({ "reason": organisation.words("demo-words-warranty") });
    let handler = &organisation.handler;
    story.act(18 * DAY, handler, Some(words), closing::withdraw).await?;
    let asked = (Channel::Social, vec![plain(Right::Access)], "demo-words-parcels");
    let one = person(organisation, 59)?;
    let story = Story::begin(stage, organisation, one, asked, 30 * DAY).await?;
    let words = json!({ "reason": organisation.words("demo-words-not-ours") });
    story.act(29 * DAY, dpo, Some(words), closing::forward).await
}
