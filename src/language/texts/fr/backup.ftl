# `guichet backup`, `guichet restore`, `guichet unmute`.

backup-written = { $file } : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    } et { $files ->
        [one] { $files } fichier scellé
       *[other] { $files } fichiers scellés
    }. La clé maîtresse seule l’ouvre : gardez les deux séparément.
backup-restored = Restauré : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    } et { $files ->
        [one] { $files } fichier scellé
       *[other] { $files } fichiers scellés
    } sont tels qu’ils ont été sauvegardés, et chaque historique correspond à son point de contrôle et porte la mention de cette restauration. { $destroyed ->
        [one] { $destroyed } clé a été détruite de nouveau.
       *[other] { $destroyed } clés ont été détruites de nouveau.
    } L’instance est en sourdine : regardez-la, puis lancez `guichet unmute`, et les travaux reprennent.
backup-unmuted = Les travaux de l’instance ont repris.
backup-ledger-unreadable = { $file } : { $count ->
        [one] { $count } ligne ne dit rien et a été laissée de côté
       *[other] { $count } lignes ne disent rien et ont été laissées de côté
    } : texte coupé, ou étranger à ce programme.
backup-ledger-none = { $file } : la ligne { $line } n'est pas celle d'un registre de clés détruites, et rien n'a été modifié. Donnez le fichier destroyed.cases qui se trouve à côté des points de contrôle, tel quel, ou omettez --ledger si aucune clé n'a jamais été détruite.
backup-not-set = Aucune sauvegarde n'est faite la nuit : réglez backup_dir.

# La fiche de reprise.
recovery-title = Fiche de reprise du Guichet à l'adresse { $address }, établie le { $day }
recovery-keep = Imprimez cette fiche et gardez-la là où ne sont ni cette machine ni ses sauvegardes. Une sauvegarde ne s'ouvre qu'avec la clé maîtresse : sans elle, personne ne peut rien remettre en place.
recovery-where = OÙ SE TROUVE CHAQUE CHOSE
recovery-key = Clé maîtresse (gardez-en une copie ailleurs, jamais à côté d'une sauvegarde)
recovery-fingerprint = Empreinte de la clé maîtresse, telle que cette commande l'imprime à nouveau
recovery-database = Base de données
recovery-folder = Dossier des fichiers scellés
recovery-backups = Sauvegardes
recovery-no-backups = aucune n'est faite la nuit : réglez backup_dir, ou faites lancer guichet backup FICHIER par un minuteur
recovery-checkpoints = Points de contrôle signés (les plus récents prouvent que rien n'a été modifié)
recovery-ledger = Registre des clés détruites (une copie remise en place doit les détruire à nouveau)
recovery-master-key = CLÉ MAÎTRESSE : qui a cette ligne et une sauvegarde a tout
recovery-steps = PAS À PAS, SUR UNE MACHINE VIERGE
recovery-step-install = Installez la version de guichet qui a fait la sauvegarde ; une plus récente la met ensuite à jour.
recovery-step-place = Posez la clé maîtresse là où les réglages l'attendent, lisible de son seul propriétaire.
recovery-step-key = Comparez son empreinte avant que rien d'autre ne soit fait. Elle doit être { $print }.
recovery-step-settings = Écrivez à nouveau les réglages, avec un data_dir vide et une base vide.
recovery-step-restore = Remettez en place la sauvegarde la plus récente, avec le registre de clés détruites le plus récent (sans --ledger si aucune clé n'a jamais été détruite).
recovery-step-verify = Comparez l'historique remis en place aux points de contrôle gardés ailleurs, dans l'ordre où ils ont été gardés ; les clés sont plus bas. Ce qui s'est passé après la sauvegarde est signalé comme restauré, et n'est plus dans l'historique ; tout autre constat doit être expliqué avant de continuer.
recovery-step-look = Démarrez l'instance. Elle est muette : elle montre tout, n'envoie rien et ne cherche rien. Regardez si les dernières demandes y sont ; ce qui est arrivé après la sauvegarde est à saisir à nouveau.
recovery-step-unmute = Quand aucune autre copie de cette instance ne travaille plus, laissez celle-ci travailler.
recovery-trees = CLÉS ET POINTS DE CONTRÔLE, À COMPARER
recovery-instance = Ce qui n'appartient à aucun organisme
recovery-checkpoint = { $size ->
        [one] { $size } événement
       *[other] { $size } événements
    }, racine { $root }

# Une instance muette, et les sauvegardes, telles que le personnel les voit.
muted-title = Cette instance a été remise en place depuis une sauvegarde ; elle est muette.
muted-what = Elle montre tout, mais n'envoie aucun courriel, ne lance aucune recherche et n'alerte personne tant que la personne qui l'exploite ne l'a pas examinée et n'a pas lancé « guichet unmute ». Ce qui est arrivé après la sauvegarde n'est pas ici.
operator-backup = Sauvegardes
operator-backup-not-set = Aucune sauvegarde n'est faite la nuit : réglez backup_dir, ou faites lancer « guichet backup » par un minuteur.
operator-backup-failed = La dernière sauvegarde a échoué ({ $code }). Regardez le journal, le disque et les droits du dossier des sauvegardes ; elle est tentée à nouveau la nuit suivante.
operator-backup-made = La dernière sauvegarde de nuit est celle du { $day } ; elle a été relue et elle est entière.
operator-backup-none = Aucune sauvegarde de nuit n'a encore été faite.
operator-mail = Courriels du serveur lui-même
operator-mail-well = Ces sept derniers jours, aucun courriel du serveur lui-même (alertes, points de contrôle) n'a été refusé, n'est revenu ou n'a été abandonné.
operator-mail-failed = Ces sept derniers jours, { $count ->
        [one] un courriel du serveur lui-même (alertes, points de contrôle) n'est pas arrivé
       *[other] { $count } courriels du serveur lui-même (alertes, points de contrôle) ne sont pas arrivés
    } ; le dernier : { $code }. Regardez le journal, le serveur de courriel et checkpoint_mail ; la première page des délégués dit qui les alertes n'atteignent pas.
