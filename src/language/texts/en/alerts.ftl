# What somebody is alerted to: what to do, and why.

alert-acknowledgement-due = { $reference }: confirm the receipt to the person by { $date }; nobody has yet.
alert-acknowledgement-due-past = { $reference }: the receipt should have been confirmed to the person by { $date }, and nobody has. Confirm it now.
alert-acknowledgement-due-was = { $reference }: the receipt was to be confirmed to the person by { $date }.
alert-target-in-7 = { $reference }: at most seven working days are left until the target, { $date }. See what is still missing for the answer.
alert-target-in-7-was = { $reference }: seven working days before the target, { $date }, it was time to see what was missing for the answer.
alert-target-in-3 = { $reference }: at most three working days are left until the target, { $date }. Review what was found, and prepare the answer.
alert-target-in-3-was = { $reference }: three working days before the target, { $date }, it was time to prepare the answer.
alert-target-in-1 = { $reference }: the target is the next working day, { $date }. Release the answer.
alert-target-in-1-was = { $reference }: the working day before the target, { $date }, it was time to release the answer.
alert-target-reached = { $reference }: the target is { $date }. Answer on that day; after it only the days until the legal limit are left.
alert-target-reached-past = { $reference }: the target, { $date }, has passed. Answer now; the request shows the legal limit.
alert-target-reached-was = { $reference }: the target was { $date }.
alert-limit-reached = { $reference }: the legal limit is { $date }, and after it the answer is late. Answer on that day, or write down why not.
alert-limit-reached-past = { $reference }: the legal limit was { $date }, and the answer is late. Answer without delay, and write down why it is late.
alert-limit-reached-was = { $reference }: the legal limit was { $date }.
alert-extension-lapses = { $reference }: decide now whether two more months are needed. The person must be told, with the reasons, by { $date }.
alert-extension-lapses-was = { $reference }: the person was to be told by { $date } if two more months were needed.
alert-paused-limit-near = { $reference }: the clock stands still, but if the pause is contested the limit is { $date }. Get the reply, or answer what can be answered.
alert-paused-limit-near-past = { $reference }: the clock stands still, but if the pause is contested the limit was { $date }. Get the reply, or answer what can be answered.
alert-paused-limit-near-was = { $reference }: the clock stood still; had the pause been contested, the limit was { $date }.
alert-act-at-once = { $reference }: the person objects to marketing. Stop it now, and record it here; you are told every four hours until then (this time for { $date }).
alert-act-at-once-was = { $reference }: the person had objected to marketing; it was called to mind for { $date }.
alert-consent-withdrawn = { $reference }: the person takes a consent back. Stop now what rests on it, and record it here; you are told every four hours until then (this time for { $date }).
alert-consent-withdrawn-was = { $reference }: the person had taken a consent back; it was called to mind for { $date }.
alert-job-failed = { $reference }: a piece of work failed for good. Open the tasks of { $controller }, see why, and do it by hand or start it again.
alert-job-failed-no-case = { $controller }: a piece of work failed for good. Open the tasks, see why, and do it by hand or start it again.
alert-colleague-unreached = { $controller }: alerts to a colleague do not arrive by mail. The list of requests says whom: see that they look there meanwhile, and have the address or the mail server put right.
alert-map-not-reviewed = { $controller }: on { $date } a full year had passed since a system of the data map was last reviewed. Compare the map with what the system holds, and write the day as reviewed_on: searches go by it.
alert-code-unused = { $reference }: a code was sent to the contact on file, and for five days nobody has typed it in. Look for another way to know who the person is, or write the letter that asks.
alert-letter-code-unused = { $reference }: the code that went by letter was not typed in for thirty days, or somebody guessed at it five times, and it counts no more. Look for another way to know who the person is, write the letter that asks, or send another code.
alert-reply-waiting = { $reference }: the person has written. Read the message in the history of the request, and answer; where it replies to our question, say whether it is enough.
alert-system-waiting = { $reference }: a system that no program reaches waits for its owner. Look there for the person, and hand in what you find, or say that there is nothing.
alert-mail-subject = Guichet: { $reference } needs you
alert-mail-subject-no-case = Guichet needs you
alert-mail-why = You receive this because you look after these requests. Sign in to act; this mail is no sign-in.
alert-digest-subject = Guichet: { $count } alerts
alert-digest-first = { $count } things wait for you:
alert-digest-more = And { $count } more; the list of requests shows { $count ->
        [one] it too.
       *[other] them all.
    }
case-alerts = Alerts
case-alert-passed-over = a higher one said it
alert-breach-near = { $controller }: the authority must be told of a breach by { $date }, 72 hours after you became aware of it. Tell what is known now; the rest may follow. Or write why a risk is unlikely.
alert-breach-reached = { $controller }: the 72 hours to tell the authority of a breach ended on { $date }. Tell it without delay, with the reasons for being late, or write why a risk is unlikely.
alert-identity-document-waiting = { $reference }: a document to show who the person is has come in. Look at it and decide; it is deleted with the decision, and 72 hours after it came at the latest.
alert-identity-document-near = { $reference }: a document to show who the person is will be deleted on { $date }, and nobody has decided. Look at it, and decide on identity.
alert-identity-document-over = { $reference }: a document to show who the person is was deleted after 72 hours, and nobody had decided. Choose another way first: a code, a call, a letter, the counter. Only where the doubt remains, ask for it again, and say sorry.
alert-identity-document-reused = { $reference }: the same identity document was handed in for somebody else, too. Compare the two requests before you decide; the history names the other. Nothing was decided by it.
