# `guichet backup`, `guichet restore`, `guichet unmute`.

backup-written = { $file } : { $rows } lignes et { $files } fichiers scellés. La clé maîtresse seule l’ouvre : gardez les deux séparément.
backup-restored = Restauré : { $rows } lignes et { $files } fichiers scellés sont tels qu’ils ont été sauvegardés, et chaque historique correspond à son point de contrôle. { $destroyed } clés ont été détruites de nouveau. L’instance est en sourdine : regardez-la, puis lancez `guichet unmute`, et les travaux reprennent.
backup-unmuted = Les travaux de l’instance ont repris.
backup-ledger-unreadable = { $file } : { $count } lignes ne disent rien et ont été laissées de côté : coupées, ou étrangères à ce programme.
