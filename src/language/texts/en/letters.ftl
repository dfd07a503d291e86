# The letters of a case. letter-text-<letter> is the standard text; each variable is a placeholder.
letter-name-ack = Acknowledgement
letter-name-idreq = Identity request
letter-name-clar = Clarification request
letter-name-resume = Clock resumed
letter-name-ext = Extension notice
letter-name-access = Access response
letter-name-port = Portability delivery
letter-name-refuse = Refusal
letter-name-refuse-p = Partial refusal
letter-name-noid = Cannot identify you
letter-name-notctrl = Not the right organisation
letter-name-noreply = Closed without reply
letter-name-close-w = Withdrawal of the request
letter-name-breach-p = Information about a breach

letter-delivery-portal = in the portal
letter-delivery-registered_letter = registered letter
letter-delivery-counter = at the counter
letter-state-draft = draft
letter-state-sent = sent
letter-state-void = given up

# What surrounds every text.
letter-frame-reference = Our reference
letter-frame-received = Your request received on
letter-frame-rights = Right concerned
letter-frame-contact = Data protection contact
letter-frame-acting-for = on behalf of { $person }

# The standard texts.
letter-text-ack =
    { $salutation }

    We received your request on { $received_on }. Please quote the reference { $reference } when you write to us.

    This is what we understood:
    { $understood }

    { $clock }

    { $identity }

    What happens next:
    { $next_steps }

    { $processing }
letter-text-idreq =
    { $salutation }

    We are working on the request that we received on { $received_on }. Before we can answer, we need to be sure that we are writing to the right person.

    Why we are in doubt:
    { $doubt }

    You may choose one of these ways:
    { $options }

    Please hide what we do not need:
    { $masking }

    How to reach us safely:
    { $secure_channel }

    { $deletion }

    { $pause }

    { $again }
letter-text-clar =
    { $salutation }

    We are working on the request that we received on { $received_on }. To find what matters to you, we would like to ask a question.

    Why we ask:
    { $volume }

    You may choose from the following:
    { $choices }

    { $everything }

    { $pause }

    { $again }
letter-text-resume =
    { $salutation }

    We received what we had asked you for on { $replied_on }. Thank you. { $reply_received }

    { $clock }
letter-text-ext =
    { $salutation }

    We received your request on { $received_on }. We need more time to answer it in full.

    Our reasons:
    { $reasons }

    { $clock }

    What you have already received:
    { $provided }

    { $complaint }

    { $remedy }
letter-text-access =
    { $salutation }

    This is our answer to the request for access that we received on { $received_on }.

    { $findings }

    Why we use your data:
    { $purposes }

    Categories of data:
    { $categories }

    Who has received or will receive them:
    { $recipients }

    How long we keep them:
    { $storage }

    Where they come from:
    { $source }

    Automated decisions:
    { $automated_decisions }

    Transfers to third countries:
    { $transfers }

    What we have left out, and why:
    { $withheld }

    { $rights_information }

    { $complaint }

    { $remedy }
letter-text-port =
    { $salutation }

    This is our answer to the request for portability that we received on { $received_on }.

    What is included:
    { $scope }

    What is not included:
    { $excluded }

    Format:
    { $format }

    How to read it:
    { $dictionary }

    Transfer to another organisation:
    { $transfer }
letter-text-refuse =
    { $salutation }

    We have examined the request that we received on { $received_on }. We cannot meet it, for the following reasons.

    { $reasons }

    { $complaint }

    { $remedy }
letter-text-refuse-p =
    { $salutation }

    We have examined the request that we received on { $received_on }. We meet a part of it.

    What we do:
    { $provided }

    What we do not do, and why:
    { $reasons }

    { $complaint }

    { $remedy }
letter-text-noid =
    { $salutation }

    We cannot tell which data are yours, and so cannot act on the request that we received on { $received_on }.

    Why we cannot identify you:
    { $demonstration }

    What would help us:
    { $helpful_details }

    { $complaint }

    { $remedy }
letter-text-notctrl =
    { $salutation }

    We examined on { $sent_on } the request that we received on { $received_on }. We are not the organisation that decides on these data.

    Who decides on them:
    { $actual_controller }

    What we did with your request:
    { $forwarding }
letter-text-noreply =
    { $salutation }

    We received your request on { $received_on }. We asked you a question on { $asked_on }, and reminded you on { $reminded_on }. { $unanswered }

    Why we could not go on without your answer:
    { $reasons }

    { $reopening }

    { $complaint }

    { $remedy }
letter-text-close-w =
    { $salutation }

    We confirm that you withdrew the request that we received on { $received_on }. We have closed it.

    What you told us:
    { $withdrawn }

    { $reopening }

letter-text-breach-p =
    { $salutation }

    We write to you because something went wrong with data about you. We tell you what happened, what it can mean for you, and what you can do.

    What happened:
    { $nature }

    What it can mean for you:
    { $consequences }

    What we have done, and what you can do:
    { $measures }

    Whoever looks after data protection with us answers your questions: { $contact }. Please quote the reference { $reference }.

    { $complaint }

# Sentences of the law, and facts.
letter-salutation = Dear { $name },
letter-salutation-none = Dear Sir or Madam,
letter-identity-settled = You do not need to prove who you are again: that is settled.
letter-identity-open = If we doubt who is asking, we will tell you why, and ask you only for what is needed.
letter-identity-asked = We have asked you to confirm who you are. Please answer that question first.
letter-identity-verification = Before we answer we compare what you gave us with what we hold about you. The time for our answer runs meanwhile.
letter-processing = We use the data in your request to answer it, and to be able to show that we did. Write to { $contact } if you have a question about this.
letter-pause-suspend = The time for our answer stands still from today, { $date }, until we receive an answer that allows us to go on.
letter-pause-suspended = The time for our answer has stood still since { $date }, and stands still until we receive an answer that allows us to go on.
letter-pause-restart-identity = The month that we have to answer begins when we receive this information.
letter-pause-restart-other = The days from today, { $date }, until your answer do not count towards the time that we have to answer a request for access.
letter-pause-restart-since = The days since { $date }, when we asked you first, until your answer do not count towards the time that we have to answer a request for access.
letter-pause-none = The time for our answer goes on. If we cannot go on without your answer, we may have to decline your request.
letter-clock-runs = We plan to answer by { $due }. The law requires an answer by { $legal } at the latest.
letter-clock-resumed = We go on with your request. We plan to answer by { $due }. The law requires an answer by { $legal } at the latest.
letter-clock-extended = You will have our answer by { $until } at the latest.
letter-clock-extended-waiting = We extend the time for our answer. Not counting the time for which it stands still, it ends on { $until }. We will tell you the exact date once we have your reply.
letter-clock-waits = The time for our answer stands still: it waits for your reply to our question of { $date } ({ $question }).
letter-clock-waits-in-part = For a part of your request, the time for our answer waits for your reply to our question of { $date } ({ $question }).
letter-question-identity = who you are
letter-question-clarification = what you ask for
letter-question-fee = the fee
letter-days = { $first } and on { $next }
letter-unanswered = We have had no answer, and so we close your request.
letter-unanswered-enough = What we received from you on { $date } does not let us go on, and we have received nothing else since. And so we close your request.
letter-deletion = We delete what you send us for this purpose as soon as we have checked it. We only note that the check was made.
letter-everything = You may also ask for everything that we hold about you. You do not have to choose, and you do not have to give a reason.
letter-rights-information = You may ask us to correct or erase your data, to restrict their use, and you may object to their use.
letter-authority = { $name }, { $address }, { $website }
letter-complaint = You may lodge a complaint with the supervisory authority: { $authority }.
letter-complaint-residence = You may also turn to the authority of the State where you live: { $authority }.
letter-complaint-several = The State where you live has several authorities, mostly one for each region. To find the one that is meant for you, you may turn to the federal authority: { $authority }.
letter-complaint-choice = You may choose the authority of the State where you live, where you work, or where the infringement took place (Article 77 GDPR).
letter-complaint-first = You may also complain to us directly: { $contact }. We acknowledge a complaint within 30 days.
letter-remedy = You may also seek a remedy before the courts.
letter-remedy-european = You may also seek a remedy before the courts (Article 79 GDPR).
letter-reopening = You may ask us to take up your request again at any time. Write to { $contact } and quote the reference { $reference }.
letter-not-applicable = Does not apply.
letter-reason-of-right = { $right }: { $ground }. { $reason }

# What a new draft proposes, for a person to change.
letter-proposed-understood = You exercise this right: { $rights }.
letter-proposed-next_steps = We look in our systems for what answers your request, check the result, and send you our answer.
letter-proposed-options =
    - give us a detail that nobody else can know
    - let us call you back on a telephone number that was given to us before your request, if there is one
    - come to our counter
letter-proposed-masking = If you show us a document, hide the photograph, the number, and everything but your name and what we ask for.
letter-proposed-secure_channel = Answer in the portal where you follow your request. Please send no document by ordinary e-mail.
letter-proposed-nothing-yet = Nothing yet.
letter-proposed-format = JSON and CSV files, in one ZIP archive.
letter-proposed-dictionary = The file datapackage.json in the archive describes every table and every column.
letter-proposed-scope = The data that you gave us, and the data that arose when you used our services.
letter-proposed-excluded = Data that we derived ourselves, such as scores and assessments.
letter-proposed-transfer = You may give the files to another organisation. Tell us if you would like us to send them there directly.

# The parts of a letter, as forms and findings call them.
letter-part-reference = the reference
letter-part-received_on = the date of receipt
letter-part-sent_on = the date of sending
letter-part-rights = the right concerned
letter-part-salutation = the salutation
letter-part-controller = the name of the organisation
letter-part-contact = the data protection contact
letter-part-due_on = the date of the answer
letter-part-legal_on = the legal limit
letter-part-replied_on = the date of the reply
letter-part-until = the new date
letter-part-asked_on = the date of the question
letter-part-reminded_on = the date of the reminder
letter-part-identity = whether identity is settled
letter-part-processing = what happens to the data in the request
letter-part-pause = the effect on the time to answer
letter-part-clock = the dates of the clock, or what it waits for
letter-part-unanswered = that no sufficient reply came
letter-part-deletion = the promise to delete
letter-part-everything = that the person may still ask for everything
letter-part-rights_information = the other rights
letter-part-complaint = the complaint to the authority
letter-part-remedy = the judicial remedy
letter-part-reopening = how to have the request taken up again
letter-part-understood = what was understood
letter-part-next_steps = the next steps
letter-part-doubt = why there is doubt
letter-part-options = the ways to choose from, least intrusive first
letter-part-masking = what to hide
letter-part-secure_channel = the safe way to answer
letter-part-again = why we ask again
letter-part-volume = that much data is held
letter-part-choices = the choices, one on each line
letter-part-reply_received = what was received
letter-part-reasons = the facts and the reasons
letter-part-provided = what is given or done already
letter-part-findings = what was found
letter-part-purposes = (a) the purposes
letter-part-categories = (b) the categories of data
letter-part-recipients = (c) the recipients, by name
letter-part-storage = (d) how long data are kept
letter-part-source = (g) the source
letter-part-automated_decisions = (h) automated decisions and their logic
letter-part-transfers = transfers to other countries and their safeguards
letter-part-withheld = what is withheld, and why
letter-part-format = the format
letter-part-dictionary = the description of the data
letter-part-scope = what is included
letter-part-excluded = what is excluded
letter-part-transfer = transfer to another organisation
letter-part-demonstration = why the person cannot be identified
letter-part-helpful_details = which details would help
letter-part-actual_controller = who decides on the data, if known
letter-part-forwarding = whether the request was passed on, and when
letter-part-withdrawn = what the person said, how and when
letter-withheld = { $place } ({ $extent }): { $ground }
letter-withheld-times = { $place } ({ $extent }, { $count ->
        [one] once
       *[other] { $count } times
    }): { $ground }
letter-withheld-more = { $count ->
        [one] { $count } more place, listed
       *[other] { $count } more places, each listed
    } with its ground in the answer itself
letter-part-nature = what happened
letter-part-consequences = what it can mean for the person
letter-part-measures = what was done, and what the person can do

# The letter with a code, which shows who somebody is.
code-letter-title = A code to show that it is you
code-letter-why = On { $received } somebody wrote to us in your name about personal data. We answer only to the right person: so we write to the address that we had on file before.
code-letter-how = If it was you: open { $portal } in a browser, and type the reference above and the receipt code that you were given when you asked. Then choose “I have a letter with a code”, and type this code:
code-letter-until = The code counts once, until { $until }. After five wrong tries it counts no more.
code-letter-receipt = If you have no receipt code any more, call us or write to us ({ $contact }), and we will give you another way in.
code-letter-nobody = If it was not you: do not type this code, give it to nobody, and tell us ({ $contact }). Nobody who works for { $controller } will ever ask you for it.
