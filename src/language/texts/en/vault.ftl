password-too-short = A password has at least { $minimum } characters. A short sentence is fine.
password-too-long = A password has at most { $maximum } characters.
password-repeated = This password repeats one piece over and over. Choose another.
password-common = This password is made of passwords that everybody tries first. Choose another.
password-contains-email = This password contains the name of your e-mail address. Choose another.
password-contains-product = This password contains the name of this product. Choose another.

setup-new-key = A new master key stands in { $file }. Copy it to a safe place, apart from the backups: without it nobody can read the data, and with it and a backup anybody can.
setup-password = { $email } can sign in with this password, once, to choose another:
