# Ce dont quelqu’un est alerté : que faire, et pourquoi.

alert-acknowledgement-due = { $reference } : accusez réception auprès de la personne au plus tard le { $date } ; personne ne l'a encore fait.
alert-acknowledgement-due-past = { $reference } : la réception devait être confirmée à la personne au plus tard le { $date }, et personne ne l'a fait. Confirmez-la sans attendre.
alert-acknowledgement-due-was = { $reference } : la réception était à confirmer à la personne au plus tard le { $date }.
alert-target-in-7 = { $reference } : il reste au plus sept jours ouvrés avant l'échéance visée, le { $date }. Voyez ce qui manque encore à la réponse.
alert-target-in-7-was = { $reference } : sept jours ouvrés avant l'échéance visée, le { $date }, il était temps de voir ce qui manquait à la réponse.
alert-target-in-3 = { $reference } : il reste au plus trois jours ouvrés avant l'échéance visée, le { $date }. Relisez ce qui a été trouvé et préparez la réponse.
alert-target-in-3-was = { $reference } : trois jours ouvrés avant l'échéance visée, le { $date }, il était temps de préparer la réponse.
alert-target-in-1 = { $reference } : l'échéance visée est le prochain jour ouvré, le { $date }. Remettez la réponse.
alert-target-in-1-was = { $reference } : le jour ouvré précédant l'échéance visée, le { $date }, il était temps de remettre la réponse.
alert-target-reached = { $reference } : l'échéance visée est le { $date }. Répondez ce jour-là ; il ne reste ensuite que les jours jusqu'au délai légal.
alert-target-reached-past = { $reference } : l'échéance visée, le { $date }, est passée. Répondez sans attendre ; la demande indique le délai légal.
alert-target-reached-was = { $reference } : l'échéance visée était le { $date }.
alert-limit-reached = { $reference } : le délai légal expire le { $date } ; après, la réponse est en retard. Répondez ce jour-là, ou notez pourquoi ce n'est pas possible.
alert-limit-reached-past = { $reference } : le délai légal a expiré le { $date } ; la réponse est en retard. Répondez sans délai et notez pourquoi elle est en retard.
alert-limit-reached-was = { $reference } : le délai légal expirait le { $date }.
alert-extension-lapses = { $reference } : décidez maintenant si deux mois de plus sont nécessaires. La personne doit en être informée, avec les motifs, au plus tard le { $date }.
alert-extension-lapses-was = { $reference } : la personne devait être informée au plus tard le { $date } si deux mois de plus étaient nécessaires.
alert-paused-limit-near = { $reference } : le délai est suspendu, mais si la suspension est contestée il expire le { $date }. Obtenez la réponse, ou répondez à ce qui peut l'être.
alert-paused-limit-near-past = { $reference } : le délai est suspendu, mais si la suspension est contestée il a expiré le { $date }. Obtenez la réponse, ou répondez à ce qui peut l'être.
alert-paused-limit-near-was = { $reference } : le délai était suspendu ; si la suspension avait été contestée, il expirait le { $date }.
alert-act-at-once = { $reference } : la personne s'oppose à la prospection. Arrêtez-la maintenant et notez-le ici ; l'alerte revient toutes les quatre heures d'ici là (cette fois pour le { $date }).
alert-act-at-once-was = { $reference } : la personne s'était opposée à la prospection ; rappel pour le { $date }.
alert-consent-withdrawn = { $reference } : la personne retire un consentement. Arrêtez maintenant ce qui repose sur lui et notez-le ici ; l'alerte revient toutes les quatre heures d'ici là (cette fois pour le { $date }).
alert-consent-withdrawn-was = { $reference } : la personne avait retiré un consentement ; rappel pour le { $date }.
alert-job-failed = { $reference } : un travail a définitivement échoué. Ouvrez les tâches de { $controller }, voyez pourquoi, et faites-le à la main ou relancez-le.
alert-job-failed-no-case = { $controller } : un travail a définitivement échoué. Ouvrez les tâches, voyez pourquoi, et faites-le à la main ou relancez-le.
alert-colleague-unreached = { $controller } : les alertes à un collègue n'arrivent pas par courriel. La liste des demandes dit à qui : veillez à ce qu'il la consulte entre-temps, et faites corriger l'adresse ou le serveur de courriel.
alert-map-not-reviewed = { $controller } : le { $date }, une année entière avait passé depuis la dernière revue d'une application de la cartographie. Comparez la cartographie avec ce que l'application contient et notez le jour dans reviewed_on : les recherches s'y fient.
alert-code-unused = { $reference } : un code a été envoyé au contact connu, et depuis cinq jours personne ne l'a saisi. Cherchez un autre moyen de savoir qui est la personne, ou écrivez le courrier qui le demande.
alert-letter-code-unused = { $reference } : le code envoyé par courrier n'a pas été saisi en trente jours, ou quelqu'un l'a essayé cinq fois, et il ne compte plus. Cherchez un autre moyen de savoir qui est la personne, écrivez le courrier qui le demande, ou envoyez un autre code.
alert-reply-waiting = { $reference } : la personne a écrit. Lisez le message dans l'historique de la demande et répondez ; s'il répond à notre question, dites si cela suffit.
alert-system-waiting = { $reference } : un système qu'aucun programme n'atteint attend son responsable. Cherchez-y la personne, et remettez ce que vous trouvez, ou dites qu'il n'y a rien.
alert-mail-subject = Guichet : { $reference } vous attend
alert-mail-subject-no-case = Guichet vous attend
alert-mail-why = Vous recevez ce message parce que vous suivez ces demandes. Connectez-vous pour agir ; ce message n'est pas une connexion.
alert-digest-subject = Guichet : { $count } alertes
alert-digest-first = { $count } choses vous attendent :
alert-digest-more = Et { $count ->
        [one] { $count } autre
       *[other] { $count } autres
    } ; la liste des demandes les montre toutes.
case-alerts = Alertes
case-alert-passed-over = une alerte plus haute l'a dit
alert-breach-near = { $controller } : l'autorité doit être informée d'une violation au plus tard le { $date }, 72 heures après que vous en avez eu connaissance. Dites ce qui est connu ; le reste peut suivre. Ou écrivez pourquoi un risque est peu probable.
alert-breach-reached = { $controller } : les 72 heures pour informer l'autorité d'une violation ont pris fin le { $date }. Informez-la sans délai, avec les motifs du retard, ou écrivez pourquoi un risque est peu probable.
alert-identity-document-waiting = { $reference } : un document montrant qui est la personne est arrivé. Regardez-le et décidez ; il est effacé avec la décision, et au plus tard 72 heures après son arrivée.
alert-identity-document-near = { $reference } : un document montrant qui est la personne sera effacé le { $date }, et personne n'a décidé. Regardez-le et décidez de l'identité.
alert-identity-document-over = { $reference } : un document montrant qui est la personne a été effacé au bout de 72 heures, sans que personne n'ait décidé. Choisissez d'abord un autre moyen : un code, un appel, un courrier, le guichet. Ne le redemandez que si le doute demeure, avec vos excuses.
alert-identity-document-reused = { $reference } : le même document d'identité a aussi été remis pour quelqu'un d'autre. Comparez les deux demandes avant de décider ; l'historique nomme l'autre. Rien n'a été décidé pour autant.
