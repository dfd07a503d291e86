# The page of a system that a person answers for, and the list of those that wait.
waiting-title = Systems that wait for an answer
waiting-none = No system waits for an answer.
waiting-since = Asked on
system-home = Start page
system-question = What to look for
system-question-hint = Look in this system for everything about this person, and hand it in here as it is. What you give is sealed at once.
system-owner = Owner
system-given = Given so far
system-given-rows = { $table }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }
system-given-file = { $name }, { $size }
system-refused = Nothing was saved
system-answer = Answer
system-special = sensitive data
system-category = What it is
system-purpose = What it is for
system-kinds = Look by
system-columns = Columns
system-rows = Rows
system-rows-named = One line a row, as in CSV or pasted from a spreadsheet: values stand apart by tabs, semicolons or commas. The first line names the columns. Rows that are typed again take the place of those given before.
system-rows-ordered = One line a row, as in CSV or pasted from a spreadsheet: values stand apart by tabs, semicolons or commas, in the order of the columns above or with their names in the first line. Rows that are typed again take the place of those given before.
system-files = Files
system-files-hint = PDF, pictures, texts, office documents; 20 at once, 100 MB each.
system-files-again = Choose the files again: a browser does not keep them.
system-note = Note for those who handle the request (optional)
system-send = Send this answer
system-nothing = Nothing found
system-take-back = Take back what was given
