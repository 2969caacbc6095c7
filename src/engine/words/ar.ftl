# ما يقوله الروبوت نفسه بالعربية. كلمات بسيطة، وفي حدود ١٤٠ حرفًا حيث أمكن.
card-who = مرحبًا! أنا روبوت محادثة أطرح أسئلة نيابةً عن { $institution }.
card-minutes = { $minutes ->
    [one] تستغرق دقيقة تقريبًا.
    [two] تستغرق دقيقتين تقريبًا.
    [few] تستغرق { $minutes } دقائق تقريبًا.
   *[other] تستغرق { $minutes } دقيقة تقريبًا.
}
card-leave = يمكنك التوقف في أي وقت.
start = ابدأ
more-about-data = المزيد عن بياناتي
no-thanks = لا، شكرًا
goodbye = لا بأس. إذا أردت الإجابة في يوم آخر فاستخدم الرابط نفسه مرة أخرى.
card-again = اضغط «ابدأ» عندما تكون مستعدًا، أو «لا، شكرًا».

skip = تخطَّ
done = تم
done-count = تم ({ $count })
correct = صحّحها
choose-at-most = اختر { $max } على الأكثر.
choose-at-least = { $min ->
    [one] اختر إجابة واحدة على الأقل.
   *[other] اختر { $min } على الأقل.
}
choose-several = يمكنك اختيار أكثر من إجابة.
rank-all = اضغط الإجابات بالترتيب، الأهم أولًا.
rank-first = { $pick ->
    [one] اضغط الإجابة الأهم.
   *[other] اضغط أهم { $pick } إجابات، الأهم أولًا.
}
rank-once = اختر كل إجابة مرة واحدة فقط من فضلك.
undo = تراجع
own-words = اكتبها بكلماتك من فضلك.
your-answer-was = إجابتك السابقة: { $answer }

retry-options = لم أجد هذا بين الإجابات. اضغط زرًا أو اكتب إحدى الإجابات.
retry-yesno = اكتب نعم أو لا، أو اضغط زرًا.
retry-scale = اكتب رقمًا من { $min } إلى { $max }، أو اضغط زرًا.
retry-number = اكتبها رقمًا من فضلك.
retry-number-between = اكتب رقمًا من { $min } إلى { $max } من فضلك.
retry-number-from = اكتب رقمًا لا يقل عن { $min } من فضلك.
retry-number-to = اكتب رقمًا لا يزيد على { $max } من فضلك.
retry-date = اكتب يومًا من فضلك، مثل 24/12.
retry-date-between = اكتب يومًا من { $min } إلى { $max } من فضلك.
retry-date-from = اكتب يوم { $min } أو يومًا بعده من فضلك.
retry-date-to = اكتب يومًا لا يتجاوز { $max } من فضلك.
retry-time = اكتب الوقت من فضلك، مثل 14:30.
retry-time-between = اكتب وقتًا من { $min } إلى { $max } من فضلك.
retry-time-from = اكتب الساعة { $min } أو وقتًا بعدها من فضلك.
retry-time-to = اكتب وقتًا لا يتجاوز { $max } من فضلك.
retry-email = لا يبدو هذا عنوان بريد إلكتروني. اكتبه مع العلامة @ ونقطة من فضلك.
retry-phone = لا يبدو هذا رقم هاتف. اكتب الأرقام الثمانية، أو الرقم مع + ورمز البلد.
news-stopped = لن نكتب إليك بعد الآن.
share = شارك مع من تعرف
share-how = هذا رابط يمكنك تمريره. لا يستطيع أحد أن يرى من شاركه.
share-sentence = هل تود الإجابة أنت أيضًا؟ «{ $title }» من { $institution }.
retry-name = اكتب اسمًا بالحروف من فضلك.
example-email = name@example.org
retry-text = لم أستطع قراءة هذا. اكتب إجابتك بالكلمات من فضلك.
retry-pattern = هذا لا يناسب تمامًا. حاول كتابته بطريقة أخرى.
retry-short = اكتب المزيد قليلًا من فضلك.
retry-long = كتبت { $length } حرفًا، والمتسع { $max }. اختصر قليلًا من فضلك.
did-you-mean = هل تقصد إحدى هذه؟
example = مثلًا: { $example }
given-up = لا بأس، لنتابع.
urgent =
    إذا كنت أنت أو غيرك في خطر فاتصل بالرقم 112.
    إذا راودتك أفكار انتحارية فيمكنك التحدث إلى Livslinien على الرقم 70 201 201.
    لا أحد يقرأ هذه المحادثة الآن. يمكنك أيضًا الكتابة إلى { $contact }.
cannot-read = لا أستطيع قراءة هذا. اضغط زرًا أو اكتب.
calm = سأتوقف عشر دقائق الآن. اضغط زرًا، أو اكتب إجابة مناسبة، فنتابع.
answer-needed = نحتاج هذه الإجابة لكي نتابع. إذا كنت لا ترغب فاكتب «توقف».
no-way-back = أنت عند السؤال الأول.
not-skipped = لا يوجد هنا ما يمكن تخطيه.
cpr-not-here = يبدو هذا رقم CPR. لا تكتبه هنا من فضلك؛ لم أحتفظ به.
cpr-removed = حذفت رقم CPR حتى لا يُحفظ. لا حاجة إلى كتابته هنا.

already-answered = لقد أجبت عن هذا من قبل.
closed = هذا السؤال مغلق.

thanks = شكرًا على إجاباتك!
what-happens =
    ماذا سيحدث الآن؟
    { $how }
by-date = في موعد أقصاه { $date }.
mend-answer = غيّر إجابة
mend-which = أي إجابة تريد تغييرها؟
mended = شكرًا، تم تغييرها.
mend-left = إذًا تبقى إجاباتك كما كانت.
get-result = أريد النتيجة
get-result-yes = سأكتب إليك هنا عندما تكون النتيجة جاهزة. اكتب «توقف» إذا غيّرت رأيك.
edit-unfit = هذا لا يصلح إجابةً، لذلك تبقى إجابتك الأولى.
stopped = توقفت المحادثة. إجاباتك محفوظة.
stopped-delete = اكتب /delete إذا أردت حذفها.
timed-out = أُغلقت المحادثة لأنه لم تصل إجابات أخرى. الإجابات التي قدمتها محفوظة.
paused = حسنًا، لنأخذ استراحة. سأتذكر أين وصلت حتى { $date }.
reminder = لم تنتهِ تمامًا بعد. هل تود الإجابة عن البقية؟

help =
    هنا تطرح { $institution } بعض الأسئلة: «{ $title }»
    أجب بالضغط على زر أو بالكتابة.
    اكتب «رجوع» للتصحيح، «تخطي» للمتابعة، «توقف» للإنهاء، و«خصوصية» للقراءة عن بياناتك.
    إذا كانت لديك أسئلة فاكتب إلى { $contact }.
    إذا كان أحد في خطر فاتصل بالرقم 112. لا أحد يقرأ هنا.
privacy =
    السائل هو { $institution }. الغرض: { $purpose }
    { $notice }
    { $basis ->
        [consent] نحفظ إجاباتك لأنك توافق على ذلك فقط.
       *[public_task] نسأل في إطار مهمتنا تجاه المدينة.
    }
    نحفظ الإجابات لمدة { $keep }. { $anonymous ->
        [yes] لا يمكن نسبتها إليك بعد انتهاء المحادثة.
       *[no] هي مرتبطة بهذه المحادثة، لا باسمك.
    }
    يمكنك السؤال عن حقوقك لدى { $data-protection }.
kept-text = ما تكتبه بكلماتك نحذفه قبل ذلك، بعد { $keep }.
kept-media = الصور والتسجيلات والملفات نحذفها قبل ذلك، بعد { $keep }.
privacy-rights = اكتب /mydata لترى ما نحفظه عنك، و/delete لحذفه.
keep-months = { $count ->
    [one] شهر واحد
    [two] شهرين
    [few] { $count } أشهر
   *[other] { $count } شهرًا
}
keep-days = { $count ->
    [one] يوم واحد
    [two] يومين
    [few] { $count } أيام
   *[other] { $count } يومًا
}

language-question = أي لغة تفضل؟
language-now = نتابع بالعربية.
language-words-only = سأتابع بالعربية. الأسئلة متاحة بـ: { $languages }.

weekdays = الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
months = يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
date = { $day } { $month } { $year }
day = { $weekday } { $day } { $month } { $year }
day-this-year = { $weekday } { $day } { $month }
time = { $hour }:{ $minute }
decimal-sign = .
list-more = { $list }، { $item }
list-last = { $list } و { $item }

greeting = مرحبًا! هنا يمكنك أن تخبرنا برأيك. عمّ تود أن تجيب؟
nothing-open = لا توجد أسئلة مفتوحة الآن. تفضل بزيارتنا في يوم آخر.
nothing-open-contact = إذا كان لديك ما تقوله فاكتب إلى { $contact }.
over = انتهت تلك المحادثة.
full = لدينا كل الإجابات التي نحتاجها. شكرًا لرغبتك في المشاركة!
opens = تُفتح تلك المحادثة في { $date }.
elsewhere = لا تُجاب «{ $title }» هنا، بل { $where }. اسأل { $contact } إذا لم يكن لديك الرابط.
on-telegram = على Telegram
on-web = على الويب
or = أو
others-open = يمكنك الإجابة عن شيء آخر:
running = أنت في منتصف { $title }.
running-at = أنت في منتصف { $title } ({ $place } من { $total }).
go-on = تابع
go-on-with = تابع { $title }
start-over = ابدأ من جديد
finish-first = أنهِ هذه أولًا
switch = انتقل
answered-before = لقد أجبت عن { $title }. شكرًا!
answered-on = أجبت عن { $title } في { $date }. شكرًا!
mend-answers = غيّر إجاباتي
answer-again = أجب مرة أخرى، مثلًا نيابةً عن غيرك
group-only = لا أتحدث إلا على انفراد. اكتب إليّ في محادثة بيننا.
group-open = اكتب إليّ
trouble = حدث خطأ عندنا، لا عندك. حاول مرة أخرى بعد قليل من فضلك.

page-front = عمّ تود أن تجيب؟
page-conversation = المحادثة
page-question = السؤال
page-bot = الروبوت:
page-you = أنت:
page-to-question = انتقل إلى السؤال
page-languages = اللغة
page-your-answer = إجابتك
page-write-own = أو اكتبها بنفسك
page-your-number = رقمك
page-your-date = اليوم
page-your-time = الوقت
page-your-email = بريدك الإلكتروني
page-your-phone = رقم هاتفك
page-your-name = الاسم
page-your-place = أين هو المكان؟
page-place-looking = أبحث عن مكانك…
page-place-denied = لا أستطيع معرفة مكانك. اكتبه من فضلك بدلًا من ذلك.
page-place = المرتبة { $place }
page-no-place = لم يُختر شيء
page-rank-all = اختر الإجابات بالترتيب، الأهم أولًا.
page-rank-first = { $pick ->
    [one] اختر الإجابة الأهم.
   *[other] اختر أهم { $pick } إجابات، الأهم أولًا.
}
page-room = { $max } حرفًا على الأكثر.
page-send = أرسل
page-back = صحّح الإجابة السابقة
page-stop = توقف
page-stop-sure = ستُحفظ إجاباتك حتى الآن.
page-stop-now = أوقف المحادثة
page-my-data = بياناتي
page-data-file = احصل عليها كملف (JSON)
page-access = بيان إمكانية الوصول
page-access-who = تريد { $institution } أن يستطيع الجميع الإجابة هنا، وتجعل هذه الصفحات متاحة كما يقتضي القانون الدنماركي بشأن إتاحة مواقع الجهات العامة وتطبيقاتها. يخص هذا البيان المحادثة على الويب.
page-access-status-head = هل تستوفي الصفحات المتطلبات؟
page-access-status = تستوفي الصفحات المعيار EN 301 549 ‏(WCAG 2.1 المستوى AA) جزئيًا، أي معظم متطلباته.
page-access-gaps-head = ما ليس متاحًا
page-access-gaps = قد تنقص الأفلامَ ترجمةٌ مكتوبة. بجانب كل فيلم نص يصف ما يظهر فيه.
page-access-how-head = كيف فُحصت
page-access-how = فحصها صانعو البرنامج بأنفسهم: كل أنواع الصفحات في متصفح ببرنامج الفحص axe، ومحادثات كاملة دون فأرة ودون JavaScript. آخر مرة في { $date }.
page-access-contact-head = هل هناك شيء لا تستطيع استخدامه؟
page-access-contact = اكتب أو اتصل: { $contact }. عندها يمكن تصحيح الخطأ أو إيجاد طريقة أخرى للإجابة. لا تكتب رقمك الشخصي (CPR) من فضلك.
page-access-complain-head = إذا لم يساعدك ذلك
page-access-complain = إذا لم يصلك رد خلال عشرة أيام عمل، أو لم تكن راضيًا عنه، فيمكنك أن تشتكي إلى هيئة الرقمنة الدنماركية (Digitaliseringsstyrelsen)، وهي التي تراقب تطبيق القانون.
page-access-complain-link = كيف تشتكي إلى Digitaliseringsstyrelsen (بالدنماركية)
page-access-official = البيان الصادر عن { $institution }
page-delete = احذف إجاباتي
page-delete-sure = سيُحذف كل ما حفظناه من إجاباتك هنا. لا يمكن التراجع عن ذلك.
page-deleted = حُذف كل شيء
page-help = مساعدة
page-telegram = تابع في Telegram
page-start-after-all = إلى المحادثة
page-over = انتهت المحادثة. يمكنك إغلاق الصفحة.
page-shared = هل تشارك هذا الحاسوب مع آخرين؟
page-forget = امسح المحادثة من هنا
page-copied = نُسخ الرابط.
page-stale = لم يعد ذلك السؤال مفتوحًا، لذلك لم يتغير شيء.
page-no-cookie = لا يمكن أن تبدأ المحادثة لأن متصفحك لا يقبل ملفات تعريف الارتباط من هذه الصفحة. نستخدم ملفًا واحدًا فقط يتذكر أين وصلت.
page-not-kept = لم تُحفظ إجابتك بعد. حاول مرة أخرى بعد قليل من فضلك.
page-not-deleted = لم يُحذف شيء بعد. حاول مرة أخرى بعد قليل من فضلك.
page-busy = كثيرون يجيبون من هنا في هذه اللحظة. انتظر قليلًا ثم حاول مرة أخرى من فضلك.
page-busy-why = ما كتبته ما زال هنا.
page-files-again = اذهب إلى السؤال واختر الملف مرة أخرى
page-lost = انقطع الاتصال. ستُرسل إجابتك حالما يعود.
page-try-again = حاول مرة أخرى
page-down = لا نستطيع عرض المحادثة الآن. حاول مرة أخرى بعد قليل من فضلك.
page-unknown = لا توجد محادثة هنا
page-unknown-why = ربما كُتب الرابط خطأً، أو أُزيلت المحادثة. انظر مرة أخرى إلى الملصق أو الإعلان الذي وجدته فيه.
page-too-long = كان ذلك طويلًا جدًا
page-too-long-why = إجابتك أطول من المتسع ولم تُحفظ. عُد خطوة في المتصفح واختصرها.
page-unread = لم نستطع قراءة ذلك
page-unread-why = لم يُحفظ شيء. عُد خطوة في المتصفح وحاول مرة أخرى.
page-foreign = جاء ذلك من صفحة أخرى
page-foreign-why = لم يُحفظ شيء. افتح الرابط مرة أخرى وأجب في هذه الصفحة.
page-unknown-why = تأكد من أن الرابط مكتوب بشكل صحيح. ربما انتهت المحادثة.
page-trouble = حدث خطأ عندنا
page-trouble-why = لست أنت السبب. حاول مرة أخرى بعد قليل. ما أجبت به محفوظ.
page-unreadable = لم نستطع استلام ذلك
page-unreadable-why = عُد إلى المحادثة وحاول مرة أخرى.
page-goodbye = إلى اللقاء

change-question = هل تريد تغيير إجابتك؟
change-to = نعم، إلى { $answer }
change = نعم، صحّحها
keep-answer = لا
changed = إجابتك الآن { $answer }.
kept-until = إذا أجبت اليوم فسنحذف إجاباتك في موعد أقصاه { $date }.
progress = { $place } من { $total }
stopped-empty = توقفت المحادثة. لم تقدم أي إجابات.
timed-out-empty = أُغلقت المحادثة لأنه لم تصل أي إجابات.

delete-question = هل أحذف كل ما لدينا عنك: إجاباتك وبيانات الاتصال والملفات وموضع وصولك؟ لا يمكن التراجع عن ذلك. حذف الرسائل هنا في المحادثة لا يحذف إجاباتك لدينا.
delete-yes = نعم، احذف كل شيء
delete-no = حسنًا. يبقى كل شيء كما كان.
deleted = حُذف كل شيء. رقم الإيصال: { $number }. احتفظ به إذا أردت السؤال عنه.
deleted-mark = لا يبقى من كل إجابة سوى علامة بأنها حُذفت، لكي يحذفها أيضًا من جلبها. وبحلول الغد تكون قد زالت تمامًا من مخزننا.
deleted-published = ما اقترحته ويستطيع الآخرون قراءته يبقى، دون أي صلة بك.
deleted-anonymous = الإجابات التي قدمتها دون هوية لم تعد مرتبطة بك، لذلك لا أستطيع العثور عليها ولا حذفها.
nothing-kept = لم نحفظ شيئًا عنك.
data-all = هذا ما حفظناه عنك.
data-answered = { $title } · { $date }
data-running = { $title } · لم تكتمل بعد
data-skipped = تُخطّي
data-none = دون إجابة
data-vote = { $vote ->
    [agree] موافق: «{ $words }»
    [disagree] غير موافق: «{ $words }»
   *[pass] دون رأي: «{ $words }»
}
data-contact = محفوظ على حدة: { $address }
data-news = ستصلك الأخبار عن { $title } حين تتوفر.
data-idea = { $published ->
    [yes] اقتراحك، ويستطيع الآخرون قراءته: «{ $words }»
   *[no] اقتراحك، ولا يستطيع الآخرون قراءته: «{ $words }»
}
data-file = وهذا هو نفسه في ملف.
data-file-name = my-data.json

share-place = 📍 شارك المكان
write-instead = اكتب بدلًا من ذلك
write-place = اكتب أين هو.
retry-place = اضغط «📍 شارك المكان» لتبيّن أين هو.
place-far = يبدو ذلك بعيدًا بعض الشيء. حاول مرة أخرى، أو أرسل المكان نفسه إن كان صحيحًا.
place-kept = شكرًا، وصلني المكان.
place-live = أحفظ المكان الذي أنت فيه الآن فقط. لا أتتبعك وأنت تتحرك.
place-noted = شكرًا، سجّلتها.
all-right = لا بأس.
share-number = 📱 مشاركة رقمي
others-number = هذا رقم شخص آخر، ولا أحفظ إلا رقمك أنت. اضغط «مشاركة رقمي» أو اكتبه.
write-answer = اكتب إجابتك…
moving-on = لنتابع.
retry-photo = أرسل صورة، أو تخطَّ هذا السؤال.
retry-voice = سجّل رسالة صوتية، أو تخطَّ هذا السؤال.
retry-file = أرسل ملفًا، أو تخطَّ هذا السؤال.
media-photos = { $count ->
    [one] صورة
    [two] صورتان
    [few] { $count } صور
   *[other] { $count } صورة
}
media-voices = { $count ->
    [one] رسالة صوتية
    [two] رسالتان صوتيتان
    [few] { $count } رسائل صوتية
   *[other] { $count } رسالة صوتية
}
media-files = { $count ->
    [one] ملف
    [two] ملفان
    [few] { $count } ملفات
   *[other] { $count } ملفًا
}
media-so-far = وصلني: { $what }. { $left ->
    [one] يوجد متسع لواحد آخر.
   *[other] المتسع الباقي: { $left }.
}
media-more = واحدة أخرى
media-send = أرسلها فحسب.
media-kept = شكرًا، حفظت: { $what }.
media-too-large = الملف كبير جدًا. المتسع { $max } ميغابايت.
media-failed = لم أستطع جلبه. أرسله مرة أخرى من فضلك.
media-unfit = لا أستطيع استلام هذا النوع من الصور. أرسلها صورةً عادية من فضلك.
album-full = لم يكن هناك متسع لها كلها. حفظت الأولى منها.
caption-alone = قرأت الكلمات فقط. لم أجلب ما أرسلته معها.
cannot-listen = لا أستطيع الاستماع بعد. اكتب باختصار بدلًا من ذلك من فضلك.
cannot-take = لا أستطيع استلام الصور والملفات هنا. اكتب بدلًا من ذلك من فضلك.
voice-question = هل نحفظ صوتك بوصفه إجابتك؟ يُحذف مع إجاباتك الأخرى. لن أجلبه إلا إذا قلت نعم.
voice-yes = نعم، احفظوه
voice-no = لا، سأكتب
voice-refused = لا بأس. لم أجلبه. اكتب بدلًا من ذلك من فضلك.
page-choose-files = { $max ->
    [one] اختر ملفًا
   *[other] اختر حتى { $max } ملفات
}
page-voice-allow = نعم، يمكنكم حفظ صوتي بوصفه إجابتي.

statement = «{ $words }»
others-idea =
    اقترح شخص آخر:
    «{ $words }»

# Stands on Telegram beside the conversation: in the empty chat, on the bot's page, in the menu.
bot-description =
    مرحبًا! أنا روبوت محادثة. أطرح أسئلة باسم أماكن في المدينة تريد أن تعرف رأيك.

    لا أحد في المحادثة سوى أنت وأنا. من يجيب هو برنامج، ولا أحد يقرأ معنا ونحن نكتب.

    اضغط «ابدأ» لترى أولًا من يسأل، وما الذي يحدث لإجاباتك.
bot-short = روبوت محادثة يطرح أسئلة باسم أماكن في المدينة تريد أن تعرف رأيك. أتحدث على انفراد فقط.
command-start = ما الذي يمكنني الإجابة عنه؟
command-back = تعديل الإجابة السابقة
command-skip = تخطي هذا السؤال
command-language = لغة أخرى
command-share = رابط يمكن إرساله إلى غيرك
command-help = ما هذا، ومن يمكنني أن أسأل؟
command-privacy = ماذا يحدث لإجاباتي؟
command-pause = المتابعة في وقت آخر
command-stop = إيقاف المحادثة
command-mydata = ماذا حفظتم عني؟
command-delete = حذف كل شيء عني
