# Les étapes d’un délai. Chaque clé est une règle de domain::deadline.
deadline-regime = Le régime est { $regime }, avec les jours fériés de { $calendar } (données du { $version }).
deadline-received = La demande a été reçue le { $date } dans le fuseau horaire { $zone }. Ce jour ne compte pas, qu’il soit ouvrable ou non.
deadline-period-months = Le délai est de { $count } mois : du { $from } à la même date, ou au dernier jour du mois si cette date n’existe pas : { $to }.
deadline-period-days = Le délai est de { $count } jours après le { $from } : { $to }.
deadline-period-working-days = Le délai est de { $count } jours ouvrables après le { $from } : { $to }.
deadline-hours = Le délai est de { $count } heures écoulées, week-ends et changements d’heure compris : il se termine le { $instant }.
deadline-extended = Une prolongation valable a été notifiée. Elle compte depuis la réception, non depuis la première échéance ; avec les suspensions et la date annoncée, le délai se termine le { $to }.
deadline-paused-days = Le délai a été suspendu pendant { $count } jour(s) ; il se termine le { $to }.
deadline-rolled = Le { $from } n’est pas un jour ouvrable : l’échéance est le jour ouvrable suivant, le { $to }.
deadline-never-rolls = L’échéance ne bouge pas, même si le { $date } n’est pas un jour ouvrable : la date la plus proche est toujours licite.
deadline-limit = L’échéance légale est le { $date }. À partir du { $instant }, il est trop tard.
deadline-conservative = Si toutes les suspensions étaient contestées, la date serait le { $date }.
deadline-target = La lecture la plus stricte se termine le { $from }. L’objectif est le dernier jour ouvrable jusqu’à cette date : le { $date }.
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
deadline-notice-late = L’avis de prolongation du { $date } est parti après le { $limit }, son dernier jour : il est sans effet.
deadline-notice-relies-on-roll = Le premier délai se terminait le { $limit }, qui n’est pas un jour ouvrable. L’avis n’est à temps que parce que cette fin passe au jour ouvrable suivant.
deadline-notice-relies-on-pause = Sans les suspensions, l’avis devait partir le { $limit }. Il n’est à temps que si elles sont admises.
deadline-notice-repeated = Il y a eu un second avis de prolongation le { $date }. Une seule prolongation est possible : il est sans effet.
deadline-notice-undated = L’avis de prolongation du { $date } n’annonce pas de date. Ici, la nouvelle date doit être donnée : il est sans effet.
deadline-notice-before-receipt = L’avis de prolongation du { $date } est daté d’avant la réception : il est sans effet.
deadline-notice-unknown-to-the-law = Il y a eu un avis de prolongation le { $date }. Cette loi ne connaît pas de prolongation : il est sans effet.
deadline-notice-on-refusal = Il y a eu un avis de prolongation le { $date }. Un refus doit partir dans le premier délai : il est sans effet.
