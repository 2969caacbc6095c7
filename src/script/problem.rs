//! A mistake in a script: where it is, why it matters, and how it is mended, in Danish and in English.

use serde::Serialize;

/// A place in a file. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Span {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Span {
    /// `length` characters on one line.
    pub fn on_line(line: u32, column: u32, length: u32) -> Span {
        Span { line, column, end_line: line, end_column: column + length }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    /// Worth knowing; nothing need be done.
    Info,
}

/// The language that staff read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StaffLanguage {
    #[default]
    Da,
    En,
}

/// One sentence in both languages that staff read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Both {
    pub da: String,
    pub en: String,
}

pub fn both(da: impl Into<String>, en: impl Into<String>) -> Both {
    Both { da: da.into(), en: en.into() }
}

impl Both {
    pub fn is_empty(&self) -> bool {
        self.da.is_empty()
    }
    /// Adds a line that is the same in both languages.
    pub(super) fn and_line(&mut self, line: &str) {
        for text in [&mut self.da, &mut self.en] {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }
    pub fn to(&self, language: StaffLanguage) -> &str {
        match language {
            StaffLanguage::Da => &self.da,
            StaffLanguage::En => &self.en,
        }
    }
}

/// What to write instead of the text at `at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    pub at: Span,
    pub text: String,
    /// `--fix` may write it without asking; what is only a guess is left to people.
    #[serde(skip)]
    pub safe: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path below the dialogues folder.
    pub file: String,
    pub code: &'static str,
    pub severity: Severity,
    pub at: Span,
    pub what: Both,
    /// Stands under the place in the picture; may be empty.
    pub label: Both,
    /// Other places that belong to the mistake, each with its label.
    pub also: Vec<(Span, Both)>,
    pub why: Both,
    pub mend: Both,
    pub fix: Option<Fix>,
}

impl Problem {
    pub fn error(code: &'static str, at: Span, what: Both) -> Problem {
        Problem {
            file: String::new(),
            code,
            severity: Severity::Error,
            at,
            what,
            label: Both::default(),
            also: Vec::new(),
            why: Both::default(),
            mend: Both::default(),
            fix: None,
        }
    }
    pub fn warning(code: &'static str, at: Span, what: Both) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(code, at, what) }
    }
    pub fn info(code: &'static str, at: Span, what: Both) -> Problem {
        Problem { severity: Severity::Info, ..Problem::error(code, at, what) }
    }
    pub fn label(mut self, label: Both) -> Problem {
        self.label = label;
        self
    }
    pub fn also(mut self, at: Span, label: Both) -> Problem {
        self.also.push((at, label));
        self
    }
    pub fn why(mut self, why: Both) -> Problem {
        self.why = why;
        self
    }
    pub fn mend(mut self, mend: Both) -> Problem {
        self.mend = mend;
        self
    }
    pub fn fix(mut self, at: Span, text: impl Into<String>) -> Problem {
        self.fix = Some(Fix { at, text: text.into(), safe: true });
        self
    }
    /// A proposal that may be wrong: shown, and never written without asking.
    pub fn guess(mut self, at: Span, text: impl Into<String>) -> Problem {
        self.fix = Some(Fix { at, text: text.into(), safe: false });
        self
    }
    /// A proposal that `--fix` may write.
    pub fn is_safe(&self) -> bool {
        self.fix.as_ref().is_some_and(|f| f.safe)
    }
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
