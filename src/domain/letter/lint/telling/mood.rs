//! How the words of a sentence are meant: said of the reader, asked of them, left open, or to come.
//! What is asked, left open or to come tells nothing of what is held.

use super::vocabulary as v;

/// How a word is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it is, or was.
    Said,
    /// As it is, in a sentence that says under which condition.
    Hinged,
    /// Somebody is asked for it.
    Asked,
    /// A question, a condition, or what nobody says: "whether", "perhaps", "we cannot confirm".
    Open,
    /// It will be done.
    Coming,
}

/// The mood of each word, from where its clause begins; `begins` says which words begin one.
pub fn moods(words: &[&str], begins: &[bool], is_question: bool) -> Vec<Mood> {
    if is_question {
        return vec![Mood::Open; words.len()];
    }
    let clause = Clause { words, begins };
    let mut mood = Mood::Said;
    let mut given = false;
    let mut all = Vec::with_capacity(words.len());
    let mut reasons = Vec::new();
    for place in 0..words.len() {
        if clause.begins(place) && !(mood != Mood::Said && clause.goes_on(place)) {
            mood = Mood::Said;
        }
        if clause.is(place, v::CAUSES) && clause.gives_reason(place) {
            mood = Mood::Said;
            given = true;
        } else if clause.begins(place) {
            given = false;
        }
        if let Some(next) = clause.mark(place, mood) {
            mood = next;
        }
        all.push(mood);
        reasons.push(given);
    }
    let is_hinged = (0..words.len()).any(|place| clause.hinges(place));
    for (mood, given) in all.iter_mut().zip(reasons) {
        if is_hinged && !given && *mood == Mood::Said {
            *mood = Mood::Hinged;
        }
    }
    all
}

struct Clause<'a> {
    words: &'a [&'a str],
    begins: &'a [bool],
}

impl Clause<'_> {
    fn at(&self, place: usize) -> &str {
        self.words.get(place).copied().unwrap_or_default()
    }

    fn is(&self, place: usize, table: &str) -> bool {
        v::has(table, self.at(place))
    }

    fn begins(&self, place: usize) -> bool {
        self.begins.get(place).copied().unwrap_or_default()
    }

    /// Whether a clause says nothing by itself and goes on with the one before: ", your name, and your
    /// number".
    fn goes_on(&self, place: usize) -> bool {
        let ends = (place + 1..self.words.len()).find(|next| self.begins(*next));
        let clause = place..ends.unwrap_or(self.words.len());
        !clause.clone().any(|it| self.is(it, v::SUBJECTS) || self.is(it, v::BEING))
    }

    /// "But we", and not "nothing but your name".
    fn gives_reason(&self, place: usize) -> bool {
        !self.is(place, "but mais") || self.is(place + 1, v::SUBJECTS)
    }

    /// Whether a condition begins here.
    fn hinges(&self, place: usize) -> bool {
        let next = self.at(place + 1);
        let before = place.checked_sub(1).map_or("", |before| self.at(before));
        match self.at(place) {
            "if" | "si" | "unless" | "when" | "quand" | "lorsque" | "lorsqu" => true,
            "s" => matches!(next, "il" | "ils"),
            "once" | "until" | "before" => self.is(place + 1, "we you your the it this"),
            "as" => next == "soon",
            "in" => next == "case",
            "une" => next == "fois",
            "des" => matches!(next, "que" | "qu" | "lors"),
            "tant" => matches!(next, "que" | "qu") && before != "en",
            "au" => next == "cas",
            "avant" => matches!(next, "de" | "d" | "que" | "qu"),
            "need" => next == "not",
            "should" | "had" | "were" => self.begins(place) && next == "you",
            _ => false,
        }
    }

    /// The mood that begins with this word.
    fn mark(&self, place: usize, mood: Mood) -> Option<Mood> {
        let before = place.checked_sub(1).map_or("", |before| self.at(before));
        if self.hinges(place)
            || self.is(place, v::PERHAPS)
            || self.leaves_open(place)
            || self.reports(place)
        {
            return Some(Mood::Open);
        }
        // "You may", "vous pouvez": what somebody is free to do is asked of nobody else.
        if self.asks(place) {
            return Some(if self.notes(place) { Mood::Said } else { Mood::Asked });
        }
        let is_month = before.starts_with(|it: char| it.is_ascii_digit())
            || v::has("in since until of last on by from", before);
        if self.is(place, v::MAY) && !is_month && !self.is(place + 1, "not see read") {
            return Some(if v::has(v::YOU, before) { Mood::Asked } else { Mood::Open });
        }
        if mood == Mood::Open || mood == Mood::Asked {
            return None;
        }
        (self.is(place, "will shall") || is_french_future(self.at(place))).then_some(Mood::Coming)
    }

    /// "We cannot confirm", "nous ne savons pas": what follows is not said.
    fn leaves_open(&self, place: usize) -> bool {
        let refused = (place.saturating_sub(5)..place).any(|it| self.is(it, v::REFUSING));
        let before = place.checked_sub(1).map_or("", |before| self.at(before));
        // Not to know somebody says something; not to know who they are does not.
        let is_person = before == "know" && self.at(place) == "you";
        v::has(v::SAYING, before) && refused && !is_person
    }

    /// "You say that", "you want": what the reader has said or asked for is theirs.
    fn reports(&self, place: usize) -> bool {
        let mut before = place.saturating_sub(4)..place;
        let reader = before
            .any(|it| self.is(it, "you vous") && (it == 0 || !self.is(it - 1, "nous we to not")));
        let says = self.is(place, v::REPORTING) || self.is(place, v::WISHING);
        says && reader && !self.begins(place)
    }

    fn asks(&self, place: usize) -> bool {
        let next = self.at(place + 1);
        match self.at(place) {
            "please" | "veuillez" => true,
            "can" | "could" | "would" | "will" => next == "you",
            "pouvez" | "pourriez" | "pourrez" => true,
            "you" | "vous" => self.is(place + 1, "can may could prions demandons invitons"),
            "merci" => matches!(next, "de" | "d"),
            "like" | "need" | "want" => next == "to" && self.at(place + 2) == "know",
            "aimerions" | "voudrions" | "souhaitons" | "devons" => next == "savoir",
            "tell" | "let" | "dites" => self.is(place + 1, "us nous"),
            _ => self.is_command(place),
        }
    }

    /// "Send us …", "Joignez …": a verb without a subject, where a clause begins.
    fn is_command(&self, place: usize) -> bool {
        let mut first = place;
        while !self.begins(first) {
            match first.checked_sub(1) {
                Some(before) if self.is(before, v::LEADING) => first = before,
                _ => return false,
            }
        }
        let word = self.at(place);
        let is_french = word.ends_with("ez") && word.len() > 4 && self.at(place + 1) != "vous";
        v::has(v::COMMANDS, word) || is_french || v::has("dites faites", word)
    }

    /// "Please note that", "vous pouvez voir": what follows is there to be seen.
    fn notes(&self, place: usize) -> bool {
        (place..place + 4).any(|it| self.is(it, v::NOTING))
    }
}

/// "chercherons", "sera": by their ends, without the present of verbs in -érer.
fn is_french_future(word: &str) -> bool {
    const ENDS: [&str; 14] = [
        "erons", "irons", "drons", "vrons", "aurons", "ttrons", "erez", "irez", "drez", "vrez",
        "aurez", "era", "ira", "eront",
    ];
    let other = v::has(v::PRESENT, word);
    !other
        && word.len() > 3
        && (ENDS.iter().any(|end| word.ends_with(end))
            || v::has("aura aurai pourra pourrons devra devrons", word))
}
