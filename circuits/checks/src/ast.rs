//! What a declaration says, as written: the tree that the parser gives and the printer takes. Nothing in it is
//! checked beyond the grammar of `specs/checks/README.md`.
//!
//! Two trees are equal if they say the same, wherever in a file it stands.

/// A part of a declaration's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// From the start of this one to the end of `other`.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start,
            end: other.end.max(self.end),
        }
    }
}

/// Something with its place. Equality does not look at the place.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// What it is.
    pub node: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Something at a place.
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// A name with its place.
pub type Name = Spanned<String>;
/// A condition with its place.
pub type Condition = Spanned<ConditionNode>;
/// An expression with its place.
pub type Expression = Spanned<ExpressionNode>;

/// A whole declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The check's name.
    pub name: Name,
    /// Its version, from 1.
    pub version: Spanned<u32>,
    /// What it says, for people.
    pub sentence: Spanned<String>,
    /// The documents, in the order in which they are handed in.
    pub documents: Vec<DocumentDeclaration>,
    /// The requirements, in the order of their bits.
    pub requirements: Vec<RequirementDeclaration>,
}

/// `document delivery is list of Waybill by carrier`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentDeclaration {
    /// The name that requirements use.
    pub name: Name,
    /// Whether it stands for several.
    pub list: bool,
    /// The kind's name.
    pub kind: Name,
    /// The party that must have sealed it.
    pub role: Name,
}

/// `require id "sentence" condition`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementDeclaration {
    /// Its id.
    pub id: Name,
    /// What it says, for people.
    pub sentence: Spanned<String>,
    /// When it is met.
    pub condition: Condition,
}

/// `invoice.totals.lines`, `invoice.order_references[0]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The names between the dots; at least one.
    pub parts: Vec<Name>,
    /// The index after them.
    pub index: Option<Spanned<u32>>,
}

impl Path {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        let first = self.parts.first().map_or(Span::default(), |part| part.span);
        let last = self.parts.last().map_or(first, |part| part.span);
        let end = self.index.as_ref().map_or(last, |index| index.span);
        first.to(end)
    }
}

/// How many of a list must satisfy a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// Each, and there is at least one.
    All,
    /// At least one.
    Any,
    /// Exactly one is meant, and it satisfies the condition.
    One,
}

impl Quantifier {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::One => "one",
        }
    }
}

/// `x in order.lines where x.id = "1"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The name of each.
    pub name: Name,
    /// The lines or documents.
    pub list: Path,
    /// Which of them.
    pub filter: Option<Box<Condition>>,
}

/// A relation between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Relation {
    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether two values in this order stand in the relation.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// A number as written: `mantissa · 10^-scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// All digits, with the sign.
    pub mantissa: i128,
    /// Digits after the point, at most [`crate::limits::DECIMALS`].
    pub scale: u32,
}

/// What a tolerance is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToleranceUnit {
    /// The unit or currency of what is compared.
    Own,
    /// Hundredths of the second value.
    Percent,
    /// Days.
    Days,
    /// Minor units of the currency: cents, whole yen, fils.
    Minor,
}

/// `0.01`, `5%`, `3 days`, `1 minor`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// How much; never negative.
    pub amount: Decimal,
    /// Of what.
    pub unit: ToleranceUnit,
}

/// How far beyond a limit a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slack {
    /// As the declaration writes it.
    Written(Tolerance),
    /// As a document states it, in hundredths of a percent of the limit: a field, or a field `else 0`.
    Stated(Box<Expression>),
}

/// A value that the declaration writes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A number.
    Decimal(Decimal),
    /// A date, as days since 1970-01-01.
    Date(i32),
    /// A text.
    Text(String),
}

/// Plus or minus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// The forms of expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpressionNode {
    /// A literal.
    Literal(Literal),
    /// `30 days`
    Days(u32),
    /// A field.
    Path(Path),
    /// `sum(x.quantity for x in order.lines)`
    Sum {
        /// What is added up.
        term: Box<Expression>,
        /// Over what.
        over: Binding,
    },
    /// `count(x in order.lines)`
    Count(Binding),
    /// `a else 0`: of a field or a sum, 0 where there is none.
    OrZero(Box<Expression>),
    /// `a * b`; neither is a [`ExpressionNode::Chain`] or a product.
    Product(Box<Expression>, Box<Expression>),
    /// `a + b - c`; none is a chain, and there are at least two.
    Chain {
        /// The first.
        first: Box<Expression>,
        /// The others with their signs.
        rest: Vec<(Sign, Expression)>,
    },
}

/// The forms of conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionNode {
    /// All hold; at least two.
    And(Vec<Condition>),
    /// At least one holds; at least two.
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
    /// `if present a, b: …`
    Guarded {
        /// The fields; at least one.
        paths: Vec<Path>,
        /// What must hold if all are there.
        body: Box<Condition>,
    },
    /// `present a`
    Present(Path),
    /// `absent a`
    Absent(Path),
    /// `a <= b`
    Compare {
        /// The first value.
        left: Expression,
        /// The relation.
        relation: Relation,
        /// The second value.
        right: Expression,
    },
    /// `a within 0.01 of b`
    Within {
        /// The first value.
        left: Expression,
        /// How far apart they may be.
        tolerance: Spanned<Tolerance>,
        /// The second value.
        right: Expression,
    },
    /// `a <= b within 5%`
    Limit {
        /// The first value.
        left: Expression,
        /// [`Relation::AtMost`] or [`Relation::AtLeast`].
        relation: Relation,
        /// The limit.
        right: Expression,
        /// How far beyond it the first may be.
        slack: Spanned<Slack>,
    },
    /// `a like b`
    Like {
        /// The first text.
        left: Expression,
        /// The second.
        right: Expression,
    },
    /// `a in (1, 2)`
    In {
        /// The value.
        value: Expression,
        /// The list; not empty.
        list: Vec<Spanned<Literal>>,
    },
    /// `a is b`, `a is not b`
    Party {
        /// The first party.
        left: Path,
        /// Whether they must be the same.
        same: bool,
        /// The second party.
        right: Path,
    },
}
