//! Sentences that somebody at a desk wrote and the rule once got wrong, and the mend of it; and fresh ones
//! that were written before that mend was tried on them.

pub const HONEST: [&str; 5] = [
    "We could not open the file that you sent.",
    "We have received three messages from you about this request.",
    "Nous avons bien noté que vous souhaitez l'effacement de votre compte.",
    "Nous conservons vos messages dans ce dossier pendant trois ans.",
    "Votre abonnement de transport n'est pas une preuve d'identité.",
];

pub const TELLING: [&str; 9] = [
    "Nous avons bien vos coordonnées.",
    "Nous n'avons personne de ce nom.",
    "We cannot find anyone of that name.",
    "The address you gave differs from the one we have.",
    "Un code vous a été envoyé à f***@example.net.",
    "We sent the code to the address on file for you.",
    "Votre numéro de téléphone enregistré se termine par 33.",
    "You last shopped with us in May.",
    "Your wife called us about the same account.",
];

pub const FRESH_HONEST_EN: [&str; 15] = [
    "The scan is too dark; could you take it again by daylight?",
    "You have until 12 May to answer this letter.",
    "We understand that you want your profile removed.",
    "Both pages of your letter arrived, but the second one is blank.",
    "Our office is closed between Christmas and New Year.",
    "A library card is not accepted as proof of who you are.",
    "We may have to ask a colleague who works on another floor.",
    "Your call on Tuesday was cut off; please ring again.",
    "This case is kept for five years, and then its key is destroyed.",
    "The form asks for an invoice number, but you can leave that field empty.",
    "You wrote that your contract ended badly; that is not what this office decides.",
    "We sent you a link to this page and nothing else.",
    "If the person died, tell us how you are related to them.",
    "What you attached was not a document but a shortcut to one.",
    "The other company with a similar name is not us.",
];

pub const FRESH_HONEST_FR: [&str; 15] = [
    "La photo est trop sombre ; pouvez-vous la reprendre à la lumière du jour ?",
    "Vous avez jusqu'au 12 mai pour répondre à cette lettre.",
    "Nous comprenons que vous voulez faire supprimer votre profil.",
    "Les deux pages de votre lettre sont arrivées, mais la seconde est blanche.",
    "Notre bureau est fermé entre Noël et le jour de l'an.",
    "Une carte de bibliothèque n'est pas acceptée comme preuve de votre identité.",
    "Nous devrons peut-être interroger une collègue d'un autre étage.",
    "Votre appel de mardi a été coupé ; rappelez-nous, s'il vous plaît.",
    "Ce dossier est gardé cinq ans, puis sa clé est détruite.",
    "Le formulaire demande un numéro de facture, mais vous pouvez laisser ce champ vide.",
    "Vous écrivez que votre contrat s'est mal terminé ; ce n'est pas à ce bureau d'en décider.",
    "Nous vous avons envoyé un lien vers cette page, et rien d'autre.",
    "Si la personne est décédée, dites-nous quel est votre lien avec elle.",
    "Ce que vous avez joint n'est pas un document mais un raccourci vers un document.",
    "L'autre société au nom voisin n'est pas la nôtre.",
];

pub const FRESH_TELLING_EN: [&str; 15] = [
    "The phone number we have for you is out of service.",
    "Your husband is also on our books.",
    "There are two people with your surname in our system.",
    "We checked every list and came up empty.",
    "Your points expire at the end of the year.",
    "The e-mail address in our system is a different one.",
    "You moved out of our building in 2021.",
    "We tried the mobile ending in 48.",
    "We have written off what you still owed.",
    "Our shop in Leeds served you twice.",
    "The birth date you typed does not match ours.",
    "No trace of anyone called Martin.",
    "We stopped sending you the catalogue last year.",
    "Your doctor here has left the practice.",
    "The code went to j•••@example.org.",
];

pub const FRESH_TELLING_FR: [&str; 15] = [
    "Le numéro que nous avons pour vous n'est plus attribué.",
    "Votre mari est aussi dans nos registres.",
    "Deux personnes portant votre nom sont dans notre système.",
    "Nous avons vérifié toutes les listes, sans résultat.",
    "Vos points expirent à la fin de l'année.",
    "L'adresse électronique de notre système est différente.",
    "Vous avez quitté notre résidence en 2021.",
    "Nous avons essayé le portable qui finit par 48.",
    "Nous avons passé en perte ce que vous deviez encore.",
    "Notre boutique de Lille vous a servi deux fois.",
    "La date de naissance saisie ne correspond pas à la nôtre.",
    "Aucune trace de quelqu'un qui s'appelle Martin.",
    "Nous ne vous envoyons plus le catalogue depuis l'an dernier.",
    "Votre médecin chez nous a quitté le cabinet.",
    "Le code est parti à j•••@example.org.",
];
