# `guichet backup`, `guichet restore`, `guichet unmute`.

backup-written = { $file }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    } and { $files ->
        [one] { $files } sealed file
       *[other] { $files } sealed files
    }. It opens with the master key alone: keep the two apart.
backup-restored = Restored: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    } and { $files ->
        [one] { $files } sealed file
       *[other] { $files } sealed files
    } are as they were saved, and every history fits its checkpoint and says that it was restored. { $destroyed ->
        [one] { $destroyed } key was destroyed again.
       *[other] { $destroyed } keys were destroyed again.
    } The instance is muted: look at it, then run `guichet unmute`, and jobs run again.
backup-unmuted = The instance runs jobs again.
backup-ledger-unreadable = { $file }: { $count ->
        [one] { $count } line says nothing and was passed over
       *[other] { $count } lines say nothing and were passed over
    }: cut short, or not of this program.
backup-ledger-none = { $file }: line { $line } is none of a ledger of destroyed keys, and nothing was changed. Give the file destroyed.cases that stands beside the checkpoints, as it is, or leave --ledger out where no key was ever destroyed.
backup-not-set = No backups are made by night: set backup_dir.

# The recovery sheet.
recovery-title = Recovery sheet of the Guichet at { $address }, made on { $day }
recovery-keep = Print this sheet and keep it where neither this machine nor its backups are. A backup opens with the master key alone: without the key nothing can be put back, by nobody.
recovery-where = WHERE EVERYTHING LIES
recovery-key = Master key (keep a copy elsewhere, never beside a backup)
recovery-fingerprint = Fingerprint of the master key, as this command prints it again
recovery-database = Database
recovery-folder = Folder of the sealed files
recovery-backups = Backups
recovery-no-backups = none are made by night: set backup_dir, or let a timer run guichet backup FILE
recovery-checkpoints = Signed checkpoints (the newest are the proof that nothing was changed)
recovery-ledger = Ledger of destroyed keys (a restored copy must destroy them again)
recovery-master-key = MASTER KEY: whoever has this line and a backup has everything
recovery-steps = STEP BY STEP, ON A CLEAN MACHINE
recovery-step-install = Install the version of guichet that made the backup; a newer one brings it up to date afterwards.
recovery-step-place = Put the master key where the settings expect it, readable by its owner alone.
recovery-step-key = Compare its fingerprint before anything else is made. It must be { $print }.
recovery-step-settings = Write the settings anew, with an empty data_dir and an empty database.
recovery-step-restore = Restore the newest backup, with the newest ledger of destroyed keys (without --ledger when no key was ever destroyed).
recovery-step-verify = Hold the restored history against the checkpoints that were kept elsewhere, in the order in which they were kept; the keys stand below. What happened after the backup is told as restored, and not in the history any more; every other finding needs an explanation before you go on.
recovery-step-look = Start the instance. It is muted: it shows everything, and neither sends nor searches. Look whether the newest cases are there; what came in after the backup must be entered again.
recovery-step-unmute = When no other copy of this instance works any more, let this one work.
recovery-trees = KEYS AND CHECKPOINTS, TO COMPARE
recovery-instance = What belongs to no organisation
recovery-checkpoint = { $size ->
        [one] { $size } event
       *[other] { $size } events
    }, root { $root }

# A muted instance, and backups, as staff see them.
muted-title = This instance was restored from a backup and is muted.
muted-what = It shows everything, but sends no mail, runs no search and raises no alert until whoever runs it has looked at it and runs "guichet unmute". What came in after the backup is not here.
operator-backup = Backups
operator-backup-not-set = No backup is made by night: set backup_dir, or let a timer run "guichet backup".
operator-backup-failed = The last backup failed ({ $code }). Look at the log, and at the disk and the rights of the folder of backups; it is tried again the next night.
operator-backup-made = The last backup by night is that of { $day }; it was read again and is whole.
operator-backup-none = No backup was made by night yet.
operator-mail = Mail of the server itself
operator-mail-well = In the last seven days no mail of the server itself (alerts, checkpoints) was refused, came back or was given up.
operator-mail-failed = In the last seven days { $count ->
        [one] one mail of the server itself (alerts, checkpoints) did not arrive
       *[other] { $count } mails of the server itself (alerts, checkpoints) did not arrive
    }; the last one: { $code }. Look at the log, the mail server and checkpoint_mail; whom alerts do not reach stands on the first page of the DPOs.
