# Det, botten selv siger, på dansk. Du-form, plant sprog, højst 140 tegn hvor det kan lade sig gøre.
card-who = Hej! Jeg er en chatbot og stiller spørgsmål for { $institution }.
card-minutes = { $minutes ->
    [one] Det tager cirka et minut.
   *[other] Det tager cirka { $minutes } minutter.
}
card-leave = Du kan stoppe når som helst.
start = Start
more-about-data = Mere om mine data
no-thanks = Nej tak
goodbye = Helt i orden. Vil du svare en anden gang, så brug bare linket igen.
card-again = Tryk på Start, når du er klar, eller på Nej tak.

skip = Spring over
done = Færdig
done-count = Færdig ({ $count })
correct = Ret
choose-at-most = Vælg højst { $max }.
choose-at-least = { $min ->
    [one] Vælg mindst én.
   *[other] Vælg mindst { $min }.
}
choose-several = Du kan vælge flere.
rank-all = Tryk på svarene i rækkefølge, det vigtigste først.
rank-first = { $pick ->
    [one] Tryk på det, der er vigtigst.
   *[other] Tryk på de { $pick } vigtigste, det vigtigste først.
}
rank-once = Vælg hvert svar højst én gang.
undo = Fortryd
own-words = Skriv det gerne med dine egne ord.
your-answer-was = Dit svar før: { $answer }

retry-options = Det kunne jeg ikke finde blandt svarene. Tryk på en knap, eller skriv et af svarene.
retry-yesno = Skriv ja eller nej, eller tryk på en knap.
retry-scale = Skriv et tal fra { $min } til { $max }, eller tryk på en knap.
retry-number = Skriv det som et tal.
retry-number-between = Skriv et tal fra { $min } til { $max }.
retry-number-from = Skriv et tal på mindst { $min }.
retry-number-to = Skriv et tal på højst { $max }.
retry-date = Skriv en dag, for eksempel 24/12, på lørdag eller i morgen.
retry-date-between = Skriv en dag fra { $min } til { $max }.
retry-date-from = Skriv en dag fra { $min } eller senere.
retry-date-to = Skriv en dag til og med { $max }.
retry-time = Skriv et klokkeslæt, for eksempel 14.30 eller halv tre.
retry-time-between = Skriv et klokkeslæt fra { $min } til { $max }.
retry-time-from = Skriv et klokkeslæt fra { $min } eller senere.
retry-time-to = Skriv et klokkeslæt til og med { $max }.
retry-email = Det ligner ikke en mailadresse. Skriv den med @ og punktum.
retry-phone = Det ligner ikke et telefonnummer. Skriv de otte cifre, eller skriv nummeret med + og landekode foran.
news-stopped = Vi skriver ikke mere til dig.
share = Del med en, du kender
share-how = Her er et link, du kan sende videre. Ingen kan se, hvem der har delt det.
share-sentence = Har du også lyst til at svare? »{ $title }« fra { $institution }.
retry-name = Skriv et navn med bogstaver.
example-email = navn@eksempel.dk
retry-text = Det kunne jeg ikke læse. Skriv gerne dit svar med ord.
retry-pattern = Det passer ikke helt. Prøv at skrive det på en anden måde.
retry-short = Skriv gerne lidt mere.
retry-long = Det er { $length } tegn, og der er plads til { $max }. Skriv det gerne lidt kortere.
did-you-mean = Mente du en af disse?
example = For eksempel: { $example }
given-up = Det er helt i orden, vi går videre.
urgent =
    Er du eller andre i fare, så ring 112.
    Har du tanker om selvmord, kan du tale med Livslinien på 70 201 201.
    Her i chatten læser ingen med lige nu. Du kan også skrive til { $contact }.
cannot-read = Det kan jeg ikke læse. Tryk på en knap, eller skriv.
calm = Nu holder jeg en pause på ti minutter. Tryk på en knap, eller skriv et svar, der passer, så går vi videre.
answer-needed = Vi har brug for svaret her for at kunne gå videre. Vil du ikke svare, kan du skrive stop.
no-way-back = Du er ved det første spørgsmål.
not-skipped = Der er ikke noget at springe over.
cpr-not-here = Det ligner et CPR-nummer. Det skal du ikke skrive her, og jeg har ikke gemt det.
cpr-removed = Jeg har fjernet et CPR-nummer, så det ikke bliver gemt. Du behøver ikke skrive det her.

already-answered = Det har du allerede svaret på.
closed = Den er lukket.

thanks = Tak for dine svar!
what-happens = Hvad sker der nu? { $how }
by-date = Senest { $date }.
mend-answer = Ret et svar
mend-which = Hvilket svar vil du rette?
mended = Tak, det er rettet.
mend-left = Så står dine svar, som de var.
get-result = Få resultatet
get-result-yes = Så skriver jeg til dig her, når resultatet er klar. Skriv stop, hvis du ikke vil have det alligevel.
edit-unfit = Det passer ikke som svar, så dit første svar står ved magt.
stopped = Samtalen er stoppet. Dine svar er gemt.
stopped-delete = Skriv /slet, hvis de skal fjernes.
timed-out = Samtalen er lukket, fordi der ikke kom flere svar. De svar, du gav, er gemt.
paused = Helt i orden, vi holder pause. Jeg husker, hvor langt du er, til { $date }.
reminder = Du er ikke helt færdig. Vil du svare på resten?

help =
    Her stiller { $institution } nogle spørgsmål: »{ $title }«
    Svar ved at trykke på en knap eller ved at skrive.
    Skriv »tilbage« for at rette, »spring over« for at gå videre, »stop« for at slutte og »privatliv« for at læse om dine data.
    Har du spørgsmål, så skriv til { $contact }.
    Er der fare på færde, så ring 112. Ingen læser med her.
privacy =
    Det er { $institution }, der spørger. Formål: { $purpose }
    { $notice }
    { $basis ->
        [consent] Vi gemmer kun dine svar, fordi du siger ja til det.
       *[public_task] Vi spørger som led i vores opgave for byen.
    }
    Vi gemmer svarene i { $keep }. { $anonymous ->
        [yes] De kan ikke føres tilbage til dig, når samtalen er slut.
       *[no] De hører sammen med denne samtale, men ikke med dit navn.
    }
    Du kan spørge om dine rettigheder hos { $data-protection }.
kept-text = Det, du skriver med dine egne ord, sletter vi allerede efter { $keep }.
kept-media = Billeder, lyd og filer sletter vi allerede efter { $keep }.
privacy-rights = Skriv /minedata for at se, hvad vi har gemt om dig, og /slet for at få det slettet.
keep-months = { $count ->
    [one] en måned
   *[other] { $count } måneder
}
keep-days = { $count ->
    [one] en dag
   *[other] { $count } dage
}

language-question = Hvilket sprog vil du bruge?
language-now = Vi fortsætter på dansk.
language-words-only = Jeg fortsætter på dansk. Spørgsmålene er på { $languages }.

weekdays = mandag tirsdag onsdag torsdag fredag lørdag søndag
months = januar februar marts april maj juni juli august september oktober november december
date = { $day }. { $month } { $year }
day = { $weekday } { $day }. { $month } { $year }
day-this-year = { $weekday } { $day }. { $month }
time = { $hour }.{ $minute }
decimal-sign = ,
list-more = { $list }, { $item }
list-last = { $list } og { $item }

greeting = Hej! Her kan du fortælle os, hvad du mener. Hvad vil du svare på?
nothing-open = Der er ingen åbne spørgsmål lige nu. Kom gerne forbi en anden gang.
nothing-open-contact = Har du noget på hjerte, så skriv til { $contact }.
over = Den samtale er slut.
full = Vi har fået de svar, vi har brug for. Tak, fordi du ville være med!
opens = Den samtale åbner { $date }.
elsewhere = ”{ $title }” kan du ikke svare på her, men { $where }. Spørg { $contact }, hvis du mangler linket.
on-telegram = på Telegram
on-web = på nettet
or = eller
others-open = Du kan svare på noget andet:
running = Du er i gang med { $title }.
running-at = Du er i gang med { $title } ({ $place } af { $total }).
go-on = Fortsæt
go-on-with = Fortsæt med { $title }
start-over = Start forfra
finish-first = Gør den her færdig først
switch = Skift
answered-before = Du har svaret på { $title }. Tak for det!
answered-on = Du har svaret på { $title } den { $date }. Tak for det!
mend-answers = Ret mine svar
answer-again = Svar igen, fx for en anden
group-only = Jeg taler kun privat. Skriv til mig i en chat for os to.
group-open = Skriv til mig
trouble = Det gik galt hos os, og det er ikke dig. Prøv igen om lidt.

page-front = Hvad vil du svare på?
page-conversation = Samtalen
page-question = Spørgsmålet
page-bot = Chatbotten:
page-you = Dig:
page-to-question = Gå til spørgsmålet
page-languages = Sprog
page-your-answer = Dit svar
page-write-own = Eller skriv det selv
page-your-number = Dit tal
page-your-date = Dagen
page-your-time = Klokkeslættet
page-your-email = Din mailadresse
page-your-phone = Dit telefonnummer
page-your-name = Navnet
page-your-place = Hvor er det?
page-place-looking = Jeg finder ud af, hvor du er …
page-place-denied = Jeg kan ikke se, hvor du er. Skriv det gerne i stedet.
page-place = Nummer { $place }
page-no-place = Intet valgt
page-rank-all = Vælg svarene i rækkefølge, det vigtigste først.
page-rank-first = { $pick ->
    [one] Vælg det, der er vigtigst.
   *[other] Vælg de { $pick } vigtigste, det vigtigste først.
}
page-room = Højst { $max } tegn.
page-send = Send
page-back = Ret forrige svar
page-stop = Stop
page-stop-sure = Dine svar indtil nu bliver gemt.
page-stop-now = Stop samtalen
page-my-data = Mine data
page-data-file = Hent det samme som fil (JSON)
page-access = Tilgængelighedserklæring
page-access-who = { $institution } vil have, at alle kan svare her, og gør siderne tilgængelige, som lov om tilgængelighed af offentlige organers websteder og mobilapplikationer kræver. Erklæringen gælder samtalen på nettet.
page-access-status-head = Overholder siderne kravene?
page-access-status = Siderne overholder standarden EN 301 549 (WCAG 2.1 på niveau AA) delvist, det vil sige de fleste krav.
page-access-gaps-head = Det, der ikke er tilgængeligt
page-access-gaps = Film kan mangle undertekster. Ved siden af hver film står der, hvad den viser.
page-access-how-head = Sådan er det undersøgt
page-access-how = De, der laver programmet bag siderne, har selv undersøgt dem: alle slags sider i en browser med kontrolprogrammet axe, og hele samtaler uden mus og uden JavaScript. Senest { $date }.
page-access-contact-head = Er der noget, du ikke kan bruge?
page-access-contact = Skriv eller ring: { $contact }. Så kan fejlen blive rettet, eller I kan finde en anden måde at svare på. Skriv ikke dit CPR-nummer.
page-access-complain-head = Hvis det ikke hjælper
page-access-complain = Får du ikke svar inden ti arbejdsdage, eller er du ikke tilfreds med svaret, kan du klage til Digitaliseringsstyrelsen. Den fører tilsyn med, at loven bliver overholdt.
page-access-complain-link = Sådan klager du til Digitaliseringsstyrelsen
page-access-official = Erklæringen fra { $institution }
page-delete = Slet mine svar
page-delete-sure = Alt, hvad vi har gemt af det, du har svaret her, bliver slettet. Det kan ikke fortrydes.
page-deleted = Alt er slettet
page-help = Hjælp
page-telegram = Fortsæt i Telegram
page-start-after-all = Til samtalen
page-over = Samtalen er slut. Du kan lukke siden.
page-shared = Deler du computeren med andre?
page-forget = Ryd samtalen her
page-copied = Linket er kopieret.
page-stale = Det spørgsmål er ikke åbent længere, så der er ikke ændret noget.
page-no-cookie = Samtalen kan ikke begynde, fordi din browser ikke tager imod cookies fra siden. Vi bruger kun én, og den husker, hvor langt du er.
page-not-kept = Dit svar er ikke gemt endnu. Prøv igen om lidt.
page-not-deleted = Det er ikke slettet endnu. Prøv igen om lidt.
page-busy = Der er mange, der svarer herfra lige nu. Vent et øjeblik, og prøv igen.
page-busy-why = Det, du har skrevet, står her stadig.
page-files-again = Gå til spørgsmålet, og vælg filen igen
page-lost = Forbindelsen er væk. Dit svar bliver sendt, så snart den er her igen.
page-try-again = Prøv igen
page-down = Vi kan ikke vise samtalen lige nu. Prøv igen om lidt.
page-unknown = Her er ingen samtale
page-unknown-why = Linket kan være skrevet forkert, eller samtalen er taget ned. Se efter på plakaten eller opslaget, hvor du fandt det.
page-too-long = Det var for langt
page-too-long-why = Dit svar fylder mere, end der er plads til, og er ikke gemt. Gå et skridt tilbage i browseren, og gør det kortere.
page-unread = Det kunne vi ikke læse
page-unread-why = Der er ikke gemt noget. Gå et skridt tilbage i browseren, og prøv igen.
page-foreign = Det kom fra en anden side
page-foreign-why = Der er ikke gemt noget. Åbn linket igen, og svar her på siden.
page-unknown-why = Se efter, om linket er skrevet rigtigt. Måske er samtalen slut.
page-trouble = Det gik galt hos os
page-trouble-why = Det er ikke dig. Prøv igen om lidt. Det, du har svaret, er gemt.
page-unreadable = Det kunne vi ikke tage imod
page-unreadable-why = Gå tilbage til samtalen, og prøv igen.
page-goodbye = Farvel

change-question = Vil du ændre dit svar?
change-to = Ja, til { $answer }
change = Ja, ret det
keep-answer = Nej
changed = Dit svar er ændret til { $answer }.
kept-until = Svarer du i dag, sletter vi dine svar senest { $date }.
progress = { $place } af { $total }
stopped-empty = Samtalen er stoppet. Du har ikke givet nogen svar.
timed-out-empty = Samtalen er lukket, fordi der ikke kom nogen svar.

delete-question = Skal jeg slette alt, hvad vi har om dig: dine svar, kontaktoplysninger, filer, og hvor langt du er? Det kan ikke fortrydes. Sletter du selv beskeder her i chatten, sletter det ikke dine svar hos os.
delete-yes = Ja, slet alt
delete-no = Helt i orden. Alt er, som det var.
deleted = Alt er slettet. Kvitteringsnummer: { $number }. Gem det, hvis du vil spørge til det.
deleted-mark = Af hvert svar står der kun et mærke om, at det er slettet, så de, der har hentet det, også sletter det. Senest i morgen er det helt væk fra vores lager.
deleted-published = Det, du har foreslået, og som andre kan læse, bliver stående uden forbindelse til dig.
deleted-anonymous = Svar, du har givet anonymt, hører ikke længere sammen med dig, så dem kan jeg hverken finde eller slette.
nothing-kept = Vi har ikke gemt noget om dig.
data-all = Her er det, vi har gemt om dig.
data-answered = { $title } · { $date }
data-running = { $title } · ikke færdig endnu
data-skipped = sprunget over
data-none = intet svar
data-vote = { $vote ->
    [agree] Enig: ”{ $words }”
    [disagree] Uenig: ”{ $words }”
   *[pass] Pas: ”{ $words }”
}
data-contact = Gemt for sig selv: { $address }
data-news = Du får besked, når der er nyt om { $title }.
data-idea = { $published ->
    [yes] Dit forslag, som andre kan læse: ”{ $words }”
   *[no] Dit forslag, som andre ikke kan læse: ”{ $words }”
}
data-file = Her er det samme som en fil.
data-file-name = mine-data.json

share-place = 📍 Del sted
write-instead = Skriv i stedet
write-place = Skriv, hvor det er.
retry-place = Tryk på »📍 Del sted« for at vise, hvor det er.
place-far = Det ser ud til at være et stykke væk. Prøv igen, eller send det samme sted, hvis det er rigtigt.
place-kept = Tak, jeg har fået stedet.
place-live = Jeg gemmer kun stedet, hvor du er nu. Jeg følger ikke med, når du flytter dig.
place-noted = Tak, det har jeg noteret.
all-right = Helt i orden.
share-number = 📱 Del nummer
others-number = Det er en andens nummer, og jeg må kun gemme dit eget. Tryk på »Del nummer«, eller skriv det.
write-answer = Skriv dit svar…
moving-on = Vi går videre.
retry-photo = Send et billede, eller spring over.
retry-voice = Indtal en talebesked, eller spring over.
retry-file = Send en fil, eller spring over.
media-photos = { $count ->
    [one] et billede
   *[other] { $count } billeder
}
media-voices = { $count ->
    [one] en talebesked
   *[other] { $count } talebeskeder
}
media-files = { $count ->
    [one] en fil
   *[other] { $count } filer
}
media-so-far = Jeg har fået { $what }. { $left ->
    [one] Der er plads til én mere.
   *[other] Der er plads til { $left } mere.
}
media-more = En til
media-send = Send den bare.
media-kept = Tak, jeg har gemt { $what }.
media-too-large = Filen er for stor. Der er plads til { $max } MB.
media-failed = Jeg kunne ikke hente det. Prøv at sende det igen.
media-unfit = Den slags billede kan jeg ikke tage imod. Send det gerne som et almindeligt foto.
album-full = Der var ikke plads til dem alle. Jeg har gemt de første.
caption-alone = Jeg har kun læst teksten. Det, du sendte med, har jeg ikke hentet.
cannot-listen = Jeg kan ikke lytte endnu. Skriv gerne kort i stedet.
cannot-take = Jeg kan ikke tage imod billeder og filer her. Skriv gerne i stedet.
voice-question = Må vi gemme din stemme som dit svar? Den bliver slettet sammen med dine andre svar. Jeg henter den først, når du siger ja.
voice-yes = Ja, gem den
voice-no = Nej, jeg skriver
voice-refused = Helt i orden. Jeg har ikke hentet den. Skriv gerne i stedet.
page-choose-files = { $max ->
    [one] Vælg en fil
   *[other] Vælg op til { $max } filer
}
page-voice-allow = Ja, I må gemme min stemme som mit svar.

statement = ”{ $words }”
others-idea =
    En anden har foreslået:
    ”{ $words }”

# Står på Telegram ved siden af samtalen: i den tomme chat, på bottens side, i menuen.
bot-description =
    Hej! Jeg er en chatbot. Jeg stiller spørgsmål for steder i byen, der vil vide, hvad du mener.

    Der er kun dig og mig i samtalen. Det er et program, der svarer, og ingen læser med, mens vi skriver.

    Tryk på Start, så ser du først, hvem der spørger, og hvad der sker med dine svar.
bot-short = Chatbot, der stiller spørgsmål for steder i byen, der vil vide, hvad du mener. Jeg taler kun privat.
command-start = Hvad kan jeg svare på?
command-back = Ret svaret før
command-skip = Spring spørgsmålet over
command-language = Et andet sprog
command-share = Et link til at sende videre
command-help = Hvad er det her, og hvem kan jeg spørge?
command-privacy = Hvad sker der med mine svar?
command-pause = Fortsæt en anden gang
command-stop = Stop samtalen
command-mydata = Hvad har I gemt om mig?
command-delete = Slet alt om mig
