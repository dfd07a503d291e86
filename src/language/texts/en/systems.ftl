# The data map, the systems and the tasks of a controller, through the API.

problem-no-map-type = YAML or JSON is expected
problem-no-map-type-detail = Send the data map with the header Content-Type: application/yaml, or application/json.
field-system-name = This is no name for a system: a letter a–z, then a–z, 0–9 or _, as in the data map.
field-host-not-allowed = The operator of the server does not allow connections to this host and port. Ask for it to be added to allowed_hosts.
field-path-not-allowed = The operator of the server does not allow files at this place. Ask for its directory to be added to allowed_directories.
conflict-too-many-systems = This organisation has as many connected systems as are allowed. Remove one that is no longer used.
conflict-test-running = This connection is being tested already. Look again in a moment.
transition-task-done = This task is done already.
transition-task-of-verb = This task is done by doing what it asks for: answer for the system, or record the acknowledgement.
system-connected = { $system } is connected; its test tells whether it answers
conflict-no-data-map = There is no data map yet. Describe first where personal data is kept.
conflict-check-running = The data map is being compared already. Look again in a moment.
system-not-connected = This system is not connected: connect it, or answer for it by hand.
