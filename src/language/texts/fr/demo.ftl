# `guichet demo`: what it prints.

demo-password = mot de passe de tous : { $password }
demo-operator = Exploitant de l'instance
demo-shared-dpo = Déléguée des deux organismes
demo-mailbox = courrier de la démonstration : { $address }
demo-ends = Ctrl-C y met fin.
demo-bad-postgresql = --postgresql : { $reason }
demo-no-tls = la démonstration crée ses bases sans TLS : nommez un serveur sur cette machine, ou ajoutez sslmode=disable aux options de l'adresse

# What people ask and answer in its cases.

demo-words-which = Quelles données avez-vous sur moi ?
demo-words-copy = Elle veut une copie de tout, pour une autre boutique aussi.
demo-words-stop = Ne m'envoyez plus vos lettres d'information.
demo-words-delete-account = Merci de supprimer mon compte.
demo-words-other-address = L'adresse de la lettre n'est pas celle du dossier.
demo-words-all-mails = Tous les courriels à mon sujet depuis 2019, s'il vous plaît.
demo-words-thousands = Plusieurs milliers de messages doivent être lus un par un.
demo-words-misspelt = Mon nom est mal écrit sur toutes les factures.
demo-words-article-15 = Une copie de mes données au titre de l'article 15.
demo-words-orders = Mes commandes dans un format que ma nouvelle boutique sait lire.
demo-words-delete = Supprimez tout.
demo-words-warranty = Elle a rappelé : elle veut garder sa garantie.
demo-words-parcels = Quelles données avez-vous sur mes colis ?
demo-words-not-ours = Les colis sont les fichiers de Colis Exemple : la demande leur a été transmise, et la personne en est informée.
