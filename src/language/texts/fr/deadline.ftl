# Les étapes d’un délai. Chaque clé est une règle de domain::deadline.
deadline-regime = Le régime est { $regime }, avec les jours fériés de { $calendar } (données du { $version }).
deadline-received = La demande a été reçue le { $date } dans le fuseau horaire { $zone }. Ce jour ne compte pas, qu’il soit ouvrable ou non.
deadline-period-months = Le délai est de { $count } mois : du { $from } à la même date, ou au dernier jour du mois si cette date n’existe pas : { $to }.
deadline-period-days = Le délai est de { $count } jours après le { $from } : { $to }.
deadline-period-working-days = Le délai est de { $count } jours ouvrables après le { $from } : { $to }.
deadline-aware = Le responsable du traitement a eu connaissance de la violation le { $instant }. Les heures courent depuis cet instant même.
deadline-hours = Le délai est de { $count } heures écoulées, week-ends et changements d’heure compris : il se termine le { $instant }.
deadline-extended = Une prolongation valable a été notifiée. Elle compte depuis la réception, non depuis la première échéance ; avec les suspensions et la date annoncée, le délai se termine le { $to }.
deadline-paused-days = Le délai a été suspendu (jours : { $count }) ; il se termine le { $to }.
deadline-rolled = Le { $from } n’est pas un jour ouvrable : l’échéance est le jour ouvrable suivant, le { $to }.
deadline-never-rolls = L’échéance ne bouge pas, même si le { $date } n’est pas un jour ouvrable : la date la plus proche est toujours licite.
deadline-limit = L’échéance légale est le { $date }. À partir du { $instant }, il est trop tard.
deadline-conservative = Si toutes les suspensions étaient contestées, la date serait le { $date }.
deadline-conservative-first-day = Cette loi ne connaît pas de suspension. La date prudente compte le jour de la réception comme premier jour : le { $date }.
deadline-conservative-no-pause = Cette loi ne connaît pas de suspension. La date prudente est la fin du délai, sans report : le { $date }.
deadline-strictest-months = La lecture la plus stricte prend la plus proche de deux dates : { $count } jours après le { $from }, soit le { $to }, et la fin des mois, le { $limit }. C’est le { $date }.
deadline-strictest-first-day = La loi peut se lire ainsi : le jour de la réception, le { $from }, est le premier jour du délai. Cette lecture, la plus stricte, se termine le { $date }.
deadline-strictest-moved = Avec les suspensions et la date annoncée, la lecture la plus stricte se termine le { $date }.
deadline-target = L’« échéance à 30 jours » est l’objectif. La lecture la plus stricte se termine le { $from } ; le dernier jour ouvrable jusqu’à cette date est le { $date }.
deadline-target-without-delay = La loi dit « sans délai » et ne donne pas de nombre. L’objectif est le { $date }.
deadline-acknowledgement = La réception doit être confirmée dans les { $count } jours ouvrables, au plus tard le { $date }.
deadline-reflection = La réponse ne peut pas être donnée avant { $count } heures de réflexion, soit le { $instant }.
deadline-suspended = Une question est ouverte : il n’y a pas d’échéance en attendant. Travaillez pour le { $date }, la date si la suspension était contestée.
deadline-question = { $question ->
    [identity] Des informations pour confirmer l’identité ont été demandées
    [clarification] Des précisions ont été demandées
   *[fee] Une participation aux frais a été demandée
  } le { $date } : le délai est suspendu.
deadline-question-without-effect = { $question ->
    [identity] Des informations pour confirmer l’identité ont été demandées
    [clarification] Des précisions ont été demandées
   *[fee] Une participation aux frais a été demandée
  } le { $date }. Ici, cela ne suspend pas le délai.
deadline-question-repeated = { $question ->
    [identity] Des informations pour confirmer l’identité ont été demandées
    [clarification] Des précisions ont été demandées
   *[fee] Une participation aux frais a été demandée
  } de nouveau le { $date }, avant la première réponse. Rien ne change.
deadline-question-late = { $question ->
    [identity] Des informations pour confirmer l’identité ont été demandées
    [clarification] Des précisions ont été demandées
   *[fee] Une participation aux frais a été demandée
  } le { $date }, après l’échéance du { $limit }. C’est sans effet.
deadline-question-contestable = La question a été posée plus de cinq jours ouvrables après la réception (après le { $date }) : on peut objecter qu’elle n’a pas été posée sans retard indu.
deadline-answer = { $question ->
    [identity] Des informations suffisantes sur l’identité sont arrivées
    [clarification] Les précisions sont arrivées
   *[fee] Les frais ont été payés
  } le { $date } : le délai reprend.
deadline-answer-unasked = { $question ->
    [identity] Des informations sur l’identité sont arrivées
    [clarification] Des précisions sont arrivées
   *[fee] Des frais ont été payés
  } le { $date } alors qu’aucune question de ce genre ne suspendait le délai. Rien ne change.
deadline-answer-insufficient = La réponse du { $date } ne lève pas le doute. Elle ne met fin à aucune suspension.
deadline-restart = Le délai recommence avec ce qui est arrivé en dernier : le { $date }.
deadline-notice = L’avis de prolongation du { $date } est parti au plus tard le { $limit }, son dernier jour : il est valable.
deadline-notice-while-suspended = L’avis de prolongation du { $date } est parti pendant une suspension : il est valable.
deadline-notice-doubtful = L’avis de prolongation du { $date } est parti pendant une suspension, mais après la fin du premier délai. La réponse dira s’il était à temps ; d’ici là, il ne compte pas.
deadline-notice-due = Un avis de prolongation doit partir au plus tard le { $to }, fin du premier délai.
deadline-notice-due-rolled = Le premier délai se termine le { $from }, qui n’est pas un jour ouvrable. Un avis de prolongation doit partir au plus tard le jour ouvrable suivant, le { $to } ; parti le { $from } au plus tard, il est incontestable.
deadline-notice-late = L’avis de prolongation du { $date } est parti après le { $limit }, son dernier jour : il est sans effet.
deadline-notice-relies-on-roll = Le premier délai se terminait le { $limit }, qui n’est pas un jour ouvrable. L’avis n’est à temps que parce que cette fin passe au jour ouvrable suivant.
deadline-notice-relies-on-pause = Sans les suspensions, l’avis devait partir le { $limit }. Il n’est à temps que si elles sont admises.
deadline-notice-repeated = Il y a eu un second avis de prolongation le { $date }. Une seule prolongation est possible : il est sans effet.
deadline-notice-undated = L’avis de prolongation du { $date } n’annonce pas de date. Ici, la nouvelle date doit être donnée : il est sans effet.
deadline-notice-before-receipt = L’avis de prolongation du { $date } est daté d’avant la réception : il est sans effet.
deadline-notice-unknown-to-the-law = Il y a eu un avis de prolongation le { $date }. Cette loi ne connaît pas de prolongation : il est sans effet.
deadline-notice-on-refusal = Il y a eu un avis de prolongation le { $date }. Un refus doit partir dans le premier délai : il est sans effet.

# Ce qui ne peut servir d’argument à la commande.
explain-unknown-regime = --regime : le régime « { $value } » n’est pas connu : donnez un identifiant comme EU-GDPR, UK-GDPR, CH-FADP, US-CA-CCPA ou CA-QC
explain-unknown-calendar = --calendar : le calendrier « { $value } » n’est pas connu : donnez le code d’un État (FR), d’une région (FR-ALM, DE-BY, GB-ENG, CA-QC), ou l’un d’eux suivi de +strict
explain-not-a-right = --right : « { $value } » n’est pas un droit : écrivez access, rectification, erasure, restriction, portability, objection, human_review, consent_withdrawal, complaint, appeal, opt_out, refusal, complaint_ack ou breach
explain-not-a-zone = --tz : « { $value } » n’est pas un fuseau horaire IANA : écrivez-en un comme Europe/Paris
explain-not-an-instant = --received : « { $value } » n’est pas un instant avec son décalage : écrivez 2026-01-31T10:00:00+01:00
explain-bad-events = --events : il faut un tableau JSON d’événements avec type et at, et des instants comme 2026-01-31T10:00:00+01:00 ({ $value })
explain-outside = la date { $value } est hors de la période 2020-01-01 à 2040-12-31, dont les jours fériés sont connus
explain-out-of-reach = --events : { $value } n’est pas une date que peut avoir un événement d’une demande : donnez-en une de 1970 à 2100
explain-overflow = un délai qui commence le { $value } se termine au-delà des dates calculables
explain-bad-holidays = les données des jours fériés sont inutilisables : { $value }
