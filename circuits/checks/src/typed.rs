//! A check whose names are resolved and whose types fit: what evaluation reads, and what constraints will be made from.

use sealane_types::schema::Kind;

use crate::ast::{Decimal, Quantifier, Relation, Sign, Span, Tolerance};
use crate::field::{Field, Role};

/// A check.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// What it says, for people.
    pub sentence: String,
    /// Its documents, in the order in which they are handed in.
    pub documents: Vec<DocumentSlot>,
    /// Its requirements, in the order of their bits.
    pub requirements: Vec<Requirement>,
}

/// What stands for one name.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentSlot {
    /// The name.
    pub name: String,
    /// Whether it may be several.
    pub list: bool,
    /// The kind.
    pub kind: Kind,
    /// The party that must have sealed it.
    pub sealer: Role,
    /// That party's word in the declaration.
    pub sealer_word: String,
}

impl DocumentSlot {
    /// The requirement that its party sealed it: id and sentence.
    #[must_use]
    pub fn sealed(&self) -> (String, String) {
        let Self {
            name, sealer_word, ..
        } = self;
        let sentence = format!("{name} is sealed by the {sealer_word} that it names.");
        (format!("{name}.sealer"), sentence)
    }

    /// The requirement that a list has no document twice: id and sentence.
    #[must_use]
    pub fn distinct(&self) -> Option<(String, String)> {
        let Self { name, .. } = self;
        let sentence = format!("No two documents of {name} have one number.");
        self.list.then(|| (format!("{name}.distinct"), sentence))
    }
}

impl Check {
    /// All requirements in the order of their bits, those that documents bring first: id and sentence.
    #[must_use]
    pub fn stated(&self) -> Vec<(String, String)> {
        let brought = self.documents.iter();
        let brought = brought.flat_map(|one| std::iter::once(one.sealed()).chain(one.distinct()));
        let declared = self.requirements.iter();
        brought
            .chain(declared.map(|one| (one.id.clone(), one.sentence.clone())))
            .collect()
    }
}

/// A requirement.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// Its id.
    pub id: String,
    /// What it says, for people.
    pub sentence: String,
    /// When it is met.
    pub condition: Condition,
    /// Where it stands.
    pub span: Span,
}

/// Whose field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A declared document that is no list, by its place among the documents.
    Document(usize),
    /// What the bindings around it bound: 0 is the outermost.
    Variable(usize),
}

/// A field of something.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRef {
    /// Of what.
    pub source: Source,
    /// Which.
    pub field: &'static Field,
    /// Where the declaration names it.
    pub span: Span,
}

/// What a binding runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The documents of a list.
    Documents(usize),
    /// The lines of a declared document, or of all documents of a list.
    Lines(usize),
    /// The lines of a document that is bound.
    LinesOf(usize),
}

/// A binding. Its variable's number is how many bindings stand around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// Over what.
    pub list: List,
    /// Which of them.
    pub filter: Option<Box<Condition>>,
    /// Where it stands.
    pub span: Span,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All hold.
    And(Vec<Condition>),
    /// At least one holds.
    Or(Vec<Condition>),
    /// Over lines or documents.
    Quantified {
        /// How many.
        quantifier: Quantifier,
        /// Of what.
        over: Binding,
        /// What they must satisfy.
        body: Box<Condition>,
    },
    /// If all fields are there, the body.
    Guarded {
        /// The fields.
        fields: Vec<FieldRef>,
        /// The body.
        body: Box<Condition>,
    },
    /// Whether the field is there.
    Present(FieldRef),
    /// Whether it is not.
    Absent(FieldRef),
    /// Two values in a relation; `=` and `!=` alone unless both are numbers or dates.
    Compare {
        /// The first.
        left: Term,
        /// The relation.
        relation: Relation,
        /// The second.
        right: Term,
    },
    /// Two numbers or dates near to each other.
    Within {
        /// The first.
        left: Term,
        /// How near.
        tolerance: Tolerance,
        /// The second.
        right: Term,
    },
    /// A value that is one of a list.
    OneOf {
        /// The value.
        value: Term,
        /// Literals of its type.
        list: Vec<Term>,
    },
    /// Two parties.
    Party {
        /// The first.
        left: FieldRef,
        /// Whether they must have an identifier in common, or none.
        same: bool,
        /// The second.
        right: FieldRef,
    },
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// How it is made.
    pub node: TermNode,
    /// What it is.
    pub holds: Type,
    /// Where it stands.
    pub span: Span,
}

/// How a value is made.
#[derive(Debug, Clone, PartialEq)]
pub enum TermNode {
    /// A field.
    Field(FieldRef),
    /// A number; takes over what it is compared with or added to.
    Number(Decimal),
    /// A day.
    Date(i32),
    /// A number of days.
    Days(u32),
    /// A text, or another value that is compared as one.
    Text(String),
    /// A sum over lines or documents.
    Sum {
        /// What is added up.
        term: Box<Term>,
        /// Over what.
        over: Binding,
    },
    /// How many lines or documents.
    Count(Binding),
    /// A price times a quantity.
    Product {
        /// The price.
        price: FieldRef,
        /// The quantity.
        quantity: Box<Term>,
    },
    /// A sum of several terms.
    Chain {
        /// The first.
        first: Box<Term>,
        /// The others.
        rest: Vec<(Sign, Term)>,
    },
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// A line's identifier.
    LineId,
    /// A line of another document.
    LineReference,
    /// A document's number.
    Number,
    /// A reference to one.
    Reference,
    /// A list of references.
    References,
    /// A currency.
    Currency,
    /// A code or count.
    Integer,
    /// A day.
    Date,
    /// An amount of money.
    Amount,
    /// A quantity.
    Quantity,
    /// A price.
    Price,
    /// An amount with a denominator.
    Ratio,
    /// A number as written, without unit or currency.
    Plain,
    /// A number of days.
    Days,
}

impl Type {
    /// With its article.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::LineId => "a line's identifier",
            Self::LineReference => "a line of another document",
            Self::Number => "a document's number",
            Self::Reference => "a reference",
            Self::References => "a list of references",
            Self::Currency => "a currency",
            Self::Integer => "an integer",
            Self::Date => "a date",
            Self::Amount => "an amount",
            Self::Quantity => "a quantity",
            Self::Price => "a price",
            Self::Ratio => "a price times a quantity",
            Self::Plain => "a plain number",
            Self::Days => "a number of days",
        }
    }

    /// Whether values of it have an order and a distance.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        use Type::{Amount, Date, Days, Integer, Plain, Price, Quantity, Ratio};
        matches!(
            self,
            Integer | Date | Amount | Quantity | Price | Ratio | Plain | Days
        )
    }
}
