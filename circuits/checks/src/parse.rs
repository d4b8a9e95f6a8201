//! A text to a [`Declaration`]: the grammar of `specs/checks/README.md`, by recursive descent over the words.
//!
//! The first fault ends it. Depth and number of nodes are limited, so a hostile text costs little.

use crate::ast::{
    Binding, Decimal, Declaration, DocumentDeclaration, Literal, Name, Path,
    RequirementDeclaration, Span, Spanned,
};
use crate::fault::{Fault, suggestion};
use crate::limits;
use crate::token::{Token, tokens};

mod condition;
mod expression;

/// The words of the grammar: they are no names.
pub(crate) const WORDS: [&str; 27] = [
    "absent", "all", "and", "any", "by", "check", "count", "days", "document", "else", "for", "if",
    "in", "is", "like", "list", "minor", "not", "of", "one", "or", "present", "require", "sum",
    "version", "where", "within",
];

/// Reads a declaration.
///
/// # Errors
/// The first place where the text does not follow the grammar, or goes beyond a limit.
pub fn parse(source: &str) -> Result<Declaration, Fault> {
    if source.len() > limits::BYTES {
        let problem = format!("a declaration has at most {} bytes", limits::BYTES);
        return Err(Fault::new(Span::default(), problem));
    }
    let mut parser = Parser {
        tokens: tokens(source)?,
        at: 0,
        depth: 0,
        nodes: 0,
    };
    parser.declaration()
}

type Parsed<T> = Result<T, Fault>;

struct Parser {
    tokens: Vec<Spanned<Token>>,
    at: usize,
    depth: usize,
    nodes: usize,
}

impl Parser {
    fn declaration(&mut self) -> Parsed<Declaration> {
        self.word("check")?;
        let name = self.name("the check's name")?;
        self.word("version")?;
        let version = self.whole("the version, a whole number from 1")?;
        if version.node == 0 {
            return Err(Fault::new(version.span, "versions begin with 1"));
        }
        let sentence = self.text("a sentence that says what the check is about")?;
        let mut documents = Vec::new();
        while self.is_word("document") {
            documents.push(self.document()?);
            self.limit(documents.len(), limits::DOCUMENTS, "documents")?;
        }
        let mut requirements = Vec::new();
        while self.is_word("require") {
            requirements.push(self.requirement()?);
            self.limit(requirements.len(), limits::REQUIREMENTS, "requirements")?;
        }
        if self.peek() != &Token::End {
            let expected = if requirements.is_empty() {
                "`document` or `require`"
            } else {
                "`require`, `and`, `or` or the end of the file"
            };
            return Err(self.unexpected(expected, &["document", "require", "and", "or"]));
        }
        Ok(Declaration {
            name,
            version,
            sentence,
            documents,
            requirements,
        })
    }

    fn document(&mut self) -> Parsed<DocumentDeclaration> {
        self.word("document")?;
        let name = self.name("the document's name")?;
        self.word("is")?;
        let list = self.take_word("list");
        if list {
            self.word("of")?;
        }
        let kind = match self.peek().clone() {
            Token::Kind(kind) => Spanned::new(kind, self.advance()),
            _ => return Err(self.unexpected("a kind of document, such as `Order`", &[])),
        };
        self.word("by")?;
        let role = self.name("who must have sealed it, such as `seller`")?;
        Ok(DocumentDeclaration {
            name,
            list,
            kind,
            role,
        })
    }

    fn requirement(&mut self) -> Parsed<RequirementDeclaration> {
        self.word("require")?;
        let id = self.name("the requirement's id")?;
        let sentence = self.text("a sentence that says what is required")?;
        let condition = self.condition()?;
        Ok(RequirementDeclaration {
            id,
            sentence,
            condition,
        })
    }

    fn binding(&mut self) -> Parsed<Binding> {
        let name = self.name("a name for each of them")?;
        self.word("in")?;
        let list = self.path()?;
        let filter = if self.take_word("where") {
            Some(Box::new(self.condition()?))
        } else {
            None
        };
        Ok(Binding { name, list, filter })
    }

    fn path(&mut self) -> Parsed<Path> {
        let mut parts = vec![self.name("a document or a field of one, such as `invoice.id`")?];
        while self.take_sign(".") {
            parts.push(self.name("a field's name")?);
        }
        let mut index = None;
        if self.take_sign("[") {
            index = Some(self.whole("an index")?);
            self.sign("]")?;
        }
        Ok(Path { parts, index })
    }

    fn literal(&mut self) -> Parsed<Spanned<Literal>> {
        let start = self.span();
        let negative = self.take_sign("-");
        let literal = match self.peek().clone() {
            Token::Decimal(number) if negative => Literal::Decimal(Decimal {
                mantissa: -number.mantissa,
                ..number
            }),
            Token::Decimal(number) => Literal::Decimal(number),
            Token::Date(day) if !negative => Literal::Date(day),
            Token::Text(text) if !negative => Literal::Text(text),
            _ => return Err(self.unexpected("a number, a date or a text", &[])),
        };
        let end = self.advance();
        Ok(Spanned::new(literal, start.to(end)))
    }

    /// Counts a node and a step inward; undone by [`Parser::leave`].
    fn enter(&mut self) -> Parsed<()> {
        self.nodes += 1;
        self.depth += 1;
        let span = self.span();
        if self.depth > limits::DEPTH {
            let problem = format!(
                "conditions stand at most {} deep inside one another",
                limits::DEPTH
            );
            return Err(Fault::new(span, problem).help("split it into several requirements"));
        }
        if self.nodes > limits::NODES {
            let problem = format!(
                "a check has at most {} conditions and expressions",
                limits::NODES
            );
            return Err(Fault::new(span, problem).help("split it into several checks"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn limit(&self, count: usize, limit: usize, what: &str) -> Parsed<()> {
        if count > limit {
            let problem = format!("a check has at most {limit} {what}");
            return Err(Fault::new(
                self.tokens[self.at.saturating_sub(1)].span,
                problem,
            ));
        }
        Ok(())
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].node
    }

    fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    /// Goes on by one word, never beyond the end; gives the place of the one it leaves.
    fn advance(&mut self) -> Span {
        let span = self.span();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        span
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found == word)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.advance();
        }
        found
    }

    fn word(&mut self, word: &'static str) -> Parsed<Span> {
        if self.is_word(word) {
            return Ok(self.advance());
        }
        Err(self.unexpected(&format!("`{word}`"), &[word]))
    }

    fn sign(&mut self, sign: &'static str) -> Parsed<Span> {
        if self.is_sign(sign) {
            return Ok(self.advance());
        }
        Err(self.unexpected(&format!("`{sign}`"), &[]))
    }

    fn name(&mut self, what: &str) -> Parsed<Name> {
        match self.peek().clone() {
            Token::Word(word) if WORDS.contains(&word.as_str()) => {
                let problem = format!("`{word}` is a word of the language, and cannot be {what}");
                Err(Fault::new(self.span(), problem).help("take another name"))
            }
            Token::Word(word) => Ok(Spanned::new(word, self.advance())),
            _ => Err(self.unexpected(what, &[])),
        }
    }

    fn text(&mut self, what: &str) -> Parsed<Spanned<String>> {
        match self.peek().clone() {
            Token::Text(text) if !text.trim().is_empty() => Ok(Spanned::new(text, self.advance())),
            Token::Text(_) => Err(Fault::new(
                self.span(),
                format!("expected {what}, and it is empty"),
            )),
            _ => Err(self.unexpected(&format!("{what}, in double quotes"), &[])),
        }
    }

    fn whole(&mut self, what: &str) -> Parsed<Spanned<u32>> {
        if let Token::Decimal(Decimal { mantissa, scale: 0 }) = *self.peek()
            && let Ok(number) = u32::try_from(mantissa)
        {
            return Ok(Spanned::new(number, self.advance()));
        }
        Err(self.unexpected(what, &[]))
    }

    /// That something else stands here than `expected`; a word near to one of `words` is suggested.
    fn unexpected(&self, expected: &str, words: &[&str]) -> Fault {
        let found = self.peek();
        let problem = format!("expected {expected}, found {}", found.said());
        let fault = Fault::new(self.span(), problem);
        let Token::Word(word) = found else {
            return fault;
        };
        match suggestion(word, words.iter().copied()) {
            Some(meant) if meant != word => fault.help(format!("did you mean `{meant}`?")),
            _ => fault,
        }
    }
}

#[cfg(test)]
mod tests;
