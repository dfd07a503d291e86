# Mail that goes out. Never more of a person than the name in the salutation.

mail-salutation = Dear { $name },
mail-salutation-nobody = Hello,

mail-purpose-code = a code
mail-purpose-portal_notice = a notice that something waits in the portal
mail-purpose-download_notice = a notice that something was fetched in the portal
mail-purpose-alert = an alert
mail-purpose-digest = a digest of alerts
mail-purpose-checkpoints = signed checkpoints of the history
event-mail-sent = Mail handed to the mail server: { $purpose }.
event-mail-failed = Mail not sent: { $purpose } ({ $code }). Reach the person another way, or correct the address.
mail-notice-subject = News from { $controller }
mail-notice-what = Something waits for you at { $controller }, in the place where you follow your request:
mail-notice-how = You need your reference and your receipt code. They are not in this mail, and nobody will ask you for them by mail.
mail-received-subject = { $controller } received a request
mail-received-what = { $controller } received a request with the reference { $reference }. You can follow it here:
mail-received-how = The reference alone opens nothing: you also need the receipt code that was shown when the request was made, or the six digits that we read out on the telephone. They are in no mail, and nobody will ask you for them by mail. If you have neither, or made no request, write to { $contact }.
mail-download-subject = Something was fetched at { $controller }
mail-download-what = Somebody has just fetched what { $controller } made ready for you, in the place where you follow your request:
mail-download-how = If that was you, there is nothing to do. If it was not, write to us at once: somebody else knows your codes.
mail-code-subject = Your code for { $controller }
mail-code-asked = Somebody who follows a request to { $controller } asked for this code, to prove that it is you:
mail-code-how = Type it in the page where you asked for it. It counts for ten minutes, in that page alone. No link is needed, and nobody of us will ever ask you for it.
mail-code-not-you = Was it not you? Then you need do nothing: without this code nobody gets anything.

mail-state-waiting = waits
mail-state-sent = sent
mail-state-refused = refused
mail-state-given_up = given up
mail-state-called_off = undone
mailbox-title = Mail of this demo
mailbox-what = The demo sends no mail: what it would have sent stands here, newest first.
mailbox-nothing = Nothing yet.
mailbox-to = To
mailbox-headers = Headers
