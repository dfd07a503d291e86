# `guichet audit`: what a verification found.

audit-whole = { $origin }: whole. { $size ->
        [one] { $size } event is numbered, { $proven } of these
       *[other] { $size } events are numbered, { $proven } of them
    } proven by a checkpoint; { $fitting } of { $kept ->
        [one] { $kept } kept checkpoint fits
       *[other] { $kept } kept checkpoints fit
    }.
audit-not-whole = { $origin }: NOT whole. { $size ->
        [one] { $size } event is numbered, { $proven } of these
       *[other] { $size } events are numbered, { $proven } of them
    } proven by a checkpoint; { $fitting } of { $kept ->
        [one] { $kept } kept checkpoint fits
       *[other] { $kept } kept checkpoints fit
    }.
audit-case = case { $case }
audit-case-named = case { $case }, with the reference { $reference }, which nothing proves
audit-no-case = of no case
audit-event = event number { $number } ({ $event }, { $case })
audit-fault-altered = { $place } is not what was numbered: it was edited, or another was put in its place.
audit-fault-gone = { $place } was numbered and is gone.
audit-fault-moved = { $place } was numbered for one organisation and stands with another.
audit-fault-words-gone = { $place } has lost the sealed words beside it, although the key of the case was not destroyed.
audit-fault-record-altered = { $place } is as it was; what was stored beside it as proof was changed.
audit-fault-not-numbered = { $place } is older than a minute and has no number: it was put in beside the program, or no worker runs.
audit-fault-case-gone = { $place } is as it was; the case that it names is gone, and no event of this program removes a case. Its other events are not told one by one.
audit-fault-case-moved = { $place } is as it was; the case that it names stands with another organisation. Its other events are not told one by one.
audit-restored = This history was restored at { $at } from a backup made at { $saved }, as a restore of this program signed it. The events from number { $from } to number { $last } that happened after the backup are not in it. If a checkpoint of more than { $from } events was kept after the restore, an older copy of the database was put in place since.
audit-checkpoint-altered = A checkpoint beside the history, for { $from } events, does not open with the key: it was changed there. It was passed over.
audit-numbers-gone = The numbers { $from } to { $last } are missing.
audit-range = Between number { $from } and number { $last } something was changed, removed, added or put elsewhere: the checkpoint at { $from } fits, the one at { $to } does not.
audit-not-signed = The events from number { $from } to number { $last } stand in the tree, and no valid checkpoint covers them.
audit-short = A checkpoint was signed for { $to ->
        [one] { $to } event
       *[other] { $to } events
    }, and only { $from ->
        [one] { $from } is there
       *[other] { $from } are there
    }: the tail was cut off, or an older copy of the database was put in its place.
audit-more-findings = And { $count ->
        [one] { $count } finding
       *[other] { $count } findings
    } more.
audit-not-yet-protected = { $count ->
        [one] { $count } event is so young that it is not yet protected.
       *[other] { $count } events are so young that they are not yet protected.
    }
audit-numbered-late = { $count ->
        [one] { $count } event was numbered more than an hour after it says it happened; that is so after a time without a worker, or when it was put in later.
       *[other] { $count } events were numbered more than an hour after they say they happened; that is so after a time without a worker, or when they were put in later.
    }
audit-notes-passed = { $file }: { $count ->
        [one] { $count } note was passed over
       *[other] { $count } notes were passed over
    }: cut short, or no checkpoints.
audit-notes-without-key = { $file }: { $count ->
        [one] { $count } checkpoint
       *[other] { $count } checkpoints
    } of { $origin } passed over: none of the given keys signed that.
audit-not-compared = { $origin }: NOT compared. A key was given, and no history with a checkpoint that was kept of it.

# The mail that carries checkpoints to whoever keeps them outside.
checkpoint-mail-subject = Signed checkpoints to keep
checkpoint-mail-keep = Keep this mail: it holds signed checkpoints of the history of requests. Whoever has it can tell later whether that history was changed.
checkpoint-mail-how = To check a history, a case file or a database, give the saved text of this mail to "guichet audit verify --checkpoint". Nothing in it is secret, and nothing in it is about a person.
audit-references-unproven = The lines of this file name references of cases beside the entries. Nothing proves those: go by the id of the case in the entry.
