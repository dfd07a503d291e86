# `guichet demo`: what it prints.

demo-password = mot de passe de tous : { $password }
demo-operator = Exploitant de l'instance
demo-shared-dpo = Déléguée des deux organismes
demo-ends = Ctrl-C y met fin.
demo-bad-postgresql = --postgresql : { $reason }
demo-no-tls = la démonstration crée ses bases sans TLS : nommez un serveur sur cette machine, ou ajoutez sslmode=disable aux options de l'adresse
