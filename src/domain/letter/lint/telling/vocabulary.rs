//! The forms by which sentences are judged, in French and English: folded, so without accents,
//! capitals and hyphens; the words of a table stand apart by spaces.

/// Who holds, when data are held.
pub const HOLDERS: &str = "\
    we us our ours company organisation organization search searches system systems database \
    nous notre nos societe entreprise association recherche recherches systeme systemes";

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
    have has had keep keeps kept keeping process processes processed processing collect \
    collected collecting gather gathered gathering compile compiled compiling extract \
    extracted extracting review reviewed reviewing redact redacted redacting read reading find \
    identify identified delete deleted erased destroyed use used avons avions avait ont \
    traitons traite traitent traitees collectons collecte collectees rassemblons rassembler \
    rassemblees extrayons extraire extraites occulter occultons relisons relire lisons lire \
    gardons garde gardees tenons identifie identifions supprime supprimees supprimer efface \
    effacees detruit detruites utilisons utilise trouvons";

/// Words for data as such: that they are somewhere says that they are held.
pub const DATA: &str = "\
    data record records recording recordings row rows entry entries donnee donnees \
    enregistrement enregistrements ligne lignes fiche fiches trace traces";

/// What may be data, or what the reader has just sent.
pub const PAPERS: &str = "\
    file files message messages email emails mail mails call calls information informations \
    detail details dossier dossiers courriel courriels appel appels renseignement \
    renseignements";

/// After these words, data are none of anybody: a data protection officer, a data subject.
pub const COMPOUNDS: &str =
    "protection subject subjects controller controllers request requests portability map breach";

/// What only somebody has who is known.
pub const RELATIONS: &str = "\
    account accounts order orders purchase purchases contract contracts invoice invoices \
    subscription subscriptions membership memberships loyalty loan loans booking bookings \
    payment payments employment payroll visits stay stays delivery deliveries payslip payslips \
    compte comptes commande commandes achat achats contrat contrats facture factures \
    abonnement abonnements adhesion adhesions fidelite emprunt emprunts reservation \
    reservations paiement paiements sejour sejours salaire";

/// What somebody is who is known.
pub const MEMBERS: &str = "\
    customer customers client clients cliente clientes member members subscriber subscribers \
    employee employees patient patients patiente tenant tenants policyholder adherent \
    adherents adherente adherentes abonne abonnes abonnee abonnees salarie salaries salariee \
    locataire locataires assure assuree membre";

/// What may stand between "you are" and what somebody is.
pub const BETWEEN: &str = "\
    not never no longer been a an one of our the still former long current registered known \
    pas plus jamais ete un une de nos notre ancien ancienne l";

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

pub const NOTHING: &str = "nothing anything none rien neant";
pub const NO: &str = "no aucun aucune nul";

/// Words that end what "your" is about.
pub const FUNCTION: &str = "\
    in of to for and or by with that which from on at is are was were not has have de du des d \
    a au aux pour et ou par que qui dans sur est sont request requests demande demandes right \
    droit";

/// What only a person who was a customer has done.
pub const DONE: &str = "\
    bought ordered purchased subscribed rented booked employed worked achete achetee commande \
    souscrit souscrite loue reserve adhere emprunte sejourne travaille";

/// What a person has who is known.
pub const HAVING: &str = "\
    have had hold held own owned keep kept opened avez aviez possedez possediez detenez deteniez \
    ouvert";

/// What a person is who is known, and nobody else.
pub const ENTERED: &str = "\
    registered enrolled employed insured inscrit inscrite inscrits inscrites enregistre \
    enregistree employe employee";

/// Where somebody stands who is known.
pub const PLACES: &str = "\
    database databases file files system systems record records list lists register registers \
    archive archives base bases fichier fichiers systeme systemes registre liste listes \
    registres";

/// Of what follows these, nothing is said yet.
pub const HEDGES: &str = "whether if si unless";

/// Before the reader, these ask.
pub const ASKING: &str = "do did does have had are were should";

/// What the reader has just sent is no find.
pub const RECEIVED: &str = "received read answered recu recus recue lu repondu";
