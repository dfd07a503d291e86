//! Words that ask for more of an identity document than the law lets one see.

use super::words::plain;

const DOCUMENTS: [&str; 14] = [
    "identity card",
    "identity document",
    "id card",
    "id document",
    "copy of your id",
    "passport",
    "driving licence",
    "carte d'identité",
    "pièce d'identité",
    "document d'identité",
    "titre d'identité",
    "titre de séjour",
    "passeport",
    "permis de conduire",
];

const COPIES: [&str; 9] = [
    "copy",
    "scan",
    "photo",
    "picture",
    "copie",
    "photocopie",
    "numéris",
    "recto",
    "front and back",
];

/// More than what is needed to see who somebody is.
const WHOLE: [&str; 12] = [
    "full copy",
    "complete copy",
    "whole document",
    "unmasked",
    "front and back",
    "both sides",
    "copie complète",
    "copie intégrale",
    "recto verso",
    "recto-verso",
    "recto et verso",
    "non masqué",
];

/// Ways that are read by others on the way.
const OPEN_WAYS: [&str; 9] = [
    "by e-mail",
    "by email",
    "by mail",
    "to this mail",
    "to this e-mail",
    "par e-mail",
    "par mail",
    "par courriel",
    "à ce courriel",
];

const NEGATIONS: [&str; 12] = [
    "no",
    "not",
    "never",
    "don't",
    "without",
    "ne",
    "n'envoyez",
    "pas",
    "jamais",
    "aucun",
    "aucune",
    "sans",
];

/// Whether a sentence asks for the whole of an identity document, or for a copy by ordinary mail
/// (law.md §3.2). A sentence that says not to is none.
#[must_use]
pub fn asks_for_identity_copy(words: &str) -> bool {
    let text = plain(words);
    let has = |sentence: &str, sayings: &[&str]| sayings.iter().any(|it| sentence.contains(it));
    text.split(['.', ';', '!', '?']).any(|sentence| {
        let mut single = sentence.split(|c: char| !c.is_alphanumeric() && c != '\'');
        let is_negated = single.any(|word| NEGATIONS.contains(&word));
        let by_mail = has(sentence, &COPIES) && has(sentence, &OPEN_WAYS);
        !is_negated && has(sentence, &DOCUMENTS) && (by_mail || has(sentence, &WHOLE))
    })
}

#[cfg(test)]
mod tests {
    use super::asks_for_identity_copy;

    #[test]
    fn s_07_a_copy_of_a_document_is_asked_for_in_words() {
        for (words, expected) in [
            ("Send us a copy of your identity card by e-mail.", true),
            ("Please reply to this e-mail with a scan of your passport.", true),
            ("A full copy of your passport, in the portal.", true),
            ("Une copie recto verso de votre carte d’identité.", true),
            ("Envoyez-nous par courriel une photo de votre pièce d'identité.", true),
            ("Show your identity card at our counter.", false),
            ("Please send no copy of your passport by e-mail.", false),
            ("Une copie de la carte d'identité, masquée, dans le portail.", false),
            ("N'envoyez pas de copie de votre passeport par courriel.", false),
            ("Answer by e-mail with your customer number.", false),
        ] {
            assert_eq!(asks_for_identity_copy(words), expected, "{words}");
        }
    }
}
