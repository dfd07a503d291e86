# La page d'un système pour lequel une personne répond, et la liste de ceux qui attendent.
waiting-title = Systèmes qui attendent une réponse
waiting-none = Aucun système n'attend de réponse.
waiting-since = Demandé le
system-home = Page d'accueil
system-question = Ce qu'il faut chercher
system-question-hint = Cherchez dans ce système tout ce qui concerne cette personne, et remettez-le ici tel quel. Ce que vous donnez est scellé aussitôt.
system-owner = Responsable
system-given = Déjà remis
system-given-rows = { $table } : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    }
system-given-file = { $name }, { $size }
system-refused = Rien n'a été enregistré
system-answer = Réponse
system-special = données sensibles
system-category = De quoi il s'agit
system-purpose = À quoi cela sert
system-kinds = Chercher par
system-columns = Colonnes
system-rows = Lignes
system-rows-named = Une ligne par enregistrement, comme en CSV ou collée d'un tableur : les valeurs sont séparées par des tabulations, des points-virgules ou des virgules. La première ligne nomme les colonnes. Les lignes saisies à nouveau remplacent celles déjà remises.
system-rows-ordered = Une ligne par enregistrement, comme en CSV ou collée d'un tableur : les valeurs sont séparées par des tabulations, des points-virgules ou des virgules, dans l'ordre des colonnes ci-dessus ou avec leurs noms en première ligne. Les lignes saisies à nouveau remplacent celles déjà remises.
system-files = Fichiers
system-files-hint = PDF, images, textes, documents bureautiques ; 20 à la fois, 100 Mo chacun.
system-files-again = Choisissez les fichiers à nouveau : le navigateur ne les garde pas.
system-note = Note pour celles et ceux qui traitent la demande (facultatif)
system-send = Envoyer cette réponse
system-nothing = Rien trouvé
system-take-back = Reprendre ce qui a été remis
