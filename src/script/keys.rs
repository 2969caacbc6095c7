//! The words of the language: what authors write instead of each in Danish, and what it does, in one sentence for staff.

/// A key of a script.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    /// Danish words that authors try for it.
    pub danish: &'static [&'static str],
    /// What it does, as an editor shows it.
    pub does: &'static str,
}

const fn key(name: &'static str, danish: &'static [&'static str], does: &'static str) -> Key {
    Key { name, danish, does }
}

/// Every key that some place of a script or of an institution's file knows, in the order of a file.
pub const ALL: [Key; 129] = [
    key("format", &[], "Sprogets udgave. Skriv altid 1."),
    key("title", &["titel", "overskrift"], "Overskriften, som borgeren ser øverst."),
    key("languages", &["sprog"], "De sprog, dialogen tilbydes på. Det første er dialogens eget."),
    key("owner", &["ejer", "ansvarlig"], "Den leder eller afdeling, der har ansvaret."),
    key("contact", &["kontakt"], "Mailadresse eller telefon, som borgeren kan bruge."),
    key("data_protection_contact", &["databeskyttelse"], "Hvem borgeren kan spørge om sine oplysninger."),
    key("purpose", &["formål"], "Formålet: én sætning om, hvad I vil finde ud af."),
    key("method", &["metode"], "Metoden: én sætning om, hvordan I når folk."),
    key("target_group", &["målgruppe"], "Målgruppen: hvem I vil høre fra."),
    key(
        "expected_effect",
        &["forventet_effekt", "effekt"],
        "Den forventede effekt: hvad I vil gøre eller beslutte med svarene.",
    ),
    key(
        "method_mix",
        &[],
        "Hvordan denne inddragelse adskiller sig fra andre. Tælles med i årets opgørelse.",
    ),
    key("give_back", &["tilbagemelding"], "Hvornår og hvordan borgerne hører, hvad der kom ud af svarene."),
    key("by", &["senest"], "Den dag, borgerne senest får besked, fx 2027-12-01."),
    key("how", &["hvordan"], "Hvor og hvordan borgerne får besked."),
    key("period", &["periode"], "Hvornår dialogen er åben. Begge dage er med."),
    key("from", &["fra"], "Den første dag, eller det tidligste tidspunkt."),
    key("to", &["til"], "Den sidste dag, fx 2027-04-12, eller `open`."),
    key("minutes", &["minutter"], "Hvor mange minutter samtalen tager."),
    key("privacy", &["privatliv"], "Hvad der gemmes om borgeren, hvorfor og hvor længe."),
    key(
        "basis",
        &["grundlag"],
        "Grundlaget: `consent` (samtykke) eller `public_task` (en opgave, I skal løse).",
    ),
    key("anonymous", &["anonym", "anonymt"], "Om svarene er anonyme: `true` eller `false`."),
    key("keep", &["gem", "gemmes"], "Hvor længe svarene gemmes, fx `12 months`."),
    key(
        "keep_text",
        &["gem_tekst"],
        "Hvor længe det gemmes, som borgeren skriver med egne ord, hvis det er kortere end svarene.",
    ),
    key(
        "keep_media",
        &["gem_billeder"],
        "Hvor længe billeder, lyd og filer gemmes, hvis det er kortere end svarene.",
    ),
    key("notice", &[], "Privatlivsteksten, som borgeren ser, før den første besvarelse."),
    key("link", &[], "Et link til mere."),
    key("entry", &["indgang"], "Vejen ind: navnet i links og QR-koder."),
    key("code", &["kode"], "Det korte navn i link og QR-kode: små bogstaver (a-z) og tal, højst 12."),
    key("keywords", &["nøgleord"], "Ord, som borgeren kan skrive for at begynde."),
    key("places", &["steder"], "De steder, hvor koden hænger, så I kan se, hvor borgerne kom fra."),
    key("audience", &["publikum"], "Hvem I især vil nå. Skriv `everyone`, hvis alle er lige vigtige."),
    key("not_yet_users", &[], "De svar, der viser, at borgeren ikke bruger jeres tilbud endnu."),
    key("else", &["ellers"], "Den sektion, som de andre sendes til."),
    key("quota", &["kvote"], "Hvor mange besvarelser I vil have i alt."),
    key("total", &["i_alt"], "Hvor mange besvarelser der i alt er nok."),
    key("per", &["pr"], "Hvor mange der er nok af hver slags."),
    key("question", &[], "Det spørgsmål, hvis svar tælles hver for sig."),
    key("place", &["sted"], "Skriv `each` for at tælle hvert sted for sig."),
    key("when_full", &["når_fuld"], "Hvad borgeren læser, når der er svar nok."),
    key("quiet_hours", &["stille_timer"], "Tidsrum uden påmindelser, fx `21:00-08:00`."),
    key(
        "remind_after",
        &["påmind_efter"],
        "Hvornår den, der er gået i stå, får én påmindelse, fx `24 hours`.",
    ),
    key("give_up_after", &[], "Hvornår en samtale, der er gået i stå, lukkes, fx `7 days`."),
    key("retries", &["forsøg"], "Hvor mange gange der spørges igen, når et svar ikke kan bruges."),
    key(
        "redact",
        &["fjern"],
        "Hvad der fjernes fra borgerens tekst, før den gemmes: `cpr`, `phone`, `email`.",
    ),
    key("progress", &["fremskridt"], "Om borgeren ser, hvor langt samtalen er."),
    key("answer_again", &["svar_igen"], "Om borgeren må svare igen senere: `yes` eller `no`."),
    key("steps", &["trin"], "Samtalens trin, oppefra og ned."),
    key("sections", &["sektioner", "afsnit"], "Navngivne afsnit, som man kan sendes til."),
    key("name", &["navn"], "Institutionens navn, som borgeren ser det."),
    key("staff_language", &["medarbejdersprog"], "Det sprog, I selv får beskeder på: `da` eller `en`."),
    key("timezone", &["tidszone"], "Tidszonen, fx Europe/Copenhagen."),
    key("urgent", &["haster"], "Ord, der udløser en fast besked om hjælp her og nu."),
    key("logo", &[], "Institutionens logo: et billede i mappen `media`, som borgeren ser øverst på siden."),
    key(
        "accessibility",
        &["tilgængelighed", "tilgængelighedserklæring"],
        "Adressen på jeres egen tilgængelighedserklæring. Begynder med https://.",
    ),
    key("four_eyes", &["fire_øjne"], "Om en anden skal godkende, før en dialog udgives."),
    key("say", &["sig", "skriv", "tekst"], "En besked til borgeren."),
    key("ask", &["spørg", "spørgsmål"], "Et spørgsmål. Det skal have et `id`."),
    key("visit", &["besøg"], "En afstikker til et andet sted. Bagefter fortsætter samtalen her."),
    key(
        "goto",
        &["gå_til", "hop_til"],
        "Et spring til en sektion, et spørgsmål eller `end`. Man kommer ikke tilbage.",
    ),
    key("end", &["slut"], "Afskedsord. Samtalen slutter her."),
    key("vote", &["stem", "afstemning"], "Udsagn, som borgeren er enig eller uenig i, ét ad gangen."),
    key("idea", &["idé", "ide"], "Borgerens egen idé, i fri tekst."),
    key("offer", &["tilbyd"], "Hvad borgeren kunne have lyst til at hjælpe med."),
    key("statements", &["udsagn"], "Udsagnene: en kode med en tekst for hver."),
    key("show", &["vis"], "Hvor mange udsagn hver borger får."),
    key(
        "let_people_add",
        &["lad_folk_tilføje"],
        "Om borgeren må tilføje et udsagn. I læser det, før andre ser det.",
    ),
    key(
        "publish",
        &["vis_for_andre"],
        "Om andre må se idéen: `after_review` (når I har læst den) eller `never`.",
    ),
    key("show_others", &["vis_andres"], "Hvor mange af de andres idéer borgeren får at se bagefter."),
    key("photo", &["foto"], "Om borgeren også kan sende et billede, eller spørgsmålet om det."),
    key("repeat", &["gentag"], "Trin, der kan tages flere gange, fx én gang for hver idé."),
    key("again", &["igen"], "Spørgsmålet, om borgeren vil tage trinene en gang til."),
    key("use", &["brug"], "En færdig del, som flere dialoger bruger."),
    key("as", &["som"], "Navnet foran delens egne id'er."),
    key("with", &["med"], "Ord, som delen skal bruge."),
    key("when", &["hvis", "når"], "Hvem der får trinet eller muligheden at se. Alle linjerne skal passe."),
    key("id", &[], "Spørgsmålets korte navn: bogstaver, tal og _. Det bliver kolonnens navn i udtrækket."),
    key(
        "type",
        &["type_svar", "svartype", "slags"],
        "Hvordan der svares: choice, multi, yesno, scale, number, text og flere.",
    ),
    key(
        "options",
        &["svar", "svarmuligheder", "muligheder", "valgmuligheder", "valg"],
        "Svarmulighederne: et kort navn og en tekst til hver.",
    ),
    key("shuffle", &["bland"], "Om rækkefølgen af mulighederne skal blandes."),
    key("skip", &["spring_over"], "Om spørgsmålet kan springes over. `false`: nej. En tekst: knappens ord."),
    key("hint", &["hjælp"], "En kort hjælp under spørgsmålet."),
    key("retry", &["prøv_igen"], "Hvad der skrives, når et svar ikke kan bruges."),
    key("example", &["eksempel"], "Et eksempel på et gyldigt svar."),
    key("sensitive", &["følsom", "følsomt"], "Om spørgsmålet er følsomt."),
    key("was", &["før", "hed"], "Tidligere navne, så gamle og nye svar havner i samme kolonne."),
    key("min", &["minimum"], "Det mindste, der kan svares."),
    key("max", &["maksimum"], "Det største, der kan svares."),
    key("labels", &["etiketter"], "Ord til skalaens trin."),
    key("min_choices", &["mindst_valg"], "Hvor mange der mindst skal vælges."),
    key("max_choices", &["højst_valg"], "Hvor mange der højst kan vælges."),
    key("min_length", &["mindste_længde"], "Hvor mange tegn svaret mindst skal have."),
    key("max_length", &["største_længde"], "Hvor mange tegn svaret højst må have."),
    key("pattern", &["mønster"], "Et mønster (regulært udtryk), som hele svaret skal passe med."),
    key("voice", &["stemme"], "Om en talebesked gælder som svar."),
    key("or_text", &["eller_tekst"], "Om stedet også må beskrives med ord."),
    key("near", &["nær"], "Punktet, som stedet skal ligge i nærheden af, fx `55.70, 12.40`."),
    key("within", &["inden_for"], "Hvor langt væk stedet højst må ligge, fx `2 km`."),
    key("max_files", &["højst_filer"], "Hvor mange filer der højst kan sendes."),
    key("max_size", &["største_størrelse"], "Hvor stor en fil højst må være."),
    key("pick", &["vælg"], "Hvor mange der skal sættes i rækkefølge."),
    key("also", &["også"], "Andre ord, som borgeren kan skrive for at vælge muligheden."),
    key("other", &["andet"], "Om muligheden beder om borgerens egne ord."),
    key("exclusive", &["kun_denne"], "Om muligheden udelukker de andre, som fx \"Ikke noget af det\"."),
    key("fixed", &["fast"], "Om muligheden beholder sin plads, når resten blandes."),
    key("image", &["billede"], "Et billede til beskeden: `file` og `alt`."),
    key("video", &["film"], "En kort film til beskeden: `file` og `alt`."),
    key("file", &["filnavn"], "Filens navn i institutionens mappe `media`, fx hallen.jpg."),
    key("alt", &["billedtekst", "beskrivelse"], "Hvad der er at se, til den, der ikke kan se det."),
    key("url", &["adresse", "webadresse"], "Adressen på siden, der åbnes. Begynder med https://."),
    key("skills", &["evner"], "Hvad der kan hjælpes med: en kode med en tekst for hver."),
    key(
        "hours_per_month",
        &["timer_om_måneden"],
        "Om der spørges om timer om måneden, eller spørgsmålet om dem.",
    ),
    key("share", &["del"], "Om borgeren får en knap til at dele linket."),
    key(
        "channels",
        &["kanaler"],
        "Øverst: de kanaler, dialogen kan bruges på. I et trin: andre ord på en bestemt kanal.",
    ),
    key("any", &["enhver"], "Mindst én af linjerne skal passe."),
    key("all", &["alle"], "Alle linjerne skal passe."),
    key("not", &["ikke"], "Svaret er ikke dette."),
    key("none_of", &["ingen_af"], "Svaret er ingen af disse."),
    key("has_all", &["har_alle"], "Alle disse er valgt."),
    key("only", &["kun"], "Kun disse er valgt."),
    key("count", &["antal"], "Hvor mange der er valgt eller sendt."),
    key("agrees", &["enig"], "Borgeren er enig i udsagnet."),
    key("disagrees", &["uenig"], "Borgeren er uenig i udsagnet."),
    key("above", &["over"], "Svaret er større."),
    key("below", &["under"], "Svaret er mindre."),
    key("at_least", &["mindst"], "Svaret er mindst så stort."),
    key("at_most", &["højst"], "Svaret er højst så stort."),
    key("between", &["mellem"], "Svaret ligger mellem de to, begge med."),
    key("contains", &["indeholder"], "Svaret indeholder ordet."),
    key("longer_than", &["længere_end"], "Svaret har flere bogstaver."),
];

/// Words that stand behind a key, and the Danish that authors try for them.
const VALUES: [(&str, &str); 24] = [
    ("besvaret", "answered"),
    ("samtykke", "consent"),
    ("tal", "number"),
    ("skala", "scale"),
    ("janej", "yesno"),
    ("ja/nej", "yesno"),
    ("ja_nej", "yesno"),
    ("flere", "multi"),
    ("rækkefølge", "rank"),
    ("fil", "file"),
    ("rangorden", "rank"),
    ("tekst", "text"),
    ("valg", "choice"),
    ("dato", "date"),
    ("klokkeslæt", "time"),
    ("sted", "location"),
    ("billede", "photo"),
    ("foto", "photo"),
    ("talebesked", "voice"),
    ("stemme", "voice"),
    ("mail", "email"),
    ("telefon", "phone"),
    ("navn", "name"),
    ("offentlig_opgave", "public_task"),
];

/// What `name` does; empty for a word that is no key.
pub fn does(name: &str) -> &'static str {
    ALL.iter().find(|k| k.name == name).map_or("", |k| k.does)
}

pub fn is_key(name: &str) -> bool {
    ALL.iter().any(|k| k.name == name)
}

/// The words of the language that a Danish word, in small letters, may stand for.
pub fn in_danish<'t>(typed: &'t str) -> impl Iterator<Item = &'static str> + 't {
    let keys = ALL.iter().filter(move |k| k.danish.contains(&typed)).map(|k| k.name);
    keys.chain(VALUES.iter().filter(move |(da, _)| *da == typed).map(|(_, value)| *value))
}
