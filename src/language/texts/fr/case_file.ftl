# Le dossier de preuve : ce qu'il contient, et comment on le vérifie.
case-file-title = Dossier de preuve
case-file-title-of = Dossier de preuve { $reference }
case-file-of = Établi par Guichet pour { $controller }.
case-file-holds = Le dossier de preuve contient l'historique de la demande, les lettres envoyées, les décisions, la liste de ce que contenait chaque réponse remise, et la preuve que l'historique n'a pas été modifié.
case-file-recorded = Chaque ouverture est inscrite dans l'historique.
case-file-print = Ouvrir pour l'imprimer
case-file-download = Télécharger en ZIP, avec sa preuve
case-file-without-person = Ce dossier a été établi pour un lecteur qui ne peut pas voir les données de la personne, ou après la destruction de la clé de la demande : les lettres et ce que des personnes ont écrit n'y sont pas ; leurs empreintes en tiennent lieu.
case-file-proven = Événements de cette demande : { $events } ; prouvés par un point de contrôle signé : { $proven }. Ce point de contrôle couvre les événements de l'organisme jusqu'au numéro { $size }. Les événements sans numéro datent des dernières secondes et ne sont pas encore prouvés.
case-file-how = Pour vérifier le dossier, aucun serveur n'est nécessaire : il suffit du programme guichet, de ce fichier tel que téléchargé, d'un point de contrôle que quelqu'un a gardé ailleurs (dossier des points de contrôle, courriel ou webhook) et de la clé publique de l'historique de l'organisme. Lancez :
case-file-key = La clé figure ici pour être copiée. Comparez-la avec celle que vous avez reçue par une autre voie, par « guichet audit key » : qui falsifie un dossier falsifie aussi la clé qu'il contient.
case-file-by-hand = La commande répond « intact », ou nomme ce qui a été modifié. Sans le programme : MANIFEST est une note signée (c2sp.org/signed-note) avec le SHA-256 de chaque fichier ; chaque ligne de events.jsonl contient un événement (« entry »), son numéro et les empreintes qui mènent de lui au point de contrôle dans proof.json (RFC 9162, section 2.1.3.2). Le SHA-256 de chaque lettre est dans letters.json.
case-file-who = Qui
case-file-number = N°
case-file-no-number = pas encore
case-file-no-release = Aucune réponse n'a été remise.
case-file-check = Comment vérifier ce dossier
event-case-file-page = Dossier de preuve ouvert pour impression.
event-case-file-archive = Dossier de preuve téléchargé.

# `guichet audit verify --case-file` : ce qui a été trouvé.
case-file-whole = Demande { $reference } de { $origin } : intacte. Fichiers tels que signés : { $files } ; événements prouvés : { $proven }, par le point de contrôle sur { $size } ; points de contrôle gardés avec lesquels il concorde : { $fitting }.
case-file-not-whole = Demande { $reference } de { $origin } : MODIFIÉE. Événements prouvés : { $proven }, par le point de contrôle sur { $size } ; points de contrôle gardés avec lesquels il concorde : { $fitting }.
case-file-unprotected = Événements trop récents pour avoir un numéro, et donc non prouvés : { $count }.
case-file-fault-no-manifest = Le fichier MANIFEST manque ou n'est pas une liste signée de fichiers : ce n'est pas un dossier de preuve, ou il n'est pas entier.
case-file-fault-manifest-altered = Le fichier MANIFEST a été modifié après sa signature ; on ne peut se fier à rien dans ce dossier.
case-file-fault-unknown-key = Aucune des clés données n'a signé le fichier MANIFEST : donnez la clé de l'historique de l'organisme, ou le dossier est un faux.
case-file-fault-file-altered = Le fichier { $name } a été modifié après sa signature.
case-file-fault-file-gone = Le fichier { $name } a été retiré.
case-file-fault-file-added = Le fichier { $name } a été ajouté : la liste signée ne le nomme pas.
case-file-fault-unreadable = Le fichier { $name } ne se lit pas comme il faut.
case-file-fault-checkpoint-altered = Le point de contrôle de proof.json n'est pas signé par la clé de cet historique, ou rien n'était encore signé.
case-file-fault-event-altered = L'événement { $version } de la demande (numéro { $number }, { $event }) n'est pas celui qui a été numéroté.
case-file-fault-event-gone = L'événement { $version } de la demande manque au dossier.
case-file-fault-parted = L'historique de ce dossier ne continue pas celui du point de contrôle gardé sur { $size ->
        [one] { $size } événement
       *[other] { $size } événements
    } : l'un des deux n'est pas l'historique signé d'abord.
case-file-fault-not-compared = Aucun point de contrôle gardé n'a pu être comparé à celui du dossier, sur { $size ->
        [one] { $size } événement
       *[other] { $size } événements
    } : donnez-en un qui a été signé quand le dossier a été établi, ou peu avant.
