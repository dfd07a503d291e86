# `guichet backup`, `guichet restore`, `guichet unmute`.

backup-written = { $file }: { $rows } rows and { $files } sealed files. It opens with the master key alone: keep the two apart.
backup-restored = Restored: { $rows } rows and { $files } sealed files are as they were saved, and every history fits its checkpoint. { $destroyed } keys were destroyed again. The instance is muted: look at it, then run `guichet unmute`, and jobs run again.
backup-unmuted = The instance runs jobs again.
backup-ledger-unreadable = { $file }: { $count } lines say nothing and were passed over: cut short, or not of this program.
