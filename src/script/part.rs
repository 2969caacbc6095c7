//! Parts: steps that several dialogues share. A file of their own, put into a dialogue by `use`.

use super::fields::Reader;
use super::header::format;
use super::languages::languages_of;
use super::model::*;
use super::names::named;
use super::part_words::{Names, wanted};
use super::problem::{Problem, Span, both};
use super::question::checked_id;
use super::steps::{Block, Draft, Drafts, MAX_STEPS};
use super::suggest::{did_you_mean, suggest, unknown_key};
use super::tree::{Entry, Node};
use super::words::{Language, Words};
use super::{conditions, flow, left_out, mend, piping, slip, told};

const KEYS: [&str; 4] = ["format", "part", "languages", "steps"];
pub const USE_KEYS: [&str; 4] = ["use", "as", "with", "when"];

/// The part that asks whether the citizen wants to hear more; nothing else makes a subscription.
const OPT_IN: &str = "foelg-op";
/// Its questions: yes or no, and where; and the answer that stands for the chat.
pub const WANTS_NEWS: &str = "ja_tak";
pub const NEWS_WHERE: &str = "kanal";
pub const NEWS_HERE: &str = "her";

/// A part, read by itself: nothing outside is known to it.
struct Lowered {
    languages: Vec<Language>,
    /// With the steps inside each.
    items: Vec<(Item, Block)>,
    main: Block,
    votes: Vec<Vote>,
    /// Nothing was left out for a mistake.
    whole: bool,
    /// `${name}` of what `with` gives, and whether it must.
    wanted: Vec<(String, bool)>,
}

impl Part {
    /// Everything there is to say about the part by itself.
    pub fn check(&self, institution: &Institution) -> Vec<Problem> {
        let check = |text: &str| {
            let part = Part { source: text.to_owned(), ..self.clone() };
            lowered(&part, institution, &institution.defaults, false).1
        };
        left_out::told(&self.source, check(&self.source), check)
    }
}

// `None` where it has errors; with `is_kept`, where something is left out for them.
fn lowered(
    part: &Part,
    institution: &Institution,
    defaults: &Defaults,
    is_kept: bool,
) -> (Option<Lowered>, Vec<Problem>) {
    let (root, problems) = mend::read(&part.source);
    let mut reader = Reader::of(&part.source, problems).beside(institution);
    let lowered = match root {
        Some(root) if root.is_empty() => {
            reader.report(slip::empty_file());
            None
        }
        Some(root) => lower(&mut reader, part, &root, institution, defaults),
        None => None,
    };
    let problems = told(reader.problems, &part.file, &part.source);
    let clean = !problems.iter().any(Problem::is_error);
    (lowered.filter(|l| clean || (is_kept && l.whole)), problems)
}

fn lower(
    reader: &mut Reader,
    part: &Part,
    root: &Node,
    institution: &Institution,
    defaults: &Defaults,
) -> Option<Lowered> {
    reader.entries(root, &KEYS, false);
    root.map()?;
    reader.inside_part = true;
    reader.languages = languages_of(reader, root, institution);
    format(reader, root);
    if let Some(node) = super::missing::field(reader, root, "part") {
        let name = &part.name;
        let expected =
            both(format!("`{name}`, som filen hedder"), format!("`{name}`, as the file is called"));
        let _ = reader.value(node, expected, |t| (t == name).then_some(()));
    }
    let mut drafts = Drafts::read(reader, root, None, defaults);
    drafts.resolve(reader);
    conditions(reader, &mut drafts);
    let whole = !reader.problems.iter().any(Problem::is_error);
    reader.problems.extend(flow::check(&drafts, None, whole));
    reader.problems.extend(named_as_a_part(&drafts));
    let pipes = std::mem::take(&mut reader.pipes);
    piping::may_be_missing(reader, &drafts, &pipes);
    reader.finish();
    if part.name == OPT_IN && !asks_for_consent(&drafts) {
        reader.report(no_opt_in(root.get("part").map_or(root.at, |n| n.at)));
    }
    let items: Vec<(Item, Block)> = drafts.list.into_iter().map(|d| (d.item, d.children)).collect();
    let (main, votes, whole) = (drafts.main, drafts.votes, !drafts.lacks_some);
    let wanted = wanted(items.iter().map(|(item, _)| item), &votes);
    Some(Lowered { languages: reader.languages.clone(), items, main, votes, whole, wanted })
}

impl<'n> Drafts<'n> {
    /// The steps of a part in the place of a `use`: a group whose ids begin with the name given by `as`.
    pub fn used(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        kind: &'n Entry,
        path: String,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        reader.entries(step, &USE_KEYS, false);
        let name = reader.text(&kind.value)?;
        let (prefix, prefix_at) = match step.get("as") {
            Some(node) => {
                let id = reader.text(node)?;
                (checked_id(reader, id, node.at)?, node.at)
            }
            None => (name.to_owned(), kind.value.at),
        };
        let given: Vec<(&Entry, Words)> = step
            .get("with")
            .and_then(Node::map)
            .unwrap_or_default()
            .iter()
            .map(|e| (e, reader.words(&e.value, &named("teksten", "the text", &e.key))))
            .collect();
        let Some(part) = self.part(reader, &kind.value, name, defaults) else {
            reader.spoiled.push(format!("{prefix}."));
            return None;
        };
        if let Some((_, first)) = self.prefixes.iter().find(|(p, _)| *p == prefix) {
            reader.report(used_twice(&prefix, prefix_at, *first));
            return None;
        }
        self.prefixes.push((prefix.clone(), prefix_at));
        if self.in_repeat && !part.votes.is_empty() {
            reader.report(super::vote::in_rounds(kind.value.at));
            reader.spoiled.push(format!("{prefix}."));
            return None;
        }
        if name == OPT_IN {
            self.opt_ins.push(prefix.clone());
        }
        let languages: Vec<(Language, Span)> = part.languages.iter().map(|l| (*l, kind.value.at)).collect();
        reader.missing_languages(&languages, kind.value.at, &named("delen", "the part", name));
        self.given(reader, &kind.value, name, &part, &given);
        let no = self.list.len();
        let base = no + 1;
        let moved = |block: &Block| block.iter().map(|no| no + base).collect::<Block>();
        let children = moved(&part.main);
        let first = children.first().copied();
        self.list.push(Draft {
            when: step.get("when"),
            children,
            ..Draft::bare(Item::new(&path, Kind::Group { first }), kind.key_at)
        });
        let names = Names {
            own: part.items.iter().filter_map(|(i, _)| i.question()).map(|q| q.id.clone()).collect(),
            prefix: &prefix,
            given: Some(given.iter().map(|(e, words)| (e.key.as_str(), words)).collect()),
        };
        self.votes.extend(part.votes.iter().map(|vote| names.vote(vote)));
        for (item, children) in &part.items {
            let mut item = names.outside(item, &path);
            super::part_words::shift(&mut item.kind, &|no| no + base);
            if let Kind::Ask(question) = &mut item.kind {
                question.number = self.next_question();
            }
            self.list.push(Draft { children: moved(children), ..Draft::bare(item, kind.value.at) });
        }
        if self.list.len() > MAX_STEPS {
            self.too_many.get_or_insert(step.at);
        }
        Some(no)
    }

    // The part that is meant; its own problems are told in its own file.
    fn part(&mut self, reader: &mut Reader, node: &Node, name: &str, defaults: &Defaults) -> Option<Lowered> {
        if reader.inside_part {
            reader.report(part_in_part(node.at));
            return None;
        }
        let institution = self.institution?;
        let Some(part) = institution.parts.iter().find(|p| p.name == name) else {
            reader.report(unknown_part(node.at, name, institution));
            return None;
        };
        let (lowered, problems) = lowered(part, institution, defaults, reader.is_kept);
        for problem in problems {
            if !reader.elsewhere.contains(&problem) {
                reader.elsewhere.push(problem);
            }
        }
        if lowered.is_some() && !self.parts.contains(part) {
            self.parts.push(part.clone());
        }
        lowered
    }

    // What the part wants, and what it does not know.
    fn given(&self, reader: &mut Reader, node: &Node, name: &str, part: &Lowered, given: &[(&Entry, Words)]) {
        for (wanted, must) in &part.wanted {
            if *must && !given.iter().any(|(e, _)| e.key == *wanted) {
                reader.report(not_given(node.at, name, wanted));
            }
        }
        let known: Vec<&str> = part.wanted.iter().map(|(w, _)| w.as_str()).collect();
        for (entry, _) in given.iter().filter(|(e, _)| !known.contains(&e.key.as_str())) {
            reader.report(unknown_key(entry, &known));
        }
    }
}

fn asks_for_consent(drafts: &Drafts<'_>) -> bool {
    let mut questions = drafts.list.iter().filter_map(|d| d.item.question());
    let wants = questions.clone().any(|q| q.id == WANTS_NEWS && matches!(q.answer, AnswerType::YesNo(_)));
    let here = |o: &Options| o.find(NEWS_HERE).is_some();
    wants && questions.any(|q| q.id == NEWS_WHERE && q.answer.options().is_some_and(here))
}

fn no_opt_in(at: Span) -> Problem {
    Problem::error(
        "F210",
        at,
        both(
            format!("delen `{OPT_IN}` er den, der spørger, om borgeren vil høre mere"),
            format!("the part `{OPT_IN}` is the one that asks whether citizens want to hear more"),
        ),
    )
    .why(both(
        "uden de to spørgsmål ville ingen kunne sige ja",
        "without its two questions nobody could say yes",
    ))
    .mend(both(
        format!("spørg om `{WANTS_NEWS}` (type: yesno) og om `{NEWS_WHERE}` med svaret `{NEWS_HERE}`, eller kald delen noget andet"),
        format!("ask `{WANTS_NEWS}` (type: yesno) and `{NEWS_WHERE}` with the answer `{NEWS_HERE}`, or give the part another name"),
    ))
}

fn unknown_part(at: Span, name: &str, institution: &Institution) -> Problem {
    let names = || institution.parts.iter().map(|p| p.name.as_str());
    let meant = suggest(name, names());
    let problem = Problem::error(
        "F201",
        at,
        both(format!("der er ingen del, der hedder `{name}`"), format!("there is no part called `{name}`")),
    )
    .label(did_you_mean(meant))
    .why(both("borgeren ville aldrig møde trinene i den", "citizens would never meet its steps"));
    let folder = &institution.folder;
    let all = names().collect::<Vec<_>>().join(" · ");
    match (meant, all.is_empty()) {
        (Some(word), _) => problem.fix(at, word),
        (None, false) => problem.mend(both(format!("brug en af: {all}"), format!("use one of: {all}"))),
        (None, true) => problem.mend(both(
            format!("læg delen i {folder}/parts/{name}.yaml eller _shared/parts/{name}.yaml"),
            format!("put the part into {folder}/parts/{name}.yaml or _shared/parts/{name}.yaml"),
        )),
    }
}

fn part_in_part(at: Span) -> Problem {
    Problem::error("Y104", at, both("en del kan ikke bruge en anden del", "a part cannot use another part"))
        .why(both("ingen kunne se, hvad der hører til hvad", "nobody could tell what belongs to what"))
        .mend(both(
            "brug begge dele i dialogen, den ene efter den anden",
            "use both parts in the dialogue, one after the other",
        ))
}

/// F202: two parts or repetitions with one name.
pub fn used_twice(prefix: &str, at: Span, first: Span) -> Problem {
    Problem::error(
        "F202",
        at,
        both(format!("navnet `{prefix}` bruges to gange"), format!("the name `{prefix}` is used twice")),
    )
    .also(first, both("først her", "first here"))
    .label(both("og igen her", "and again here"))
    .why(both(
        "svarene ville havne i de samme kolonner og overskrive hinanden",
        "the answers would land in the same columns and overwrite each other",
    ))
    .mend(both(
        format!("giv den anden sit eget navn, for eksempel\nas: {prefix}_2"),
        format!("give the second a name of its own, for example\nas: {prefix}_2"),
    ))
}

fn not_given(at: Span, part: &str, name: &str) -> Problem {
    Problem::error(
        "T303",
        at,
        both(
            format!("delen `{part}` mangler en tekst til `${{{name}}}`"),
            format!("the part `{part}` lacks a text for `${{{name}}}`"),
        ),
    )
    .why(both("borgeren ville se et hul i teksten", "the citizen would see a hole in the text"))
    .mend(both(format!("with:\n  {name}: …"), format!("with:\n  {name}: …")))
}

/// F210: a question that is called as the part beside it.
pub fn named_as_a_part(drafts: &Drafts<'_>) -> Vec<Problem> {
    let named = |draft: &Draft<'_>| {
        let id = &draft.item.question()?.id;
        let (_, at) = drafts.prefixes.iter().find(|(p, _)| p == id)?;
        let problem = Problem::error(
            "F210",
            draft.id_at.unwrap_or(draft.at),
            both(format!("navnet `{id}` er optaget"), format!("the name `{id}` is reserved")),
        );
        let problem = problem.also(*at, both("det bruges allerede her", "it is used here already"));
        Some(
            problem
                .why(both(
                    "kolonnerne i udtræk kunne ikke kendes fra hinanden",
                    "the columns of exports could not be told apart",
                ))
                .mend(both(format!("id: {id}_1"), format!("id: {id}_1"))),
        )
    };
    drafts.list.iter().filter_map(named).collect()
}
