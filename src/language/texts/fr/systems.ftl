# La cartographie, les systèmes et les tâches d’un organisme, par l’API.

problem-no-map-type = Du YAML ou du JSON est attendu
problem-no-map-type-detail = Envoyez la cartographie avec l’en-tête Content-Type: application/yaml, ou application/json.
field-system-name = Ce n’est pas un nom de système : une lettre a–z, puis a–z, 0–9 ou _, comme dans la cartographie.
field-host-not-allowed = L’exploitant du serveur n’autorise pas de connexion vers cet hôte et ce port. Demandez-lui de l’ajouter à allowed_hosts.
field-path-not-allowed = L’exploitant du serveur n’autorise pas de fichiers à cet endroit. Demandez-lui d’ajouter son dossier à allowed_directories.
conflict-too-many-systems = Cet organisme a autant de systèmes connectés qu’il est permis. Retirez-en un qui ne sert plus.
conflict-test-running = Cette connexion est déjà à l’essai. Regardez à nouveau dans un instant.
transition-task-done = Cette tâche est déjà faite.
transition-task-of-verb = Cette tâche se fait en faisant ce qu’elle demande : répondre pour le système, ou enregistrer l’accusé de réception.
system-connected = { $system } est connecté ; l’essai dira s’il répond
conflict-no-data-map = Il n'y a pas encore de carte des données. Décrivez d'abord où se trouvent les données personnelles.
conflict-check-running = La comparaison de la carte des données est déjà en cours. Regardez à nouveau dans un instant.
system-not-connected = Ce système n’est pas connecté : connectez-le, ou répondez pour lui à la main.
