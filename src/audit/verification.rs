//! Verification: the events as they stand against checkpoints that somebody kept.
//!
//! Two trees grow side by side: one from the events as they stand now, one from the hashes that were
//! stored when they were numbered. Where the second fits a checkpoint and the first does not, the
//! events whose hash differs are the ones that were changed. Where both do not fit, whoever changed
//! the events rewrote the hashes too, and all that is certain is the range between two checkpoints.

use super::checkpoint::Checkpoint;
use super::restoration::Restoration;
use super::tree::{Edge, TreeHash};
use crate::domain::ids::{EventId, RequestId};

/// How many findings are told one by one; all are counted.
pub const TOLD: usize = 100;

/// What is wrong with one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not what was numbered: edited, or put in the place of another.
    Altered,
    /// It was numbered and is gone.
    Gone,
    /// It was numbered for one controller and stands with another.
    Moved,
    /// The sealed words beside it are gone, and the key of the case was not destroyed.
    WordsGone,
    /// The event is whole; what was stored of it is not.
    RecordAltered,
    /// It should have been numbered long ago: put in beside the program, or no worker ran.
    NotNumbered,
    /// It is whole, and the case that it names is nowhere any more: no event removes a case.
    CaseGone,
    /// It is whole, and the case that it names stands with another controller.
    CaseMoved,
}

/// What an event is named by, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// None where it does not read.
    pub event: Option<EventId>,
    /// Its case, as the event itself says it.
    pub case: Option<RequestId>,
    /// The reference of the case as it stands beside the history: nothing proves it.
    pub reference: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// One event. The number counts from 0.
    Event { number: Option<u64>, about: About, fault: Fault },
    /// The numbers from the first to before the second are missing.
    NumbersGone { from: u64, to: u64 },
    /// Between the last checkpoint that fits and the first that does not, something was changed,
    /// and the stored hashes with it.
    Range { from: u64, to: u64 },
    /// A checkpoint was signed for more events than there are: the tail was cut off, or the whole
    /// database put back.
    Short { size: u64, signed: u64 },
    /// Numbered by nobody who has the key.
    NotSigned { from: u64, to: u64 },
    /// The checkpoint of this size beside the events does not open: it was changed there.
    CheckpointAltered { size: u64 },
    /// A restore put the history back to a size; the events from there to before `to`, of which a
    /// checkpoint was kept, are not in it.
    Restored { to: u64, restoration: Restoration },
}

impl Finding {
    /// Where the finding begins; events without a number come last.
    const fn place(&self) -> u64 {
        match self {
            Self::Event { number: Some(number), .. } => *number,
            Self::Event { number: None, .. } => u64::MAX,
            Self::NumbersGone { from, .. }
            | Self::Range { from, .. }
            | Self::NotSigned { from, .. } => *from,
            Self::Short { size, .. } | Self::CheckpointAltered { size } => *size,
            Self::Restored { restoration, .. } => restoration.size,
        }
    }
}

/// An event in its place, as the source holds it.
#[derive(Clone, Debug)]
pub struct Numbered {
    pub number: u64,
    pub about: About,
    /// The hash of the event as it stands now; none when it is gone.
    pub found: Option<TreeHash>,
    /// The hash that was stored when it was numbered.
    pub stored: TreeHash,
    /// What the source itself sees.
    pub fault: Option<Fault>,
    /// Whether it was numbered long after it happened.
    pub is_late: bool,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many events are numbered.
    pub size: u64,
    /// The first findings, by place.
    pub findings: Vec<Finding>,
    /// How many there are.
    pub count: u64,
    /// How many of the kept checkpoints fit, of how many.
    pub fitting: usize,
    pub kept: usize,
    /// The size of the largest checkpoint that fits: up to there the events are proven.
    pub proven: u64,
    /// Events that are too young to be numbered.
    pub unprotected: u64,
    /// Events that were numbered long after they happened.
    pub late: u64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.count == 0
    }
}

/// A checkpoint to hold the tree against.
struct Known {
    size: u64,
    root: TreeHash,
    /// Its place among those that were kept outside; otherwise it stands beside the events, where it
    /// can be taken away or put back, but not forged.
    kept: Option<usize>,
}

/// How a checkpoint fits.
struct Outcome {
    size: u64,
    kept: Option<usize>,
    /// The events as they stand.
    events_fit: bool,
    /// What was stored of them.
    stored_fits: bool,
}

impl Outcome {
    const fn fits(&self) -> bool {
        self.events_fit || self.stored_fits
    }

    const fn is_kept(&self) -> bool {
        self.kept.is_some()
    }
}

/// A verification under way. Events are given in the order of their numbers.
pub struct Verification {
    known: std::iter::Peekable<std::vec::IntoIter<Known>>,
    kept: usize,
    events: Edge,
    stored: Edge,
    next: u64,
    has_gap: bool,
    outcomes: Vec<Outcome>,
    findings: Vec<Finding>,
    count: u64,
    unprotected: u64,
    late: u64,
    /// Each with the number of its event.
    restorations: Vec<(u64, Restoration)>,
}

impl Verification {
    /// Begins with the checkpoints that were kept outside, and those that stand beside the events.
    /// All were opened with the key of the tree.
    #[must_use]
    pub fn new(kept: &[Checkpoint], beside: &[Checkpoint]) -> Self {
        let known = |it: &Checkpoint, kept| Known { size: it.size, root: it.root, kept };
        let given = kept.iter().enumerate();
        let mut all: Vec<Known> = given.map(|(place, it)| known(it, Some(place))).collect();
        all.extend(beside.iter().map(|it| known(it, None)));
        all.sort_by_key(|it| it.size);
        let mut verification = Self {
            kept: kept.len(),
            known: all.into_iter().peekable(),
            events: Edge::new(),
            stored: Edge::new(),
            next: 0,
            has_gap: false,
            outcomes: Vec::new(),
            findings: Vec::new(),
            count: 0,
            unprotected: 0,
            late: 0,
            restorations: Vec::new(),
        };
        verification.compare();
        verification
    }

    /// Takes the next event.
    pub fn take(&mut self, event: Numbered) {
        if event.number < self.next {
            // The same number twice: the database itself forbids it to the program.
            self.find(Finding::NotSigned { from: event.number, to: event.number + 1 });
            self.has_gap = true;
            return;
        }
        if event.number > self.next {
            self.find(Finding::NumbersGone { from: self.next, to: event.number });
            self.has_gap = true;
        }
        self.late += u64::from(event.is_late);
        let fault = match event.found {
            None => Some(event.fault.unwrap_or(Fault::Gone)),
            Some(found) if event.fault.is_none() && found != event.stored => Some(Fault::Altered),
            Some(_) => event.fault,
        };
        if let Some(fault) = fault {
            let number = Some(event.number);
            self.find(Finding::Event { number, about: event.about, fault });
        }
        self.next = event.number + 1;
        // After a gap no root can fit any more, and that is told already.
        if !self.has_gap {
            self.events.append(event.found.unwrap_or(event.stored));
            self.stored.append(event.stored);
            self.compare();
        }
    }

    /// Takes an event that has no number: a young one will get it, an old one should have it.
    pub fn take_unnumbered(&mut self, about: About, is_old: bool) {
        if is_old {
            self.find(Finding::Event { number: None, about, fault: Fault::NotNumbered });
        } else {
            self.unprotected += 1;
        }
    }

    /// Takes note of a checkpoint beside the events that does not open.
    pub fn take_altered_checkpoint(&mut self, size: u64) {
        self.find(Finding::CheckpointAltered { size });
    }

    /// Takes what the event of a number says of a restore.
    pub fn take_restoration(&mut self, number: u64, restoration: Restoration) {
        self.restorations.push((number, restoration));
    }

    /// Ends with what was found.
    #[must_use]
    pub fn end(mut self) -> Report {
        let fitting = self.outcomes.iter().filter(|it| it.is_kept() && it.events_fit).count();
        let proven = self.outcomes.iter().filter(|it| it.events_fit).map(|it| it.size).max();
        let mut left: Vec<Known> = self.known.by_ref().collect();
        self.explain(proven, &mut left);
        let range = self.range();
        self.blame_records();
        let covered = self.outcomes.iter().map(|it| it.size).max().unwrap_or(0);
        if let Some(range) = range {
            self.find(range);
        }
        let largest = left.iter().map(|it| it.size).max().unwrap_or(0);
        if largest > self.next {
            self.find(Finding::Short { size: self.next, signed: largest });
        } else if covered < self.next && !self.has_gap {
            self.find(Finding::NotSigned { from: covered, to: self.next });
        }
        self.findings.sort_by_key(Finding::place);
        Report {
            size: self.next,
            findings: self.findings,
            count: self.count,
            fitting,
            kept: self.kept,
            proven: proven.unwrap_or(0),
            unprotected: self.unprotected,
            late: self.late,
        }
    }

    fn find(&mut self, finding: Finding) {
        self.count += 1;
        if self.findings.len() < TOLD {
            self.findings.push(finding);
        }
    }

    /// Compares the trees with the checkpoints of their present size.
    fn compare(&mut self) {
        while let Some(known) = self.known.next_if(|known| known.size == self.events.size()) {
            self.outcomes.push(Outcome {
                size: known.size,
                kept: known.kept,
                events_fit: self.events.root() == known.root,
                stored_fits: self.stored.root() == known.root,
            });
        }
    }

    /// Takes away the kept checkpoints that a restore explains, and tells it instead.
    ///
    /// The history as it stands must be proven to its end, so that the key signed what the restore
    /// left. A checkpoint is explained when it is of more events than the restore put back, and was
    /// kept before any that is of the restored history: what was signed after a restore and is not
    /// there was lost in another way. Whoever keeps checkpoints keeps them in that order.
    fn explain(&mut self, proven: Option<u64>, left: &mut Vec<Known>) {
        if proven != Some(self.next) {
            return;
        }
        for (number, restoration) in std::mem::take(&mut self.restorations) {
            let after = self.outcomes.iter().filter(|it| it.events_fit && it.size > number);
            let first = after.filter_map(|it| it.kept).min().unwrap_or(usize::MAX);
            let mut to = 0;
            let mut is_lost = |size: u64, kept: Option<usize>| {
                let is_lost = size > restoration.size && kept.is_some_and(|it| it < first);
                to = if is_lost { size.max(to) } else { to };
                is_lost
            };
            self.outcomes.retain(|it| it.fits() || !is_lost(it.size, it.kept));
            left.retain(|it| !is_lost(it.size, it.kept));
            if to > 0 {
                self.find(Finding::Restored { to, restoration });
            }
        }
    }

    /// The range in which events and stored hashes were both changed, if there is one.
    fn range(&self) -> Option<Finding> {
        let misfit = self.outcomes.iter().find(|it| !it.fits())?;
        // Checkpoints beside the events that fit on both sides of one that was kept: the history
        // went another way, signed again after the database was put back. Then only those that
        // were kept tell where it turned.
        let beside_goes_on =
            self.outcomes.iter().any(|it| !it.is_kept() && it.size >= misfit.size && it.fits());
        let before = self
            .outcomes
            .iter()
            .filter(|it| it.size <= misfit.size && it.fits() && (it.is_kept() || !beside_goes_on));
        let from = before.map(|it| it.size).max().unwrap_or(0);
        Some(Finding::Range { from: from.min(misfit.size.saturating_sub(1)), to: misfit.size })
    }

    /// Where the events as they stand fit the next checkpoint, it is what was stored of them that
    /// was changed.
    fn blame_records(&mut self) {
        for finding in &mut self.findings {
            let Finding::Event { number: Some(number), fault, .. } = finding else {
                continue;
            };
            let next = self.outcomes.iter().find(|it| it.size > *number);
            if *fault == Fault::Altered && next.is_some_and(|it| it.events_fit) {
                *fault = Fault::RecordAltered;
            }
        }
    }
}
