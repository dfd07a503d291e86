# `guichet collect`: words on the terminal, and notes in its packages.

collect-bad-identity = this is no identifier: write KIND=VALUE, such as email=ana@example.ie; a kind is written in a–z, 0–9 and _
collect-identity-empty = the identifier “{ $kind }” has no value
collect-identity-too-long = the value of the identifier “{ $kind }” is longer than 300 characters
collect-identity-too-many = there are more than 20 identifiers of the kind “{ $kind }”
collect-pair-values = “{ $kind }” wants one value for each of its parts, separated by |
collect-connected-twice = “{ $system }” is connected twice; give one --connect for each system
collect-nothing-reached = no table of the map is found by the identifiers that were given; the map finds people by: { $kinds }
collect-right = the right is access or portability
collect-unused-kind = the map finds nobody by “{ $kind }”; it is not used
collect-not-reached = { $system }.{ $table } is not searched: the identifiers that were given do not lead to it; any of these would: { $kinds }
collect-unreached = Not searched, since the identifiers at hand do not lead there: { $tables }
collect-began = { $system }: begins
collect-running = { $system }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }, { $seconds } s …
collect-ended = { $system }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }, { $seconds } s: { $outcome }
collect-complete = complete
collect-lacks = values were missing from: { $systems }
collect-row-cap = there are more rows than one search may take
collect-link-cap = there are more linked values than one search may follow
collect-manual = not searched: a person must look here
collect-unnamed-controller = The organisation (its data map does not name it)
collect-cannot-write = { $file } cannot be written: { $reason }
collect-no-file = { $file } exists and is no regular file; name another place for the package
collect-rows-lost = the rows found could not be kept: { $reason }
collect-stopped = stopped; no package was written
collect-done = { $file }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }, complete
collect-done-incomplete = { $file }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }, NOT COMPLETE; the package says what is missing
