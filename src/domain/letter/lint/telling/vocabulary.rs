//! The forms by which sentences are judged, in French and English: folded, so without accents,
//! capitals and hyphens; the words of a table stand apart by spaces.

/// Who holds, when data are held.
pub const HOLDERS: &str = "\
    we i us our ours company organisation organization search searches system systems database \
    nous je j notre nos societe entreprise association recherche recherches systeme systemes";

/// Who they are, speaking for themselves.
pub const SPEAKERS: &str = "we nous";

/// What is done to data by whoever has them, whatever else stands there.
pub const HOLDING: &str = "\
    hold holds held holding possess possesses possessed store stores stored storing contain \
    contains contained locate located retrieve retrieved found retain retained archived \
    detenons detient detiennent detenions detenait detenir detenu detenue detenus detenues \
    possede possedons possedent contient contiennent retrouve retrouvee retrouves retrouvees \
    trouve trouvee trouves trouvees stocke stockons stockees conserve conservee conserves \
    conservees conservons disposons dispose archive archivee archivees";

/// What is also done to other things: it tells where the data are the reader's.
pub const HANDLING: &str = "\
    have ai has had shared sold disclosed passed sent given transmis communique vendu partage \
    remis envoye keep keeps kept keeping process processes processed processing collect \
    collected collecting gather gathered gathering compile compiled compiling extract \
    extracted extracting review reviewed reviewing redact redacted redacting read reading find \
    identify identified delete deleted erased destroyed use used avons avions avait ont \
    traitons traite traitent traitees collectons collecte collectees rassemblons rassembler \
    rassemblees extrayons extraire extraites occulter occultons relisons relire lisons lire \
    sort sorting trions trier gardons garde gardees tenons identifie identifions supprime supprimees supprimer efface \
    effacees detruit detruites utilisons utilise trouvons";

/// Words for data as such: that they are somewhere says that they are held.
pub const DATA: &str = "\
    data record records recording recordings row rows entry entries entree entrees donnee donnees \
    enregistrement enregistrements ligne lignes fiche fiches trace traces";

/// What may be data, or what the reader has just sent.
pub const PAPERS: &str = "\
    file files messages emails mails calls information informations details dossier dossiers \
    courriels appels renseignement renseignements application applications candidature \
    candidatures";

/// What comes and goes while a request is answered.
pub const MESSAGES: &str = "messages emails mails courriels";
/// What an identity is proved by.
pub const PROOF: &str = "proof evidence preuve justificatif";

/// After these words, data are none of anybody: a data protection officer, a data subject.
pub const COMPOUNDS: &str =
    "protection subject subjects controller controllers request requests portability map breach";

/// What only somebody has who is known.
pub const RELATIONS: &str = "\
    account accounts order orders purchase purchases contract contracts invoice invoices \
    subscription subscriptions membership memberships loyalty loan loans booking bookings \
    payment payments employment payroll visit visits stay stays delivery deliveries payslip payslips \
    insurance mortgage mortgages resume profile profiles parcel parcels newsletter lease leases tenancy salary treatment appointment \
    appointments policy debt debts pension refund refunds ticket tickets \
    compte comptes commande commandes achat achats contrat contrats facture factures \
    abonnement abonnements adhesion adhesions fidelite emprunt emprunts reservation \
    reservations paiement paiements sejour sejours salaire profil colis bail pret prets passage \
    passages visites rendezvous assurance assurances sinistre sinistres credit credits police dette dettes retraite remboursement billet billets newsletter \
    livraison livraisons embauche licenciement";

/// What somebody is who is known.
pub const MEMBERS: &str = "\
    customer customers client clients cliente clientes member members subscriber subscribers \
    employee employees patient patients patiente tenant tenants policyholder adherent \
    adherents adherente adherentes abonne abonnes abonnee abonnees salarie salaries salariee \
    locataire locataires assure assuree membre";

/// What may stand between "you are" and what somebody is.
pub const BETWEEN: &str = "\
    not never no longer been a an one of our the still former long current registered known \
    best good loyal meilleur meilleurs bon bons fidele fideles indeed already also now pas plus jamais ete un une de nos notre ancien ancienne l bien deja \
    aussi toujours encore partie d";

pub const BEING: &str = "\
    is are was were be been will has have had exist exists existed stand stands lie lies fill \
    fills span spans appear appears est sont etait etaient seront sera ont existe existent \
    figurent occupent remplissent trouvent";

/// The reader as the owner of something.
pub const YOUR: &str = "your votre vos";
pub const YOU: &str = "you yours vous";

/// What stands between data and the reader whom they are about.
pub const ABOUT: &str = "about on of concerning regarding sur de";

/// The same, in words that end with the reader.
pub const ABOUT_YOU: [&[&str]; 15] = [
    &["vous", "concernant"],
    &["vous", "concernent"],
    &["vous", "concerne"],
    &["qui", "vous", "concernent"],
    &["qui", "vous", "concerne"],
    &["that", "concern", "you"],
    &["which", "concern", "you"],
    &["relating", "to", "you"],
    &["related", "to", "you"],
    &["relatives", "a", "vous"],
    &["a", "votre", "sujet"],
    &["a", "votre", "nom"],
    &["de", "votre", "part"],
    &["in", "your", "name"],
    &["under", "your", "name"],
];

/// What a person asks for: data that are asked for need not be there.
pub const ASKED: &str = "\
    request requests requested ask asked asks access copy copies right rights erasure deletion \
    rectification restriction objection portability exercise exercised demande demandes \
    demandez demandee acces copie copies droit droits effacement suppression limitation \
    opposition portabilite exercez exerce protection reclamez";

/// All of it, where it is about the reader.
pub const ALL: &str = "everything anything tout";

/// What whoever makes a request has, or is: it tells of nothing else.
pub const OF_ANYBODY: &str = "\
    request requests question questions message messages mail mails email emails letter letters \
    reply replies answer answers identity right rights document documents proof mandate \
    representative agent lawyer name names surname address addresses signature objection complaint \
    case reference code portal language country passport choice patience understanding help consent \
    interest wish wishes words side part behalf own place receipt browser computer telephone phone \
    mailbox attention time life privacy situation doubt doubts birth town convenience disposal \
    residence withdrawal mind demande demandes courrier courriel \
    courriels lettre lettres reponse reponses identite droit droits justificatif \
    mandat mandataire representant avocat nom prenom adresse adresses opposition \
    reclamation portail langue pays passeport choix comprehension aide \
    consentement interet souhait mots compte recepisse navigateur ordinateur \
    boite temps vie doute doutes naissance ville disposition retrait \
    piece appel appels call calls envoi mot date avis egard";

/// What is done before anything is found, and tells nothing.
pub const SEEKING: &str = "\
    look looked looking search searched searching seek seeking check checking cherchons cherche \
    chercher cherchez chercherons rechercherons recherchons recherche rechercher verifions verifier";

/// What one asks for: whoever has none has nothing to give.
pub const ASKED_OF: &str = "\
    number numbers numero numeros date dates month mois reference references copy copie name nom";

pub const NOTHING: &str = "nothing anything none rien neant";
pub const NO: &str = "no aucun aucune nul";

/// Words that end what "your" is about.
pub const FUNCTION: &str = "\
    in of to for and or by with that which from on at is are was were not has have de du des d \
    a au aux pour et ou par que qui dans sur est sont request requests demande demandes right \
    droit";

/// What only a person who was a customer has done.
pub const DONE: &str = "\
    bought ordered purchased subscribed unsubscribed rented booked employed worked paid signed \
    joined left closed cancelled quit achete achetee commande souscrit souscrite loue reserve \
    adhere emprunte sejourne travaille paye signe quitte resilie cloture desabonne desabonnee \
    rejoint";

/// What is done to somebody who is known.
pub const TREATED: &str = "\
    treated hired employed billed invoiced insured delivered sold lent paid dismissed refunded \
    shipped soigne soignee embauche embauchee facture livre vendu prete licencie licenciee assure \
    rembourse";

/// What the reader has sent now: to sign it or to keep nothing of it tells nothing.
pub const SENT: &str = "\
    request letter message form mandate document documents copy proof what identity demande \
    lettre formulaire mandat piece copie que courrier";

/// What a person has who is known.
pub const HAVING: &str = "\
    have had hold held own owned keep kept opened avez aviez possedez possediez detenez deteniez \
    ouvert";

/// What a person is who is known, and nobody else.
pub const ENTERED: &str = "\
    registered enrolled employed insured hired treated admitted dismissed listed billed inscrit \
    inscrite inscrits inscrites enregistre enregistree employe employee embauche embauchee \
    soigne soignee hospitalise hospitalisee licencie licenciee";

/// Where somebody stands who is known.
pub const PLACES: &str = "\
    database databases file files system systems record records list lists register registers \
    archive archives base bases fichier fichiers systeme systemes registre liste listes \
    registres";

/// What the reader has just sent is no find.
pub const RECEIVED: &str = "received read answered recu recus recue lu repondu";

/// Where somebody stands, or does not.
pub const STANDING: &str = "\
    are were appear appears figure figures feature stands etes etiez figurez figure apparait \
    apparaissez";
pub const IN: &str = "in from among within on dans parmi sur";
/// What anybody is reached by.
pub const REACHED: &str =
    "address name phone number email adresse nom telephone numero courriel coordonnees";
/// How a part of it is named.
pub const ENDING: &str = "ends ending finit finissant termine terminant";
/// What somebody does who has or knows nobody.
pub const HAVING_SOMEBODY: &str = "have find know avons trouvons connaissons";
pub const CALLED: &str = "called named nomme nommee appele appelee";
pub const HERE: &str = "anywhere nowhere nulle part chez ici";

/// What anybody may type, and a reader could try out.
pub const ANCHORS: &str = "\
    name address email number phone day birth naissance nom adresse courriel mail numero telephone jour";
pub const THIS: &str = "this that the same your ce cet cette l le la meme votre";

/// Whoever has these has them of somebody.
pub const POSSESSING: &str = "\
    have got hold keep kept held stored avons detenons gardons conservons possedons retrouve trouve \
    found";
pub const ABOUT_VERBS: &str = "concerning about regarding concernant";

/// How somebody knows what is in the files.
pub const SEEING: &str = "have see read find avons voyons vois lisons trouvons";
/// That a search failed.
pub const FAILED: &str = "not cannot unable failed pas pu jamais never";
/// What a file does that has something in it.
pub const CONTAINING: &str = "has have contains holds fills compte comptent contient comprend";

/// Who says or does something, in a clause of its own.
pub const SUBJECTS: &str = "we i you it they he she there nous vous il elle ils elles on je";
/// What gives a reason is said.
pub const CAUSES: &str = "because but car parce puisque mais";
/// What leaves it open.
pub const PERHAPS: &str =
    "whether perhaps maybe pourrait pourraient aurait auraient auriez peutetre peut would";
pub const MAY: &str = "may might could can";
/// What is not said, nor known, leaves open what follows.
pub const REFUSING: &str = "not neither nor cannot without unable never ne n ni pas sans jamais";
pub const SAYING: &str = "\
    say tell confirm deny know reveal disclose dire confirmer infirmer savoir savons reveler";
/// What stands before a command, where a clause begins.
pub const LEADING: &str = "and or then also either simply just kindly et ou puis ainsi so donc";
pub const COMMANDS: &str = "\
    send give tell provide write add attach enclose quote name show state indicate mention include \
    bring hand upload reply answer let describe specify fill enter use choose check call mask cover \
    type join pick present produce";
/// After these nothing is asked: it is there to be seen.
pub const NOTING: &str = "\
    note aware assured remember see find read view consult noter sachez notez voir trouver \
    consulter lire retrouver voyez trouvez";
/// Verbs of today whose end is that of the future.
pub const PRESENT: &str = "\
    considerons gerons operons esperons recuperons liberons preferons considerez gerez esperez \
    recuperez preferez retirons tirons retirez tirez montrez";

/// Short forms, and the long ones.
pub const SPELLED: [(&str, &str); 29] = [
    ("\n\n", "."),
    ("\n- ", "."),
    ("\n", " "),
    ("s'il vous plait", ""),
    ("s'il te plait", ""),
    ("can't", "can not"),
    ("won't", "will not"),
    ("n't ", " not "),
    ("cannot", "can not"),
    ("'ve ", " have "),
    ("'re ", " are "),
    ("'ll ", " will "),
    ("there's", "there is"),
    ("il se peut", "peutetre"),
    ("peut-etre", "peutetre"),
    ("-nous", " nous"),
    ("-vous", " vous"),
    ("-moi", " moi"),
    ("-ce ", " ce "),
    ("-il", " il"),
    ("-le ", " le "),
    ("-le-", " le "),
    ("-les ", " les "),
    ("-lui", " lui"),
    ("-la ", " la "),
    ("-en ", " en "),
    ("-t-", " "),
    ("a condition que", "si"),
    ("a moins que", "si"),
];

/// Whether a word stands in a table.
pub fn has(table: &str, word: &str) -> bool {
    !word.is_empty() && table.split(' ').any(|one| one == word)
}

/// What was before the request.
pub const EARLIER: &str =
    "last previous earlier no any had never dernier precedent aucun eu jamais";

/// What somebody who is known may have done, and a caller too.
pub const CAME: &str = "came visited stayed venu venue";

/// What the reader says.
pub const REPORTING: &str = "\
    say said tell told claim claimed mention mentioned write wrote state stated dites affirmez \
    indiquez ecrivez evoquez mentionnez dit ecrit indique affirme evoque mentionne";
/// What the reader wishes.
pub const WISHING: &str = "\
    want wanted wish wished ask asked souhaitez souhaitiez voulez vouliez desirez demandez demande";
/// Whether somebody is known.
pub const KNOWN: &str = "unknown known familiar inconnu inconnue connu connue familier familiere";

/// What stands between who does something and what is done.
pub const SKIPPED: &str = "\
    have has had not never also already only ever just still do did are were was been be to you vous \
    avons avions avez aviez sommes etes etiez ete ne n pas jamais deja aussi bien encore l le la les y en nous \
    me last since therefore now again recently a as ont always often";
/// What is done to answer a request.
pub const CASEWORK: &str = "\
    answer answered reply replied ask asked receive received read need needed tell told write wrote \
    written inform informed regret thank understand understood extend extended process processed \
    confirm confirmed verify verified check checked call called send sent give given help refuse \
    refused accept accepted close closed know cannot can will may must would could should remind \
    reminded let invite invited see explain explained want wish believe think hope owe compare \
    compared find look looked treat protect advise offer offered apologise show shown doubt repondons \
    repondrons repondu demandons demande recu recevons lu lisons avons informons informe regrettons \
    remercions comprenons compris prolongeons prolonge traitons confirmons confirme verifions verifie \
    appelons appele rappelons rappele rappellerons envoyons envoye donnons donne aidons refusons refuse \
    acceptons accepte cloturons savons pouvons devons ecrivons ecrit disons dit dirons prions invitons \
    expliquons explique voulons souhaitons esperons croyons pensons comparons ferons ferons proposons \
    propose montrons montre doutons doute contactons contacte contact contacted tenons tiendrons serons \
    posons pose adressons adresse joignons conseillons assurons cherchons cherche demanderons signalons \
    note noted aimerions faisons fait presentons avertirons previendrons require request requested agree must";
/// What is done to make a request, or to go on with it.
pub const REQUESTING: &str = "\
    asked named received called mentioned objected requested replied answered stated confirmed \
    indicated claimed exercised signed attached used opened chosen wanted mailed contacted complained \
    withdrew referred showed pointed explained provided entitled protected concerned allowed required \
    obliged invited needed expected proved stated informed sent gave given wrote written told said \
    typed entered made done chose demande donnee donne envoye envoyee indique indiquee appele exerce nomme cite precise \
    montre mentionne prouve adresse confirme signale depose presse cense priee prie prie invite concerne \
    concernee oblige obligee repondu ecrit dit recu joint fourni retire transmis choisi fait lu saisi connecte \
    entered noted masked missed waited talked spoken discussed";
/// Past forms that have no end of their own.
pub const IRREGULAR: &str = "\
    took went got bought left made came lost sold won filme achete pris eu perdu vendu connecte rejoint \
    demenage change travaille consulte utilise gagne participe assiste";

/// Nouns that are verbs in French, too, and what stands before the noun.
pub const VERBS_TOO: &str = "compte commande facture livre";
pub const DETERMINERS: &str = "\
    un une le la l ce cet cette de d du votre aucun aucune autre nouveau nouvelle derniere premiere \
    ancien vieux";
