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
map-bad-kind = “{ $value }” is no identifier kind: names of a–z, 0–9 and _, joined by + for a pair
map-pair-columns = “{ $kind }” wants a list of { $wanted } columns, and { $given } stand here
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
map-system-not-in-map = there is no system named “{ $system }” in this map, but a connection was given for it

map-checked = { $systems } systems, { $tables } tables: no error.
map-failed = errors: { $count }.
map-undescribed = not described by the map: { $count } (listed on standard output). Columns of mapped tables are exported all the same.
map-cannot-read = { $file } cannot be read: { $reason }
map-bad-connect = “{ $value }” is no connection: write NAME=URL, such as shop=postgresql://reader@localhost/shop
map-bad-system-name = “{ $value }” is no name for a system: a letter a–z, then a–z, 0–9 or _
map-cannot-connect = { $system }: { $reason }
map-no-personal-tables = no table of { $system } has a column that looks personal; nothing was drafted.
map-draft-head =
    Drafted from a live schema. Before it is used, a person must say for each table:
    purpose, basis, retention, recipients, source and what an erasure does.
map-draft-left-out = Not drafted, since nothing in them looks personal and no drafted table leads to them:
