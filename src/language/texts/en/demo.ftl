# `guichet demo`: what it prints.

demo-password = password of everybody: { $password }
demo-operator = Operator of the instance
demo-shared-dpo = Data protection officer of both organisations
demo-mailbox = mail of the demo: { $address }
demo-ends = Ctrl-C ends it.
demo-bad-postgresql = --postgresql: { $reason }
demo-no-tls = the demo makes its databases without TLS: name a server on this machine, or add sslmode=disable to the options of the address

# What people ask and answer in its cases.

demo-words-which = Which data do you hold about me?
demo-words-copy = She wants a copy of everything, for another shop too.
demo-words-stop = Stop sending me newsletters.
demo-words-delete-account = Please delete my account.
demo-words-other-address = The address of the letter is not the one on file.
demo-words-all-mails = All e-mails about me since 2019, please.
demo-words-thousands = Several thousand messages have to be read one by one.
demo-words-misspelt = My name is misspelt on every invoice.
demo-words-article-15 = A copy of my data under Article 15.
demo-words-orders = My orders in a format that my new shop can read.
demo-words-delete = Delete everything.
demo-words-warranty = She called again: she wants to keep her warranty.
demo-words-parcels = Which data do you have about my parcels?
demo-words-not-ours = The parcels are Example Parcels' own files: passed on to them, and the person was told.
