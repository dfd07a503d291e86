# Le courrier qui sort. D’une personne, jamais plus que le nom de la salutation.

mail-salutation = Bonjour { $name },
mail-salutation-nobody = Bonjour,

mail-purpose-code = un code
mail-purpose-portal_notice = l'avis que quelque chose attend sur le portail
mail-purpose-download_notice = l'avis que quelque chose a été téléchargé sur le portail
mail-purpose-alert = une alerte
mail-purpose-digest = un récapitulatif d'alertes
mail-purpose-checkpoints = des points de contrôle signés de l'historique
event-mail-sent = Courriel remis au serveur de messagerie : { $purpose }.
event-mail-failed = Courriel non envoyé : { $purpose } ({ $code }). Joignez la personne autrement, ou corrigez l'adresse.
mail-notice-subject = Des nouvelles de { $controller }
mail-notice-what = Quelque chose vous attend chez { $controller }, là où vous suivez votre demande :
mail-notice-how = Il vous faut votre référence et votre code de suivi. Ils ne figurent pas dans ce courriel, et personne ne vous les demandera par courriel.
mail-received-subject = { $controller } a reçu une demande
mail-received-what = { $controller } a reçu une demande sous la référence { $reference }. Vous pouvez la suivre ici :
mail-received-how = La référence seule n'ouvre rien : il faut aussi le code de suivi affiché lors de la demande, ou les six chiffres que nous lisons au téléphone. Ils ne figurent dans aucun message, et personne ne vous les demandera par courriel. Si vous n'avez ni l'un ni l'autre, ou si vous n'avez rien demandé, écrivez à { $contact }.
mail-download-subject = Un téléchargement chez { $controller }
mail-download-what = Quelqu’un vient de télécharger ce que { $controller } a préparé pour vous, là où vous suivez votre demande :
mail-download-how = Si c’était vous, il n’y a rien à faire. Sinon, écrivez-nous tout de suite : une autre personne connaît vos codes.
mail-code-subject = Votre code pour { $controller }
mail-code-asked = Une personne qui suit une demande adressée à { $controller } a demandé ce code, pour prouver qu’il s’agit de vous :
mail-code-how = Saisissez-le dans la page où vous l’avez demandé. Il est valable dix minutes, dans cette page seulement. Il n’y a aucun lien à suivre, et personne chez nous ne vous le demandera.
mail-code-not-you = Ce n’était pas vous ? Vous n’avez rien à faire : sans ce code, personne n’obtient rien.

mail-state-waiting = attend
mail-state-sent = envoyé
mail-state-refused = refusé
mail-state-given_up = abandonné
mail-state-called_off = annulé
mailbox-title = Courrier de cette démonstration
mailbox-what = La démonstration n'envoie aucun courriel : voici ce qu'elle aurait envoyé, du plus récent au plus ancien.
mailbox-nothing = Rien pour l'instant.
mailbox-to = À
mailbox-headers = En-têtes
