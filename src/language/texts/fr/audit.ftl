# `guichet audit` : ce qu’une vérification a trouvé.

audit-whole = { $origin } : intact. { $size ->
        [one] { $size } événement est numéroté, dont { $proven }
       *[other] { $size } événements sont numérotés, dont { $proven }
    } prouvés par un point de contrôle ; { $fitting } sur { $kept ->
        [one] { $kept } point de contrôle gardé correspond
       *[other] { $kept } points de contrôle gardés correspondent
    }.
audit-not-whole = { $origin } : PAS intact. { $size ->
        [one] { $size } événement est numéroté, dont { $proven }
       *[other] { $size } événements sont numérotés, dont { $proven }
    } prouvés par un point de contrôle ; { $fitting } sur { $kept ->
        [one] { $kept } point de contrôle gardé correspond
       *[other] { $kept } points de contrôle gardés correspondent
    }.
audit-case = demande { $case }
audit-case-named = demande { $case }, de référence { $reference }, que rien ne prouve
audit-no-case = hors demande
audit-event = l’événement numéro { $number } ({ $event }, { $case })
audit-fault-altered = { $place } n’est pas celui qui a été numéroté : il a été modifié, ou un autre a pris sa place.
audit-fault-gone = { $place } a été numéroté et a disparu.
audit-fault-moved = { $place } a été numéroté pour un organisme et se trouve chez un autre.
audit-fault-words-gone = { $place } a perdu les mots scellés qui l’accompagnaient, alors que la clé de la demande n’a pas été détruite.
audit-fault-record-altered = { $place } est tel qu’il était ; ce qui était conservé à côté comme preuve a été modifié.
audit-fault-not-numbered = { $place } a plus d’une minute et n’a pas de numéro : il a été ajouté hors du programme, ou aucun exécutant ne tourne.
audit-fault-case-gone = { $place } est tel qu’il était ; la demande qu’il nomme a disparu, alors qu’aucun événement de ce programme ne supprime une demande. Ses autres événements ne sont pas signalés un à un.
audit-fault-case-moved = { $place } est tel qu’il était ; la demande qu’il nomme se trouve chez un autre organisme. Ses autres événements ne sont pas signalés un à un.
audit-restored = Cet historique a été restauré le { $at } depuis une sauvegarde faite le { $saved }, comme l’a signé une restauration de ce programme. Les événements du numéro { $from } au numéro { $last }, survenus après la sauvegarde, n’y sont pas. Si un point de contrôle de plus de { $from } événements a été gardé après la restauration, une copie plus ancienne de la base a été mise en place depuis.
audit-checkpoint-altered = Un point de contrôle conservé à côté de l’historique, pour { $from } événements, ne s’ouvre pas avec la clé : il a été modifié. Il n’a pas été pris en compte.
audit-numbers-gone = Les numéros { $from } à { $last } manquent.
audit-range = Entre le numéro { $from } et le numéro { $last }, quelque chose a été modifié, retiré, ajouté ou déplacé : le point de contrôle à { $from } correspond, celui à { $to } ne correspond pas.
audit-not-signed = Les événements du numéro { $from } au numéro { $last } sont dans l’arbre, et aucun point de contrôle valable ne les couvre.
audit-short = Un point de contrôle a été signé pour { $to ->
        [one] { $to } événement
       *[other] { $to } événements
    }, et il n’y en a que { $from } : la fin a été coupée, ou une copie plus ancienne de la base a été mise à sa place.
audit-more-findings = Et { $count ->
        [one] { $count } constat
       *[other] { $count } constats
    } de plus.
audit-not-yet-protected = { $count ->
        [one] { $count } événement est trop récent pour être déjà protégé.
       *[other] { $count } événements sont trop récents pour être déjà protégés.
    }
audit-numbered-late = { $count ->
        [one] { $count } événement a été numéroté plus d’une heure après le moment qu’il indique ; c’est le cas après une période sans exécutant, ou s’il a été ajouté plus tard.
       *[other] { $count } événements ont été numérotés plus d’une heure après le moment qu’ils indiquent ; c’est le cas après une période sans exécutant, ou s’ils ont été ajoutés plus tard.
    }
audit-notes-passed = { $file } : { $count ->
        [one] { $count } note a été laissée de côté
       *[other] { $count } notes ont été laissées de côté
    } : texte coupé, ou qui n’est pas un point de contrôle.
audit-notes-without-key = { $file } : { $count ->
        [one] { $count } point de contrôle de { $origin } a été laissé
       *[other] { $count } points de contrôle de { $origin } ont été laissés
    } de côté : aucune des clés données ne l’a signé.
audit-not-compared = { $origin } : PAS comparé. Une clé a été donnée, mais aucun historique avec un point de contrôle gardé.

# Le courriel qui porte les points de contrôle à qui les garde ailleurs.
checkpoint-mail-subject = Points de contrôle signés à garder
checkpoint-mail-keep = Gardez ce courriel : il contient des points de contrôle signés de l'historique des demandes. Qui le possède peut dire plus tard si cet historique a été modifié.
checkpoint-mail-how = Pour vérifier un historique, un dossier de preuve ou une base, donnez le texte enregistré de ce courriel à « guichet audit verify --checkpoint ». Rien n'y est secret, et rien n'y concerne une personne.
audit-references-unproven = Les lignes de ce fichier nomment, à côté des entrées, des références de dossiers. Rien ne les prouve : fiez-vous à l'identifiant du dossier dans l'entrée.
