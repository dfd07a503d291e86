# The data map: errors, and words of `guichet map`.

map-too-large = the map is larger than { $limit } bytes
map-syntax = this is not valid YAML: { $detail }
map-too-deep = more than { $limit } levels of nesting
map-too-many-nodes = more than { $limit } values once its aliases are expanded
map-several-documents = a second document begins here; a map is one document
map-tagged = tags (!…) are not accepted in a map
map-duplicate-key = the key “{ $key }” stands twice
map-key-not-text = a key must be a text
map-expected-text = a text is expected here
map-expected-list = a list is expected here
map-expected-mapping = a mapping (key: value) is expected here
map-empty = something must stand here
map-too-long = this text is longer than { $limit } characters
map-too-many = more than { $limit } of them
map-control-character = this text holds a control character
map-unknown-key = the key “{ $key }” is unknown; known here: { $allowed }
map-missing = the key “{ $key }” is missing
map-unknown-value = “{ $value }” is not one of: { $allowed }
map-unknown-exemption = “{ $value }” is no exemption code; the codes are: { $allowed }
map-bad-name = “{ $value }” is no name: a letter a–z, then a–z, 0–9 or _, at most 63 characters
map-bad-country = “{ $value }” is no country code: two capital letters, such as FR
map-bad-language = “{ $value }” is no language code, such as fr or en
map-bad-date = “{ $value }” is no date; write it as 2026-03-05
map-bad-duration = “{ $value }” is no duration; write three years as P3Y, six months as P6M
map-bad-tag = “{ $value }” is no category key, such as user.contact.email
map-bad-kind = “{ $value }” is no identifier kind: names of a–z, 0–9 and _, up to four joined by +
map-pair-columns = “{ $kind }” wants a list of { $wanted } columns, and { $given ->
        [one] { $given } stands here
       *[other] { $given } stand here
    }
map-retention-empty = say how long: keep (a duration such as P3Y) or criteria (in words)
map-duplicate-system = there are two systems named “{ $system }”
map-duplicate-table = the table “{ $table }” stands twice in “{ $system }”
map-duplicate-column = the column “{ $column }” stands twice
map-rest-once = exactly one action must take the “rest” of the columns
map-column-action = “{ $value }” is nothing that can be done to single columns: keep, mask or restrict
map-unknown-system = there is no system named “{ $system }” in this map
map-unknown-table = the system “{ $system }” has no table “{ $table }” in this map
map-from-manual = “{ $system }” is searched by a person: “{ $table }” gives no values to search with
map-no-way-in = no identifier reaches the table “{ $table }” of “{ $system }”: give it find_by or reached_from
map-circle = the table “{ $table }” of “{ $system }” is reached only from itself, in a circle with no way in: give one table of the circle find_by
map-unreachable = the table “{ $table }” of “{ $system }” is reached only from tables that no identifier reaches
map-table-not-in-system = the system “{ $system }” has no table “{ $table }”
map-column-not-in-table = the table “{ $table }” of “{ $system }” has no column “{ $column }”
map-view-broken = the view “{ $table }” of “{ $system }” cannot be read: a table or a column that it shows is gone
map-column-not-comparable = the column “{ $column }” of the table “{ $table }” of “{ $system }” cannot be compared with this identifier: nothing would ever be found by it. Name another column, or a view that gives it as text
map-system-not-in-map = there is no system named “{ $system }” in this map, but a connection was given for it
map-connector-differs = the connection given for “{ $system }” is of the kind { $given }, and the map says { $wanted }

map-checked = systems: { $systems }, tables: { $tables }, no error.
map-failed = errors: { $count }.
map-review-old = { $system }: the map was last reviewed on { $date }, more than a year ago. Review it, and write the day as reviewed_on.
map-never-reviewed = { $system }: the map says no day of review. Review it, and write the day as reviewed_on.
map-undescribed = not described by the map: { $count } (listed on standard output). Columns of mapped tables are exported all the same.
map-cannot-read = { $file } cannot be read: { $reason }
map-bad-connect = this is no connection: write NAME=URL, such as shop=postgresql://reader@localhost/shop
map-bad-system-name = “{ $value }” is no name for a system: a letter a–z, then a–z, 0–9 or _
map-cannot-connect = { $system }: { $reason }
map-no-personal-tables = no table of { $system } has a column that looks personal; nothing was drafted.
map-draft-head =
    Drafted from a live schema. Before it is used, a person must say for each table:
    purpose, basis, retention, recipients, source and what an erasure does.
map-draft-left-out = Not drafted, since nothing in them looks personal and no drafted table leads to them:

settings-not-a-url = this is no URL; write postgresql://user@host/database or sqlite:PATH
settings-unknown-scheme = connections of the kind “{ $value }” are not available in this version; write postgresql://… or sqlite:…
settings-missing = the URL names no { $value }
settings-unknown-option = the option “{ $value }” is not accepted; only sslmode (disable or verify-full) and sslrootcert are
settings-tls-mode = sslmode is disable or verify-full: what lies between only looks safe
source-not-connected = no connection is set for this system
source-not-available = the connector “{ $connector }” is not available in this version
source-host-not-allowed = the operator does not allow connections to this host and port
source-path-not-allowed = the operator does not allow files at this place
source-name-not-resolved = the name of the host is unknown; check its spelling
source-unreachable = the system cannot be reached; check host and port, and that it is running
source-no-answer = the system did not answer in time
source-tls-failed = the certificate could not be verified, or the server speaks no TLS; check the host name and the certificate authority
source-authority-unreadable = the file of the certificate authority cannot be read; it must hold certificates as PEM
source-login-refused = the system refused the user or the password
source-database-missing = there is no such database
source-file-missing = there is no such file
source-not-a-database = the file is no database that can be read
source-permission-denied = the user may not read the table “{ $table }”; grant SELECT on it
source-table-missing = the table “{ $table }” is not there; check the map against the live schema
source-column-missing = the table “{ $table }” has no column “{ $column }”; check the map against the live schema
source-column-not-comparable = the column “{ $column }” of the table “{ $table }” cannot be compared with an identifier: nothing would ever be found by it. Name another column, or a view that gives it as text
source-locked = somebody else holds a lock; try again later
source-timed-out = the time allowed for the search is over
source-dropped = the connection broke
source-malformed = the source sent something else than it announced
source-value-too-large = a value is larger than { $limit } bytes
source-refused = the source refused the query ({ $state })
source-table-refused = the source failed when the table or view “{ $table }” was read ({ $state }); try a SELECT on it as the same user
source-row-security = row-level security hides rows of “{ $table }”, or of what it is made from, from the user, so its answer would not be complete; give the user BYPASSRLS, or leave the table to a user who may read all of it
