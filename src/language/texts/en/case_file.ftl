# The case file: what it holds, and how it is checked.
case-file-title = Case file
case-file-title-of = Case file { $reference }
case-file-of = Made by Guichet for { $controller }.
case-file-holds = The case file holds the history of the case, the letters that were sent, the decisions, the list of what was in each released package, and the proof that the history was not changed.
case-file-recorded = Each time it is opened is recorded in the history.
case-file-print = Open for print
case-file-download = Download as a ZIP, with its proof
case-file-without-person = This file was made for a reader who may not see the person's data, or after the key of the case was destroyed: the letters and the words that people wrote are left out, and their digests stand in their place.
case-file-proven = Events of this case: { $events }; proven by a signed checkpoint: { $proven }. That checkpoint covers the events of the organisation up to number { $size }. Events without a number were recorded in the last seconds, and are not proven yet.
case-file-how = To check the file, you need no server: only the program guichet, this file as it was downloaded, a checkpoint that somebody kept elsewhere (from the folder of checkpoints, a mail or a webhook), and the public key of the organisation's history. Run:
case-file-key = The key stands here so that you can copy it. Compare it with the one that you got by another way, with "guichet audit key": who forges a file forges the key in it too.
case-file-by-hand = The command says "whole", or names what was changed. Without the program: MANIFEST is a signed note (c2sp.org/signed-note) with the SHA-256 of every file; each line of events.jsonl holds an event ("entry"), its number, and the hashes that lead from it to the checkpoint in proof.json (RFC 9162, section 2.1.3.2). The SHA-256 of a letter is in letters.json.
case-file-who = Who
case-file-number = No.
case-file-no-number = not yet
case-file-no-release = No package was released.
case-file-check = How this file is checked
event-case-file-page = Case file opened for print.
event-case-file-archive = Case file downloaded.

# `guichet audit verify --case-file`: what was found.
case-file-whole = Case { $reference } of { $origin }: whole. Files that are as they were signed: { $files }; events that are proven: { $proven }, by the checkpoint over { $size }; kept checkpoints with which it agrees: { $fitting }.
case-file-not-whole = Case { $reference } of { $origin }: NOT whole. Events that are proven: { $proven }, by the checkpoint over { $size }; kept checkpoints with which it agrees: { $fitting }.
case-file-unprotected = Events so young that they had no number, and are not proven: { $count }.
case-file-fault-no-manifest = The file MANIFEST is missing or is no signed list of files: this is no case file, or not all of it.
case-file-fault-manifest-altered = The file MANIFEST was changed after it was signed, so nothing in this case file can be relied on.
case-file-fault-unknown-key = The file MANIFEST was signed by none of the given keys: give the key of the organisation's history, or the file is forged.
case-file-fault-file-altered = The file { $name } was changed after it was signed.
case-file-fault-file-gone = The file { $name } was taken out.
case-file-fault-file-added = The file { $name } was put in: the signed list does not name it.
case-file-fault-unreadable = The file { $name } does not read as it should.
case-file-fault-checkpoint-altered = The checkpoint in proof.json was not signed by the key of this history, or nothing was signed yet.
case-file-fault-event-altered = Event { $version } of the case (number { $number }, { $event }) is not the one that was numbered.
case-file-fault-event-gone = Event { $version } of the case is missing from the file.
case-file-fault-parted = The history of this file does not continue the one of the kept checkpoint over { $size ->
        [one] { $size } event
       *[other] { $size } events
    }: one of them is not the history that was signed first.
case-file-fault-not-compared = No kept checkpoint could be compared with the file's, which is over { $size ->
        [one] { $size } event
       *[other] { $size } events
    }: give one that was signed when the file was made or not long before.
