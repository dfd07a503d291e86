# La cartographie des données : erreurs, et mots de `guichet map`.

map-too-large = la cartographie dépasse { $limit } octets
map-syntax = ce n’est pas du YAML valide : { $detail }
map-too-deep = plus de { $limit } niveaux d’imbrication
map-too-many-nodes = plus de { $limit } valeurs une fois les alias développés
map-several-documents = un second document commence ici ; une cartographie est un seul document
map-tagged = les étiquettes (!…) ne sont pas admises dans une cartographie
map-duplicate-key = la clé « { $key } » figure deux fois
map-key-not-text = une clé doit être un texte
map-expected-text = un texte est attendu ici
map-expected-list = une liste est attendue ici
map-expected-mapping = des couples « clé : valeur » sont attendus ici
map-empty = il manque un contenu ici
map-too-long = ce texte dépasse { $limit } caractères
map-too-many = plus de { $limit } éléments
map-control-character = ce texte contient un caractère de contrôle
map-unknown-key = la clé « { $key } » est inconnue ; ici sont connues : { $allowed }
map-missing = la clé « { $key } » manque
map-unknown-value = « { $value } » ne fait pas partie de : { $allowed }
map-unknown-exemption = « { $value } » n’est pas un code d’exemption ; les codes sont : { $allowed }
map-bad-name = « { $value } » n’est pas un nom : une lettre a–z, puis a–z, 0–9 ou _, 63 caractères au plus
map-bad-country = « { $value } » n’est pas un code de pays : deux capitales, comme FR
map-bad-language = « { $value } » n’est pas un code de langue, comme fr ou en
map-bad-date = « { $value } » n’est pas une date ; écrivez-la ainsi : 2026-03-05
map-bad-duration = « { $value } » n’est pas une durée ; trois ans s’écrit P3Y, six mois P6M
map-bad-tag = « { $value } » n’est pas une clé de catégorie, comme user.contact.email
map-bad-kind = « { $value } » n’est pas une sorte d’identifiant : des noms en a–z, 0–9 et _, joints par + pour une paire
map-pair-columns = « { $kind } » demande une liste de { $wanted } colonnes, or il y en a { $given }
map-retention-empty = dites combien de temps : keep (une durée comme P3Y) ou criteria (en toutes lettres)
map-duplicate-system = deux systèmes s’appellent « { $system } »
map-duplicate-table = la table « { $table } » figure deux fois dans « { $system } »
map-duplicate-column = la colonne « { $column } » figure deux fois
map-rest-once = une action, et une seule, doit prendre le reste (« rest ») des colonnes
map-column-action = « { $value } » ne s’applique pas à des colonnes : keep, mask ou restrict
map-unknown-system = aucun système de cette cartographie ne s’appelle « { $system } »
map-unknown-table = le système « { $system } » n’a pas de table « { $table } » dans cette cartographie
map-from-manual = « { $system } » est consulté par une personne : « { $table } » ne donne aucune valeur pour chercher
map-no-way-in = aucun identifiant ne mène à la table « { $table } » de « { $system } » : donnez-lui find_by ou reached_from
map-circle = la table « { $table } » de « { $system } » n’est atteinte que par elle-même, en un cercle sans entrée : donnez find_by à l’une de ses tables
map-unreachable = la table « { $table } » de « { $system } » n’est atteinte que depuis des tables auxquelles aucun identifiant ne mène
map-table-not-in-system = le système « { $system } » n’a pas de table « { $table } »
map-column-not-in-table = la table « { $table } » de « { $system } » n’a pas de colonne « { $column } »
map-system-not-in-map = aucun système de cette cartographie ne s’appelle « { $system } », or une connexion a été donnée pour lui

map-checked = { $systems } systèmes, { $tables } tables : aucune erreur.
map-failed = erreurs : { $count }.
map-undescribed = non décrits par la cartographie : { $count } (listés sur la sortie standard). Les colonnes des tables cartographiées sont exportées malgré tout.
map-cannot-read = impossible de lire { $file } : { $reason }
map-bad-connect = « { $value } » n’est pas une connexion : écrivez NOM=URL, comme shop=postgresql://reader@localhost/shop
map-bad-system-name = « { $value } » n’est pas un nom de système : une lettre a–z, puis a–z, 0–9 ou _
map-cannot-connect = { $system } : { $reason }
map-no-personal-tables = aucune table de { $system } n’a de colonne qui semble personnelle ; rien n’a été esquissé.
map-draft-head =
    Esquissé d’après un schéma réel. Avant tout usage, une personne doit dire pour chaque table :
    la finalité, la base, la conservation, les destinataires, la source et l’effet d’un effacement.
map-draft-left-out = Non esquissées, car rien n’y semble personnel et aucune table esquissée n’y mène :
