# `guichet demo`: what it prints.

demo-password = password of everybody: { $password }
demo-operator = Operator of the instance
demo-shared-dpo = Data protection officer of both organisations
demo-ends = Ctrl-C ends it.
demo-bad-postgresql = --postgresql: { $reason }
demo-no-tls = the demo makes its databases without TLS: name a server on this machine, or add sslmode=disable to the options of the address
