//! Words that tell that something is held, and words that ask for more of an identity document than
//! the law lets one see. Many ways of saying so are known, not all: whoever writes is told too.

use super::words::plain;

/// Sayings that tell a reader that there are data of theirs, or that there are none.
const TELLING: [&str; 44] = [
    "we hold",
    "we do hold",
    "we have found",
    "we found",
    "held about you",
    "data about you",
    "records about you",
    "your account",
    "your order",
    "your purchase",
    "your contract",
    "your invoice",
    "your records",
    "your file",
    "your messages",
    "your calls",
    "your subscription",
    "your membership",
    "you are a customer",
    "as a customer",
    "as our customer",
    "customer number",
    "customer since",
    "nothing is held",
    "nous détenons",
    "nous avons trouvé",
    "nous avons retrouvé",
    "nous ne détenons",
    "détenues sur vous",
    "détenues à votre sujet",
    "données vous concernant",
    "votre compte",
    "vos comptes",
    "votre commande",
    "vos commandes",
    "vos achats",
    "votre contrat",
    "vos contrats",
    "votre facture",
    "vos factures",
    "votre abonnement",
    "votre adhésion",
    "vous êtes client",
    "en tant que client",
];

/// The first saying in a text that tells of what is held.
#[must_use]
pub fn telling_words(words: &str) -> Option<&'static str> {
    let text = plain(words);
    TELLING.into_iter().find(|saying| {
        text.match_indices(saying).any(|(place, _)| {
            let before = text.get(..place).and_then(|before| before.chars().next_back());
            before.is_none_or(|letter| !letter.is_alphanumeric())
        })
    })
}

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
    use super::{asks_for_identity_copy, telling_words};

    #[test]
    fn what_is_held_shows_in_words() {
        for (words, expected) in [
            ("We hold 412 rows in three systems.", Some("we hold")),
            ("Vos commandes de 2024 sont archivées.", Some("vos commandes")),
            ("Part of Your  Account was sent.", Some("your account")),
            ("Les données vous concernant sont nombreuses.", Some("données vous concernant")),
            ("Eleven systems, two of them archives read by hand.", None),
            ("Le nombre de demandes reçues ce mois-ci est triple.", None),
            ("Nothing yet.", None),
            ("The fourth request since January, nothing has changed.", None),
        ] {
            assert_eq!(telling_words(words), expected, "{words}");
        }
    }

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
