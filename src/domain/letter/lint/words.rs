//! Whether words were written for a case, or left where somebody meant to write some. A letter that
//! leaves with a prompt in it gives no reason (GDPR Art. 12(4), recital 59).

use crate::domain::letter::template;

/// Words that are a prompt wherever they stand.
const NOWHERE: [&str; 14] = [
    "lorem ipsum",
    "insert reason",
    "insert text",
    "insert the reason",
    "insérer le motif",
    "insérer la raison",
    "insérer le texte",
    "insérer ici",
    "indiquer ici",
    "your text here",
    "reason here",
    "text here",
    "votre texte ici",
    "motif ici",
];

/// Prompts that also stand in sentences which say something ("the form to be completed is enclosed"):
/// one is meant where it begins or ends a sentence by itself, or where it says who is to do it.
const SOMEWHERE: [&str; 12] = [
    "to be completed",
    "to be filled in",
    "to be filled",
    "to be written",
    "to be added",
    "to complete",
    "à compléter",
    "a completer",
    "à préciser",
    "à remplir",
    "à rédiger",
    "à renseigner",
];

/// After these, a prompt that ends a sentence is one.
const LEADS: [&str; 14] = [
    "is", "are", "still", "remains", "reason", "reasons", "text", "est", "sont", "reste",
    "restent", "encore", "motif", "motifs",
];

/// Whoever is to complete what is to be completed; dates and other authors are none of them.
const WRITERS: [&str; 24] = [
    "dpo",
    "the dpo",
    "the handler",
    "handler",
    "the agent",
    "legal",
    "the legal",
    "the lawyer",
    "the team",
    "our",
    "me",
    "us",
    "you",
    "staff",
    "le dpo",
    "la dpo",
    "le service",
    "le juriste",
    "la juriste",
    "l'équipe",
    "l'agent",
    "le gestionnaire",
    "nos",
    "moi",
];

/// Single words that stand for something to be written. Compared without punctuation around them;
/// one in quotation marks is quoted, and says something.
const MARKS: [&str; 7] = ["todo", "fixme", "tbc", "tbd", "tba", "n/a", "asdf"];

/// What may stand in square brackets in a finished sentence.
const BRACKETED: [&str; 6] = ["sic", "pdf", "csv", "json", "zip", "html"];

/// A whole text that says no more than what was asked.
const BARE: [&str; 8] = ["reason", "reasons", "motif", "motifs", "raison", "raisons", "na", "so"];

/// What is wrong with words that must say something: nothing is written, a placeholder was left, or
/// a prompt.
#[must_use]
pub fn wrong_words(words: &str) -> Option<&'static str> {
    if !words.chars().any(char::is_alphanumeric) {
        return Some("letter-missing");
    }
    let text = plain(words);
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let is_left = template::placeholders(words).next().is_some()
        || BARE.contains(&bare)
        || SOMEWHERE.contains(&bare)
        || NOWHERE.iter().any(|prompt| text.contains(prompt))
        || SOMEWHERE.iter().any(|prompt| is_prompt(&text, prompt))
        || words.split_whitespace().any(is_mark)
        || has_gap(words, ('[', ']'), is_square_gap)
        || has_gap(words, ('<', '>'), is_angle_gap);
    is_left.then_some("letter-unfilled")
}

/// As [`wrong_words`], for reasons: fewer than three different real words name no fact of the case.
#[must_use]
pub fn wrong_reason(words: &str) -> Option<&'static str> {
    wrong_words(words).or_else(|| {
        let text = plain(words);
        let apart = text.split(|c: char| !c.is_alphanumeric());
        let mut real: Vec<&str> = apart.filter(|word| is_real(word)).collect();
        real.sort_unstable();
        real.dedup();
        (real.len() < 3).then_some("letter-not-specific")
    })
}

/// In small letters, with single spaces and one kind of apostrophe.
pub(super) fn plain(words: &str) -> String {
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").to_lowercase().replace('\u{2019}', "'")
}

/// Whether a word can be one of French or English: two letters or more, not one letter again and
/// again, and a vowel among them.
fn is_real(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let Some(first) = letters.next() else { return false };
    let differs = letters.any(|letter| letter != first);
    // Every letter beyond ASCII passes: names are written in many scripts.
    differs && word.chars().any(|c| "aeiouy".contains(c) || (c.is_alphabetic() && !c.is_ascii()))
}

/// Whether a prompt stands in a text as one.
fn is_prompt(text: &str, prompt: &str) -> bool {
    text.match_indices(prompt).any(|(place, found)| {
        let before = text.get(..place).unwrap_or_default();
        let after = text.get(place + found.len()..).unwrap_or_default();
        if before.chars().next_back().is_some_and(char::is_alphanumeric)
            || after.chars().next().is_some_and(char::is_alphanumeric)
        {
            return false;
        }
        let begins = before.trim_end().chars().next_back().is_none_or(is_end);
        let ends = after.trim_start().chars().next().is_none_or(is_end);
        let lead = before.split_whitespace().next_back().unwrap_or_default();
        let by = after.trim_start();
        let by = by.strip_prefix("by ").or_else(|| by.strip_prefix("par "));
        let by_us = by.is_some_and(|by| WRITERS.iter().any(|writer| starts_with_word(by, writer)));
        by_us || (begins && ends) || (ends && LEADS.contains(&lead))
    })
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_alphanumeric()))
}

/// What parts sentences, or sets something apart.
const fn is_end(letter: char) -> bool {
    matches!(letter, '.' | ',' | ':' | ';' | '!' | '?' | '(' | ')' | '-' | '–' | '—' | '…' | '*')
}

/// `n/a`, `tbd`, `xxx`.
fn is_mark(word: &str) -> bool {
    let word = word.trim_matches(is_end).to_lowercase();
    let crosses = word.len() >= 3 && word.chars().all(|letter| letter == 'x');
    crosses || MARKS.contains(&word.as_str())
}

/// Whether something between these brackets is a gap to be filled.
fn has_gap(words: &str, (open, close): (char, char), is_gap: fn(&str) -> bool) -> bool {
    let mut parts = words.split(open);
    parts.next();
    let mut inner = parts.filter_map(|part| part.split_once(close).map(|(inner, _)| inner));
    // What is closed further on is markup that somebody quotes.
    inner.any(|inner| is_gap(inner) && !words.contains(&format!("</{inner}>")))
}

/// `[…]`, `[name of the person]`; no `[1]`, `[sic]`, `[2024]`.
fn is_square_gap(inner: &str) -> bool {
    let inner = inner.trim().to_lowercase();
    let says_something = inner.chars().any(|c| c.is_numeric() || c == '@' || c == '/');
    !says_something && !BRACKETED.contains(&inner.as_str())
}

/// `<reason>`, `<…>`; no `<https://…>`, no `a < b and c > d`, no single letter.
fn is_angle_gap(inner: &str) -> bool {
    if matches!(inner, "…" | "..." | "") {
        return true;
    }
    let spaced = inner.starts_with(char::is_whitespace) || inner.ends_with(char::is_whitespace);
    let letters = inner.chars().filter(|c| c.is_alphabetic()).count();
    let plain = inner.chars().all(|c| c.is_alphabetic() || " _-'\u{2019}….".contains(c));
    !spaced && plain && letters >= 2
}

#[cfg(test)]
mod tests {
    use super::wrong_reason;

    #[test]
    fn what_was_left_open_is_told_from_what_was_written() {
        for words in [
            "ToDo write why",
            "Refused. todo: ask legal",
            "The reason is that [name of the customer] asked before.",
            "[…] asked for the fourth time",
            "We refuse because […]",
            "We refuse because [...] and so on",
            "We refuse because <reason> applies here",
            "Refus motivé par <motif du refus> dans ce dossier",
            "xxx xxx xxx",
            "La demande de Xxx est excessive",
            "The request of Mr xxx, is excessive",
            "N/A",
            "Reasons: n/a, see above please",
            "to be completed by the DPO",
            "The reasons are to be completed by our team",
            "Reasons: to be completed",
            "The text is still to be completed.",
            "(to be filled in) before sending",
            "à compléter",
            "À compléter par le DPO avant envoi",
            "Le motif reste à compléter.",
            "Motif : à préciser",
            "Les motifs sont à rédiger.",
            "Lorem ipsum dolor sit amet",
            "Insert reason for the refusal",
            "Insérer le motif du refus",
            "TBC with the legal department",
            "{reference} was refused twice",
        ] {
            assert_eq!(wrong_reason(words), Some("letter-unfilled"), "{words}");
        }
        for words in
            ["aaa bbb ccc", "x y z", "test test test", "qwrt zxcv sdfg", "12 34 56", "Doubt."]
        {
            assert_eq!(wrong_reason(words), Some("letter-not-specific"), "{words}");
        }
        for words in [
            "The fourth request since January, nothing has changed.",
            "It is excessive",
            "The form to be completed is enclosed with this letter.",
            "The migration is to be completed by 31 May.",
            "Nous vous invitons à compléter le formulaire ci-joint.",
            "Il vous aide à préciser votre demande.",
            "Un formulaire à remplir vous est remis.",
            "As the court held [sic] in 2024, this is enough.",
            "See the decision [12] and its annex [PDF].",
            "Write to <dpo@example.org> or see <https://example.org/dpo>.",
            "Only amounts < 50 and > 20 were kept.",
            "{{7*7}} ${x} <b> is kept here",
            "The page held <script>alert(1)</script> and was removed.",
            "The column shows \"N/A\" for your second order.",
            "La colonne affiche «N/A» pour votre commande.",
            "Todos los datos were sent to Toronto.",
            "Under chapter XXXVI of the code we must keep it.",
            "Deux personnes portent ce nom dans nos fichiers.",
            "The reason is that two customers share this name.",
        ] {
            assert_eq!(wrong_reason(words), None, "{words}");
        }
    }
}
