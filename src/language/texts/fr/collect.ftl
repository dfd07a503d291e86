# `guichet collect` : les mots du terminal, et les notes de ses paquets.

collect-bad-identity = ce n’est pas un identifiant : écrivez SORTE=VALEUR, comme email=ana@example.ie ; une sorte s’écrit avec a–z, 0–9 et _
collect-identity-empty = l’identifiant « { $kind } » n’a pas de valeur
collect-identity-too-long = la valeur de l’identifiant « { $kind } » dépasse 300 caractères
collect-identity-too-many = il y a plus de 20 identifiants de la sorte « { $kind } »
collect-pair-values = « { $kind } » attend une valeur pour chacune de ses parties, séparées par |
collect-connected-twice = « { $system } » est connecté deux fois ; donnez un seul --connect par système
collect-nothing-reached = aucune table de la cartographie ne se trouve par les identifiants donnés ; elle trouve les personnes par : { $kinds }
collect-right = le droit est access ou portability
collect-unused-kind = la cartographie ne trouve personne par « { $kind } » ; cet identifiant ne sert pas
collect-not-reached = { $system }.{ $table } n’est pas fouillée : les identifiants donnés n’y mènent pas ; l’un de ceux-ci y mènerait : { $kinds }
collect-unreached = Non fouillé, car les identifiants connus n’y mènent pas : { $tables }
collect-began = { $system } : début
collect-running = { $system } : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    }, { $seconds } s …
collect-ended = { $system } : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    }, { $seconds } s : { $outcome }
collect-complete = complet
collect-lacks = des valeurs ont manqué, venant de : { $systems }
collect-row-cap = il y a plus de lignes qu’une recherche ne peut en prendre
collect-link-cap = il y a plus de valeurs liées qu’une recherche ne peut en suivre
collect-manual = non fouillé : une personne doit y regarder
collect-unnamed-controller = L’organisme (sa cartographie ne le nomme pas)
collect-cannot-write = { $file } ne peut pas être écrit : { $reason }
collect-no-file = { $file } existe et n’est pas un fichier ordinaire ; donnez un autre emplacement pour le paquet
collect-rows-lost = les lignes trouvées n’ont pas pu être gardées : { $reason }
collect-stopped = arrêté ; aucun paquet n’a été écrit
collect-done = { $file } : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    }, complet
collect-done-incomplete = { $file } : { $rows ->
        [one] { $rows } ligne
       *[other] { $rows } lignes
    }, INCOMPLET ; le paquet dit ce qui manque
