# The steps of a deadline. Each key is a rule of domain::deadline.
deadline-regime = The regime is { $regime }, with the public holidays of { $calendar } (data of { $version }).
deadline-received = The request was received on { $date } in the time zone { $zone }. That day is not counted, whether or not it is a working day.
deadline-period-months = The period in months is { $count }: from { $from } to the same date, or the last day of the month where that date does not exist: { $to }.
deadline-period-days = The period is { $count } days after { $from }: { $to }.
deadline-period-working-days = The period is { $count } working days after { $from }: { $to }.
deadline-aware = The controller became aware of the breach on { $instant }. The hours run from that very instant.
deadline-hours = The period is { $count } elapsed hours, over weekends and changes of the clock: it ends on { $instant }.
deadline-extended = A valid extension was notified. It counts from the receipt, not from the first limit; with pauses and the date announced, the period ends on { $to }.
deadline-paused-days = The clock stood still (days: { $count }); the period ends on { $to }.
deadline-rolled = { $from } is no working day: the limit is the next one, { $to }.
deadline-never-rolls = The limit does not move, even when { $date } is no working day: the earlier date is always lawful.
deadline-limit = The legal limit is { $date }. From { $instant } it is too late.
deadline-conservative = If every pause were contested, the date would be { $date }.
deadline-conservative-first-day = This law knows no pause. The conservative date counts the day of receipt as the first day: { $date }.
deadline-conservative-no-pause = This law knows no pause. The conservative date is the end of the period, not moved: { $date }.
deadline-strictest-months = The strictest reading takes the earlier of two dates: { $count } days after { $from }, { $to }, and the end of the months, { $limit }. It is { $date }.
deadline-strictest-first-day = The law can be read so that the day of receipt, { $from }, is the first day of the period. This strictest reading ends on { $date }.
deadline-strictest-moved = With pauses and the date announced, the strictest reading ends on { $date }.
deadline-target = The “30-day deadline” is the date to work towards. The strictest reading ends on { $from }; the last working day up to it is { $date }.
deadline-target-without-delay = The law says “without delay” and gives no number. The target is { $date }.
deadline-acknowledgement = The receipt must be confirmed within { $count } working days, by { $date }.
deadline-reflection = The answer may not be given before { $count } hours of reflection have passed, on { $instant }.
deadline-suspended = A question is open: there is no limit while it is. Work towards { $date }, the date if the suspension were contested.
deadline-question = { $question ->
    [identity] Information to confirm the identity was asked
    [clarification] Clarification was asked
   *[fee] A fee was asked
  } on { $date }: the clock stands still.
deadline-question-without-effect = { $question ->
    [identity] Information to confirm the identity was asked
    [clarification] Clarification was asked
   *[fee] A fee was asked
  } on { $date }. This does not stop the clock here.
deadline-question-repeated = { $question ->
    [identity] Information to confirm the identity was asked
    [clarification] Clarification was asked
   *[fee] A fee was asked
  } again on { $date }, before the first answer. Nothing changes.
deadline-question-late = { $question ->
    [identity] Information to confirm the identity was asked
    [clarification] Clarification was asked
   *[fee] A fee was asked
  } on { $date }, after the limit of { $limit }. It is ignored.
deadline-question-contestable = It was asked more than five working days after receipt (after { $date }): it can be said that this was not without undue delay.
deadline-answer = { $question ->
    [identity] Sufficient information on the identity
    [clarification] The clarification
   *[fee] The fee
  } arrived on { $date }: the clock runs again.
deadline-answer-unasked = { $question ->
    [identity] Information on the identity
    [clarification] A clarification
   *[fee] A fee
  } arrived on { $date } while no such question stopped the clock. Nothing changes.
deadline-answer-insufficient = The answer of { $date } did not settle the doubt. It does not end a pause.
deadline-restart = The period begins again with what arrived last: { $date }.
deadline-notice = The notice of extension of { $date } left by { $limit }, its last day: it is valid.
deadline-notice-while-suspended = The notice of extension of { $date } left while the clock stood still: it is valid.
deadline-notice-doubtful = The notice of extension of { $date } left while the clock stood still, but after the first period had ended. Whether it was in time is known with the answer; until then it is not counted.
deadline-notice-due = A notice of extension must leave by { $to }, the end of the first period.
deadline-notice-due-rolled = The first period ends on { $from }, which is no working day. A notice of extension must leave by the next one, { $to }; sent by { $from } it is beyond dispute.
deadline-notice-late = The notice of extension of { $date } left after { $limit }, its last day: it has no effect.
deadline-notice-relies-on-roll = The first period ended on { $limit }, which is no working day. The notice is in time only because that end moves to the next working day.
deadline-notice-relies-on-pause = Without the pauses, the notice was due on { $limit }. It is in time only if they stand.
deadline-notice-repeated = There was a second notice of extension on { $date }. Only one extension is possible: it has no effect.
deadline-notice-undated = The notice of extension of { $date } announces no date. Here the new date must be given: it has no effect.
deadline-notice-before-receipt = The notice of extension of { $date } is dated before the receipt: it has no effect.
deadline-notice-unknown-to-the-law = There was a notice of extension on { $date }. This law knows no extension: it has no effect.
deadline-notice-on-refusal = There was a notice of extension on { $date }. A refusal must leave within the first period: it has no effect.

# What cannot be used as an argument of the command.
explain-unknown-regime = --regime: the regime “{ $value }” is not known: give an id such as EU-GDPR, UK-GDPR, CH-FADP, US-CA-CCPA or CA-QC
explain-unknown-calendar = --calendar: the calendar “{ $value }” is not known: give the code of a state (FR), of a region (FR-ALM, DE-BY, GB-ENG, CA-QC), or one of them followed by +strict
explain-not-a-right = --right: “{ $value }” is not a right: write access, rectification, erasure, restriction, portability, objection, human_review, consent_withdrawal, complaint, appeal, opt_out, refusal, complaint_ack or breach
explain-not-a-zone = --tz: “{ $value }” is not an IANA time zone: write one such as Europe/Paris
explain-not-an-instant = --received: “{ $value }” is not an instant with its offset: write 2026-01-31T10:00:00+01:00
explain-bad-events = --events: { $value }
explain-outside = { $value } is outside 2020-01-01 to 2040-12-31, the years whose public holidays are known
explain-out-of-reach = --events: { $value } is not a date that an event of a request can have: give one from 1970 to 2100
explain-overflow = a period that begins on { $value } ends beyond the dates that can be computed
explain-bad-holidays = the data of the public holidays cannot be used: { $value }
