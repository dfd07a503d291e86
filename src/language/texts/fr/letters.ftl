# Les lettres d'un dossier. letter-text-<lettre> est le texte standard ; chaque variable est un emplacement.
letter-name-ack = Accusé de réception
letter-name-idreq = Demande d'éléments d'identification
letter-name-clar = Demande de précisions
letter-name-resume = Reprise du délai
letter-name-ext = Prolongation du délai
letter-name-access = Réponse à la demande d'accès
letter-name-port = Remise des données (portabilité)
letter-name-refuse = Refus motivé
letter-name-refuse-p = Refus partiel
letter-name-noid = Identification impossible
letter-name-notctrl = Réorientation
letter-name-noreply = Clôture faute de réponse
letter-name-close-w = Retrait de la demande
letter-name-breach-p = Information sur une violation de données

letter-delivery-portal = dans le portail
letter-delivery-registered_letter = lettre recommandée
letter-delivery-counter = au guichet
letter-state-draft = brouillon
letter-state-sent = envoyée
letter-state-void = abandonnée

# Ce qui entoure chaque texte.
letter-frame-reference = Notre référence
letter-frame-received = Votre demande reçue le
letter-frame-rights = Droit concerné
letter-frame-contact = Contact pour la protection des données
letter-frame-acting-for = pour { $person }

# Les textes standard.
letter-text-ack =
    { $salutation }

    Nous avons reçu votre demande le { $received_on }. Merci d'indiquer la référence { $reference } quand vous nous écrivez.

    Voici ce que nous avons compris :
    { $understood }

    { $clock }

    { $identity }

    La suite :
    { $next_steps }

    { $processing }
letter-text-idreq =
    { $salutation }

    Nous traitons la demande que nous avons reçue le { $received_on }. Avant de répondre, nous devons nous assurer d'écrire à la bonne personne.

    Pourquoi nous avons un doute :
    { $doubt }

    Vous pouvez choisir l'un de ces moyens :
    { $options }

    Masquez ce dont nous n'avons pas besoin :
    { $masking }

    Comment nous répondre en sécurité :
    { $secure_channel }

    { $deletion }

    { $pause }

    { $again }
letter-text-clar =
    { $salutation }

    Nous traitons la demande que nous avons reçue le { $received_on }. Pour trouver ce qui compte pour vous, nous aimerions vous poser une question.

    Pourquoi nous la posons :
    { $volume }

    Vous pouvez choisir parmi ce qui suit :
    { $choices }

    { $everything }

    { $pause }

    { $again }
letter-text-resume =
    { $salutation }

    Nous avons reçu le { $replied_on } ce que nous vous avions demandé. Merci. { $reply_received }

    { $clock }
letter-text-ext =
    { $salutation }

    Nous avons reçu votre demande le { $received_on }. Il nous faut plus de temps pour y répondre complètement.

    Nos raisons :
    { $reasons }

    { $clock }

    Ce que vous avez déjà reçu :
    { $provided }

    { $complaint }

    { $remedy }
letter-text-access =
    { $salutation }

    Voici notre réponse à la demande d'accès que nous avons reçue le { $received_on }.

    { $findings }

    Pourquoi nous utilisons vos données :
    { $purposes }

    Les catégories de données :
    { $categories }

    Qui les a reçues ou les recevra :
    { $recipients }

    Combien de temps nous les conservons :
    { $storage }

    D'où elles viennent :
    { $source }

    Décisions automatisées :
    { $automated_decisions }

    Transferts vers des pays tiers :
    { $transfers }

    Ce que nous n'avons pas communiqué, et pourquoi :
    { $withheld }

    { $rights_information }

    { $complaint }

    { $remedy }
letter-text-port =
    { $salutation }

    Voici notre réponse à la demande de portabilité que nous avons reçue le { $received_on }.

    Ce qui est inclus :
    { $scope }

    Ce qui n'est pas inclus :
    { $excluded }

    Format :
    { $format }

    Comment lire les fichiers :
    { $dictionary }

    Transfert à un autre organisme :
    { $transfer }
letter-text-refuse =
    { $salutation }

    Nous avons examiné la demande que nous avons reçue le { $received_on }. Nous ne pouvons pas y donner suite, pour les raisons suivantes.

    { $reasons }

    { $complaint }

    { $remedy }
letter-text-refuse-p =
    { $salutation }

    Nous avons examiné la demande que nous avons reçue le { $received_on }. Nous y donnons suite en partie.

    Ce que nous faisons :
    { $provided }

    Ce que nous ne faisons pas, et pourquoi :
    { $reasons }

    { $complaint }

    { $remedy }
letter-text-noid =
    { $salutation }

    Nous ne pouvons pas savoir quelles données sont les vôtres, ni donc donner suite à la demande que nous avons reçue le { $received_on }.

    Pourquoi nous ne pouvons pas vous identifier :
    { $demonstration }

    Ce qui nous aiderait :
    { $helpful_details }

    { $complaint }

    { $remedy }
letter-text-notctrl =
    { $salutation }

    Nous avons examiné le { $sent_on } la demande que nous avons reçue le { $received_on }. Nous ne sommes pas l'organisme qui décide de ces données.

    Qui en décide :
    { $actual_controller }

    Ce que nous avons fait de votre demande :
    { $forwarding }
letter-text-noreply =
    { $salutation }

    Nous avons reçu votre demande le { $received_on }. Nous vous avons posé une question le { $asked_on } et vous l'avons rappelée le { $reminded_on }. { $unanswered }

    Pourquoi nous ne pouvions pas continuer sans votre réponse :
    { $reasons }

    { $reopening }

    { $complaint }

    { $remedy }
letter-text-close-w =
    { $salutation }

    Nous confirmons que vous avez retiré la demande que nous avons reçue le { $received_on }. Nous l'avons clôturée.

    Ce que vous nous avez dit :
    { $withdrawn }

    { $reopening }

letter-text-breach-p =
    { $salutation }

    Nous vous écrivons parce qu'un incident a touché des données qui vous concernent. Nous vous disons ce qui s'est passé, ce que cela peut entraîner pour vous, et ce que vous pouvez faire.

    Ce qui s'est passé :
    { $nature }

    Ce que cela peut entraîner pour vous :
    { $consequences }

    Ce que nous avons fait, et ce que vous pouvez faire :
    { $measures }

    La personne chargée chez nous de la protection des données répond à vos questions : { $contact }. Merci de rappeler la référence { $reference }.

    { $complaint }

# Phrases de la loi, et faits.
letter-salutation = Bonjour { $name },
letter-salutation-none = Madame, Monsieur,
letter-identity-settled = Vous n'avez plus à prouver votre identité : elle est établie.
letter-identity-open = Si nous avons un doute sur votre identité, nous vous dirons pourquoi et ne vous demanderons que le nécessaire.
letter-identity-asked = Nous vous avons demandé de confirmer votre identité. Merci de répondre d'abord à cette question.
letter-identity-verification = Avant de répondre, nous comparons ce que vous nous avez donné avec ce que nous savons de vous. Le délai de réponse court pendant ce temps.
letter-processing = Nous utilisons les données de votre demande pour y répondre et pour pouvoir le prouver. Écrivez à { $contact } pour toute question à ce sujet.
letter-pause-suspend = Le délai de réponse est suspendu à partir d'aujourd'hui, { $date }, jusqu'à ce que nous recevions une réponse qui nous permette de continuer.
letter-pause-suspended = Le délai de réponse est suspendu depuis le { $date } et le reste jusqu'à ce que nous recevions une réponse qui nous permette de continuer.
letter-pause-restart-identity = Le mois dont nous disposons pour répondre commence quand nous recevons ces éléments.
letter-pause-restart-other = Les jours à partir d'aujourd'hui, { $date }, et jusqu'à votre réponse ne comptent pas dans le délai de réponse à une demande d'accès.
letter-pause-restart-since = Les jours depuis le { $date }, date de notre première question, et jusqu'à votre réponse ne comptent pas dans le délai de réponse à une demande d'accès.
letter-pause-none = Le délai de réponse continue de courir. Si nous ne pouvons pas continuer sans votre réponse, nous devrons peut-être refuser votre demande.
letter-clock-runs = Nous prévoyons de vous répondre au plus tard le { $due }. La loi nous impose de répondre au plus tard le { $legal }.
letter-clock-resumed = Nous reprenons le traitement de votre demande. Nous prévoyons de vous répondre au plus tard le { $due }. La loi nous impose de répondre au plus tard le { $legal }.
letter-clock-extended = Vous aurez notre réponse au plus tard le { $until }.
letter-clock-extended-waiting = Nous prolongeons le délai de réponse. Sans compter le temps pendant lequel il est suspendu, il prend fin le { $until }. Nous vous dirons la date exacte quand nous aurons votre réponse.
letter-clock-waits = Le délai de réponse est suspendu : il attend votre réponse à notre question du { $date } ({ $question }).
letter-clock-waits-in-part = Pour une partie de votre demande, le délai de réponse attend votre réponse à notre question du { $date } ({ $question }).
letter-question-identity = qui vous êtes
letter-question-clarification = ce que vous demandez
letter-question-fee = les frais
letter-days = { $first } et le { $next }
letter-unanswered = Sans réponse de votre part, nous clôturons votre demande.
letter-unanswered-enough = Ce que nous avons reçu de vous le { $date } ne nous permet pas de continuer, et nous n'avons rien reçu d'autre depuis. Nous clôturons donc votre demande.
letter-deletion = Nous effaçons ce que vous nous envoyez à cette fin dès que nous l'avons vérifié. Nous notons seulement que la vérification a eu lieu.
letter-everything = Vous pouvez aussi demander tout ce que nous avons sur vous. Rien ne vous oblige à choisir, ni à donner une raison.
letter-rights-information = Vous pouvez nous demander de rectifier ou d'effacer vos données, d'en limiter l'usage, et vous pouvez vous opposer à cet usage.
letter-authority = { $name }, { $address }, { $website }
letter-complaint = Si vous estimez que vos droits ne sont pas respectés, vous pouvez introduire une réclamation auprès de l'autorité de contrôle : { $authority }.
letter-complaint-residence = Vous pouvez aussi vous adresser à l'autorité de l'État où vous résidez : { $authority }.
letter-complaint-several = L'État où vous résidez a plusieurs autorités, le plus souvent une par région. Pour trouver celle qui est compétente pour vous, vous pouvez vous adresser à l'autorité fédérale : { $authority }.
letter-complaint-choice = Vous pouvez choisir l'autorité de l'État où vous résidez, où vous travaillez, ou dans lequel la violation aurait été commise (article 77 du RGPD).
letter-complaint-first = Vous pouvez aussi nous adresser directement une réclamation : { $contact }. Nous en accusons réception dans les 30 jours.
letter-remedy = Vous pouvez également former un recours devant la juridiction compétente.
letter-remedy-european = Vous pouvez également former un recours juridictionnel devant la juridiction compétente (article 79 du RGPD).
letter-reopening = Vous pouvez à tout moment nous demander de reprendre votre demande. Écrivez à { $contact } en indiquant la référence { $reference }.
letter-not-applicable = Sans objet.
letter-reason-of-right = { $right } : { $ground }. { $reason }

# Ce qu'un nouveau brouillon propose, à modifier par une personne.
letter-proposed-understood = Vous exercez ce droit : { $rights }.
letter-proposed-next_steps = Nous cherchons dans nos systèmes ce qui répond à votre demande, vérifions le résultat et vous envoyons notre réponse.
letter-proposed-options =
    - nous donner un détail que personne d'autre ne peut connaître
    - nous laisser vous rappeler à un numéro de téléphone qui nous aurait été donné avant votre demande
    - passer à notre guichet
letter-proposed-masking = Si vous nous montrez une pièce, masquez la photo, le numéro, et tout sauf votre nom et ce que nous demandons.
letter-proposed-secure_channel = Répondez dans le portail où vous suivez votre demande. N'envoyez pas de pièce par e-mail ordinaire.
letter-proposed-nothing-yet = Rien pour l'instant.
letter-proposed-format = Fichiers JSON et CSV, dans une archive ZIP.
letter-proposed-dictionary = Le fichier datapackage.json de l'archive décrit chaque table et chaque colonne.
letter-proposed-scope = Les données que vous nous avez données, et celles qui sont nées de votre utilisation de nos services.
letter-proposed-excluded = Les données que nous avons nous-mêmes déduites, comme des scores ou des appréciations.
letter-proposed-transfer = Vous pouvez remettre ces fichiers à un autre organisme. Dites-nous si vous souhaitez que nous les lui envoyions directement.

# Les parties d'une lettre, telles que les nomment les formulaires et les constats.
letter-part-reference = la référence
letter-part-received_on = la date de réception
letter-part-sent_on = la date d'envoi
letter-part-rights = le droit concerné
letter-part-salutation = la formule d'appel
letter-part-controller = le nom de l'organisme
letter-part-contact = le contact pour la protection des données
letter-part-due_on = la date de la réponse
letter-part-legal_on = la limite légale
letter-part-replied_on = la date de la réponse de la personne
letter-part-until = la nouvelle date
letter-part-asked_on = la date de la question
letter-part-reminded_on = la date du rappel
letter-part-identity = si l'identité est établie
letter-part-processing = ce que deviennent les données de la demande
letter-part-pause = l'effet sur le délai
letter-part-clock = les dates du délai, ou ce qu'il attend
letter-part-unanswered = qu'aucune réponse suffisante n'est venue
letter-part-deletion = la promesse d'effacer
letter-part-everything = que la personne peut toujours tout demander
letter-part-rights_information = les autres droits
letter-part-complaint = la réclamation auprès de l'autorité
letter-part-remedy = le recours juridictionnel
letter-part-reopening = comment faire reprendre la demande
letter-part-understood = ce qui a été compris
letter-part-next_steps = la suite
letter-part-doubt = pourquoi il y a un doute
letter-part-options = les moyens au choix, les moins intrusifs d'abord
letter-part-masking = ce qu'il faut masquer
letter-part-secure_channel = le moyen sûr de répondre
letter-part-again = pourquoi nous demandons à nouveau
letter-part-volume = qu'il y a beaucoup de données
letter-part-choices = les choix, un par ligne
letter-part-reply_received = ce qui a été reçu
letter-part-reasons = les faits et les raisons
letter-part-provided = ce qui est déjà donné ou fait
letter-part-findings = ce qui a été trouvé
letter-part-purposes = (a) les finalités
letter-part-categories = (b) les catégories de données
letter-part-recipients = (c) les destinataires, nommément
letter-part-storage = (d) la durée de conservation
letter-part-source = (g) la source
letter-part-automated_decisions = (h) les décisions automatisées et leur logique
letter-part-transfers = les transferts vers d'autres pays et leurs garanties
letter-part-withheld = ce qui n'est pas communiqué, et pourquoi
letter-part-format = le format
letter-part-dictionary = la description des données
letter-part-scope = ce qui est inclus
letter-part-excluded = ce qui est exclu
letter-part-transfer = le transfert à un autre organisme
letter-part-demonstration = pourquoi la personne ne peut pas être identifiée
letter-part-helpful_details = les détails qui aideraient
letter-part-actual_controller = qui décide des données, si on le sait
letter-part-forwarding = si la demande a été transmise, et quand
letter-part-withdrawn = ce que la personne a dit, comment et quand
letter-withheld = { $place } ({ $extent }) : { $ground }
letter-withheld-times = { $place } ({ $extent }, { $count } fois) : { $ground }
letter-withheld-more = { $count ->
        [one] { $count } autre endroit, indiqué
       *[other] { $count } autres endroits, chacun indiqué
    } avec son motif dans la réponse elle-même
letter-part-nature = ce qui s'est passé
letter-part-consequences = ce que cela peut entraîner pour la personne
letter-part-measures = ce qui a été fait, et ce que la personne peut faire

# Le courrier avec un code, qui montre qui est la personne.
code-letter-title = Un code pour montrer que c’est bien vous
code-letter-why = Le { $received }, quelqu’un nous a écrit en votre nom au sujet de données personnelles. Nous ne répondons qu’à la bonne personne : c’est pourquoi nous écrivons à l’adresse que nous avions déjà.
code-letter-how = Si c’était vous : ouvrez { $portal } dans un navigateur, saisissez la référence ci-dessus et le code de suivi qui vous a été donné lors de votre demande. Choisissez ensuite « J’ai reçu un courrier avec un code » et saisissez ce code :
code-letter-until = Le code compte une seule fois, jusqu’au { $until }. Après cinq essais, il ne compte plus.
code-letter-receipt = Si vous n’avez plus de code de suivi, appelez-nous ou écrivez-nous ({ $contact }) : nous vous donnerons un autre accès.
code-letter-nobody = Si ce n’était pas vous : ne saisissez pas ce code, ne le donnez à personne et prévenez-nous ({ $contact }). Personne chez { $controller } ne vous le demandera jamais.
