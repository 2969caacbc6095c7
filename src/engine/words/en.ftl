# What the bot itself says, in English. Plain words, at most 140 characters where that can be.
card-who = Hi! I am a chatbot asking questions for { $institution }.
card-minutes = { $minutes ->
    [one] It takes about a minute.
   *[other] It takes about { $minutes } minutes.
}
card-leave = You can stop at any time.
start = Start
more-about-data = More about my data
no-thanks = No thanks
goodbye = That is fine. If you want to answer another day, just use the link again.
card-again = Press Start when you are ready, or No thanks.

skip = Skip
done = Done
done-count = Done ({ $count })
correct = Correct it
choose-at-most = Choose at most { $max }.
choose-at-least = { $min ->
    [one] Choose at least one.
   *[other] Choose at least { $min }.
}
choose-several = You can choose several.
rank-all = Press the answers in order, the most important first.
rank-first = { $pick ->
    [one] Press the most important one.
   *[other] Press the { $pick } most important ones, the most important first.
}
rank-once = Please choose each answer only once.
undo = Undo
own-words = Please write it in your own words.
your-answer-was = Your answer before: { $answer }

retry-options = I could not find that among the answers. Press a button or write one of them.
retry-yesno = Write yes or no, or press a button.
retry-scale = Write a number from { $min } to { $max }, or press a button.
retry-number = Please write it as a number.
retry-number-between = Please write a number from { $min } to { $max }.
retry-number-from = Please write a number of at least { $min }.
retry-number-to = Please write a number of at most { $max }.
retry-date = Please write a day, for example 24/12, on Saturday or tomorrow.
retry-date-between = Please write a day from { $min } to { $max }.
retry-date-from = Please write a day from { $min } or later.
retry-date-to = Please write a day up to { $max }.
retry-time = Please write a time, for example 14:30 or half past two.
retry-time-between = Please write a time from { $min } to { $max }.
retry-time-from = Please write a time from { $min } or later.
retry-time-to = Please write a time up to { $max }.
retry-email = That does not look like an e-mail address. Please write it with @ and a dot.
retry-phone = That does not look like a phone number. Please write the eight digits, or the number with + and its country code.
news-stopped = We will not write to you any more.
share = Share with someone you know
share-how = Here is a link that you can pass on. Nobody can see who shared it.
share-sentence = Would you like to answer too? “{ $title }” from { $institution }.
retry-name = Please write a name with letters.
example-email = name@example.org
retry-text = I could not read that. Please write your answer in words.
retry-pattern = That does not quite fit. Try writing it another way.
retry-short = Please write a little more.
retry-long = That is { $length } characters, and there is room for { $max }. Please make it a little shorter.
did-you-mean = Did you mean one of these?
example = For example: { $example }
given-up = That is quite all right, let us go on.
urgent =
    If you or others are in danger, call 112.
    If you have thoughts of suicide, you can talk to Livslinien on 70 201 201.
    Nobody is reading along in this chat right now. You can also write to { $contact }.
cannot-read = I cannot read that. Press a button or write.
calm = I take a break of ten minutes now. Press a button, or write an answer that fits, and we go on.
answer-needed = We need this answer to go on. If you would rather not, write stop.
no-way-back = You are at the first question.
not-skipped = There is nothing to skip here.
cpr-not-here = That looks like a CPR number. Please do not write it here; I have not kept it.
cpr-removed = I have taken out a CPR number, so that it is not kept. You need not write it here.

already-answered = You have answered that already.
closed = This one is closed.

thanks = Thank you for your answers!
what-happens = What happens now? { $how }
by-date = By { $date } at the latest.
mend-answer = Change an answer
mend-which = Which answer do you want to change?
mended = Thank you, it is changed.
mend-left = Then your answers stand as they were.
get-result = Get the result
get-result-yes = Then I write to you here when the result is ready. Write stop if you do not want it after all.
edit-unfit = That does not fit as an answer, so your first answer stands.
stopped = The conversation has stopped. Your answers are kept.
stopped-delete = Write /delete if they are to go.
timed-out = The conversation was closed because no more answers came. The answers you gave are kept.
paused = All right, we take a break. I remember how far you are until { $date }.
reminder = You are not quite finished. Would you like to answer the rest?

help =
    Here { $institution } asks some questions: “{ $title }”
    Answer by pressing a button or by writing.
    Write "back" to correct, "skip" to go on, "stop" to end and "privacy" to read about your data.
    If you have questions, write to { $contact }.
    If anyone is in danger, call 112. Nobody reads along here.
privacy =
    It is { $institution } that asks. Purpose: { $purpose }
    { $notice }
    { $basis ->
        [consent] We keep your answers only because you agree to it.
       *[public_task] We ask as part of our task for the city.
    }
    We keep the answers for { $keep }. { $anonymous ->
        [yes] They cannot be traced back to you once the conversation is over.
       *[no] They belong to this conversation, but not to your name.
    }
    You can ask about your rights at { $data-protection }.
kept-text = What you write in your own words we already delete after { $keep }.
kept-media = Pictures, sound and files we already delete after { $keep }.
privacy-rights = Write /mydata to see what we keep about you, and /delete to have it deleted.
keep-months = { $count ->
    [one] one month
   *[other] { $count } months
}
keep-days = { $count ->
    [one] one day
   *[other] { $count } days
}

language-question = Which language would you like?
language-now = We go on in English.
language-words-only = I go on in English. The questions are in { $languages }.

weekdays = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
months = January February March April May June July August September October November December
date = { $day } { $month } { $year }
day = { $weekday } { $day } { $month } { $year }
day-this-year = { $weekday } { $day } { $month }
time = { $hour }:{ $minute }
decimal-sign = .
list-more = { $list }, { $item }
list-last = { $list } and { $item }

greeting = Hi! Here you can tell us what you think. What would you like to answer?
nothing-open = There are no open questions right now. Please come by another day.
nothing-open-contact = If there is something on your mind, write to { $contact }.
over = That conversation is over.
full = We have all the answers we need. Thank you for wanting to join!
opens = That conversation opens { $date }.
elsewhere = ”{ $title }” is not answered here, but { $where }. Ask { $contact } if you do not have the link.
on-telegram = on Telegram
on-web = on the web
or = or
others-open = You can answer something else:
running = You are in the middle of { $title }.
running-at = You are in the middle of { $title } ({ $place } of { $total }).
go-on = Go on
go-on-with = Go on with { $title }
start-over = Start over
finish-first = Finish this one first
switch = Switch
answered-before = You have answered { $title }. Thank you!
answered-on = You answered { $title } on { $date }. Thank you!
mend-answers = Change my answers
answer-again = Answer again, say for another
group-only = I only talk in private. Write to me in a chat for the two of us.
group-open = Write to me
trouble = Something went wrong on our side, not yours. Please try again in a moment.

page-front = What would you like to answer?
page-conversation = The conversation
page-question = The question
page-bot = The chatbot:
page-you = You:
page-to-question = Go to the question
page-languages = Language
page-your-answer = Your answer
page-write-own = Or write it yourself
page-your-number = Your number
page-your-date = The day
page-your-time = The time
page-your-email = Your e-mail address
page-your-phone = Your phone number
page-your-name = The name
page-your-place = Where is it?
page-place-looking = I am finding out where you are …
page-place-denied = I cannot see where you are. Please write it instead.
page-place = Number { $place }
page-no-place = Nothing chosen
page-rank-all = Choose the answers in order, the most important first.
page-rank-first = { $pick ->
    [one] Choose the most important one.
   *[other] Choose the { $pick } most important, the most important first.
}
page-room = At most { $max } characters.
page-send = Send
page-back = Correct the last answer
page-stop = Stop
page-stop-sure = Your answers so far will be kept.
page-stop-now = Stop the conversation
page-my-data = My data
page-data-file = Get the same as a file (JSON)
page-access = Accessibility statement
page-access-who = { $institution } wants everybody to be able to answer here, and makes these pages accessible as the Danish act on the accessibility of public websites and mobile applications requires. The statement is about the conversation on the web.
page-access-status-head = Do the pages meet the requirements?
page-access-status = The pages meet the standard EN 301 549 (WCAG 2.1 at level AA) in part, that is, most of its requirements.
page-access-gaps-head = What is not accessible
page-access-gaps = Films may lack subtitles. Beside each film it says what it shows.
page-access-how-head = How this was examined
page-access-how = Those who make the program behind the pages examined them themselves: every kind of page in a browser with the checker axe, and whole conversations without a mouse and without JavaScript. Last on { $date }.
page-access-contact-head = Is there something you cannot use?
page-access-contact = Write or call: { $contact }. The mistake can be put right, or another way to answer can be found. Please do not write your CPR number.
page-access-complain-head = If that does not help
page-access-complain = If you get no answer within ten working days, or are not content with it, you can complain to the Danish Agency for Digital Government (Digitaliseringsstyrelsen), which sees to it that the act is kept.
page-access-complain-link = How to complain to Digitaliseringsstyrelsen (in Danish)
page-access-official = The statement by { $institution }
page-delete = Delete my answers
page-delete-sure = Everything we have kept of what you answered here will be deleted. It cannot be undone.
page-deleted = Everything is deleted
page-help = Help
page-telegram = Go on in Telegram
page-start-after-all = To the conversation
page-over = The conversation is over. You can close this page.
page-shared = Do you share this computer with others?
page-forget = Clear the conversation here
page-copied = The link is copied.
page-stale = That question is not open any more, so nothing was changed.
page-no-cookie = The conversation cannot begin, because your browser does not take cookies from this page. We use only one, and it remembers how far you have come.
page-not-kept = Your answer is not kept yet. Please try again in a moment.
page-not-deleted = It is not deleted yet. Please try again in a moment.
page-busy = Many people are answering from here right now. Please wait a moment and try again.
page-busy-why = What you wrote is still here.
page-files-again = Go to the question and choose the file again
page-lost = The connection is gone. Your answer will be sent as soon as it is back.
page-try-again = Try again
page-down = We cannot show the conversation right now. Please try again in a moment.
page-unknown = There is no conversation here
page-unknown-why = The link may be misspelt, or the conversation has been taken down. Please look again at the poster or notice where you found it.
page-too-long = That was too long
page-too-long-why = Your answer is longer than there is room for and was not kept. Go one step back in the browser and make it shorter.
page-unread = We could not read that
page-unread-why = Nothing was kept. Go one step back in the browser and try again.
page-foreign = That came from another page
page-foreign-why = Nothing was kept. Please open the link again and answer on this page.
page-unknown-why = Check that the link is written correctly. The conversation may have ended.
page-trouble = Something went wrong with us
page-trouble-why = It is not you. Try again in a moment. What you have answered is kept.
page-unreadable = We could not take that
page-unreadable-why = Go back to the conversation and try again.
page-goodbye = Goodbye

change-question = Do you want to change your answer?
change-to = Yes, to { $answer }
change = Yes, correct it
keep-answer = No
changed = Your answer is now { $answer }.
kept-until = If you answer today, we delete your answers by { $date } at the latest.
progress = { $place } of { $total }
stopped-empty = The conversation has stopped. You have given no answers.
timed-out-empty = The conversation has been closed, as no answers came.

delete-question = Shall I delete everything we have about you: your answers, contact details, files, and how far you are? It cannot be undone. Deleting messages here in the chat does not delete your answers with us.
delete-yes = Yes, delete everything
delete-no = All right. Everything is as it was.
deleted = Everything is deleted. Receipt number: { $number }. Keep it if you want to ask about it.
deleted-mark = Of each answer only a mark is left that it was deleted, so that those who have fetched it delete it too. By tomorrow it is gone from our storage altogether.
deleted-published = What you have proposed and others can read stays, with no connection to you.
deleted-anonymous = Answers that you gave anonymously no longer belong together with you, so I can neither find nor delete them.
nothing-kept = We have kept nothing about you.
data-all = This is what we have kept about you.
data-answered = { $title } · { $date }
data-running = { $title } · not finished yet
data-skipped = skipped
data-none = no answer
data-vote = { $vote ->
    [agree] Agree: ”{ $words }”
    [disagree] Disagree: ”{ $words }”
   *[pass] Pass: ”{ $words }”
}
data-contact = Kept by itself: { $address }
data-news = You will hear when there is news about { $title }.
data-idea = { $published ->
    [yes] Your proposal, which others can read: ”{ $words }”
   *[no] Your proposal, which others cannot read: ”{ $words }”
}
data-file = Here is the same as a file.
data-file-name = my-data.json

share-place = 📍 Share place
write-instead = Write instead
write-place = Write where it is.
retry-place = Press “📍 Share place” to show where it is.
place-far = That seems to be some way off. Try again, or send the same place if it is right.
place-kept = Thank you, I have got the place.
place-live = I keep only the place where you are now. I do not follow as you move.
place-noted = Thank you, I have noted it.
all-right = That is quite all right.
share-number = 📱 Share number
others-number = That is somebody else’s number, and I may only keep your own. Press “Share number”, or write it.
write-answer = Write your answer…
moving-on = Let us go on.
retry-photo = Send a photo, or skip this one.
retry-voice = Record a voice message, or skip this one.
retry-file = Send a file, or skip this one.
media-photos = { $count ->
    [one] a photo
   *[other] { $count } photos
}
media-voices = { $count ->
    [one] a voice message
   *[other] { $count } voice messages
}
media-files = { $count ->
    [one] a file
   *[other] { $count } files
}
media-so-far = I have got { $what }. { $left ->
    [one] There is room for one more.
   *[other] There is room for { $left } more.
}
media-more = One more
media-send = Just send it.
media-kept = Thank you, I have kept { $what }.
media-too-large = The file is too large. There is room for { $max } MB.
media-failed = I could not fetch it. Please send it again.
media-unfit = I cannot take that kind of picture. Please send it as an ordinary photo.
album-full = There was not room for all of them. I have kept the first.
caption-alone = I have only read the words. I have not fetched what you sent with them.
cannot-listen = I cannot listen yet. Please write briefly instead.
cannot-take = I cannot take pictures and files here. Please write instead.
voice-question = May we keep your voice as your answer? It is deleted together with your other answers. I fetch it only when you say yes.
voice-yes = Yes, keep it
voice-no = No, I will write
voice-refused = That is quite all right. I have not fetched it. Please write instead.
page-choose-files = { $max ->
    [one] Choose a file
   *[other] Choose up to { $max } files
}
page-voice-allow = Yes, you may keep my voice as my answer.

statement = “{ $words }”
others-idea =
    Somebody else suggested:
    “{ $words }”

# Stands on Telegram beside the conversation: in the empty chat, on the bot's page, in the menu.
bot-description =
    Hello! I am a chatbot. I ask questions for places in town that want to know what you think.

    It is just you and me in the conversation. A program answers, and nobody reads along while we write.

    Tap Start, and you will first see who is asking and what happens to your answers.
bot-short = A chatbot that asks questions for places in town that want to know what you think. I only talk in private.
command-start = What can I answer?
command-back = Change the answer before
command-skip = Skip this question
command-language = Another language
command-share = A link to pass on
command-help = What is this, and whom can I ask?
command-privacy = What happens to my answers?
command-pause = Go on another time
command-stop = Stop the conversation
command-mydata = What do you keep about me?
command-delete = Delete everything about me
