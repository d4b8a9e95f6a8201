//! The words of a declaration, with their places.

use winnow::Parser as _;
use winnow::ascii::digit1;
use winnow::combinator::{alt, opt, repeat};
use winnow::error::{ContextError, ErrMode};
use winnow::stream::{LocatingSlice, Location as _, Stream as _};
use winnow::token::{any, one_of, take_until, take_while};

use crate::ast::{Decimal, Span, Spanned};
use crate::fault::Fault;
use crate::{date, limits};

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name or a word of the grammar.
    Word(String),
    /// A word with a capital letter: a kind.
    Kind(String),
    /// A number without sign.
    Decimal(Decimal),
    /// A date.
    Date(i32),
    /// A text, without its quotes.
    Text(String),
    /// A sign.
    Sign(&'static str),
    /// The end of the text.
    End,
}

impl Token {
    /// How it is called in messages.
    pub(crate) fn said(&self) -> String {
        match self {
            Self::Word(word) | Self::Kind(word) => format!("`{word}`"),
            Self::Decimal(_) => "a number".to_owned(),
            Self::Date(_) => "a date".to_owned(),
            Self::Text(_) => "a text".to_owned(),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::End => "the end of the file".to_owned(),
        }
    }
}

type Input<'a> = LocatingSlice<&'a str>;
type Scanned<T> = Result<T, ErrMode<ContextError>>;

/// Longer signs first.
const SIGNS: [&str; 17] = [
    "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "(", ")", "[", "]", ",", ".", ":", "%",
];

/// All words of a text, and [`Token::End`] after them.
///
/// # Errors
/// The first word that is none.
pub(crate) fn tokens(source: &str) -> Result<Vec<Spanned<Token>>, Fault> {
    let mut input = LocatingSlice::new(source);
    let mut found = Vec::new();
    loop {
        blanks(&mut input).map_err(|_| nothing(source, &input))?;
        let start = input.current_token_start();
        if input.is_empty() {
            let span = Span { start, end: start };
            found.push(Spanned::new(Token::End, span));
            return Ok(found);
        }
        let raw = word.parse_next(&mut input);
        let raw = raw.map_err(|_| nothing(source, &input))?;
        let end = input.current_token_start();
        found.push(token(raw, Span { start, end })?);
    }
}

/// A word before its limits are checked.
enum Raw<'a> {
    Name(&'a str),
    Number {
        whole: &'a str,
        rest: Option<&'a str>,
    },
    Date(&'a str, &'a str, &'a str),
    Text(&'a str),
    Sign(&'static str),
}

fn blanks(input: &mut Input<'_>) -> Scanned<()> {
    let comment = ('#', take_while(0.., |letter| letter != '\n')).void();
    let white = take_while(1.., [' ', '\t', '\r', '\n']).void();
    repeat(0.., alt((comment, white))).parse_next(input)
}

fn word<'a>(input: &mut Input<'a>) -> Scanned<Raw<'a>> {
    alt((dated, number, name, text, sign)).parse_next(input)
}

fn dated<'a>(input: &mut Input<'a>) -> Scanned<Raw<'a>> {
    let digits = |count: usize| take_while(count, |letter: char| letter.is_ascii_digit());
    let mut whole = (digits(4), '-', digits(2), '-', digits(2));
    let (year, _, month, _, day) = whole.parse_next(input)?;
    Ok(Raw::Date(year, month, day))
}

fn number<'a>(input: &mut Input<'a>) -> Scanned<Raw<'a>> {
    let whole = digit1.parse_next(input)?;
    let rest = opt(('.', digit1).map(|(_, rest)| rest)).parse_next(input)?;
    Ok(Raw::Number { whole, rest })
}

fn name<'a>(input: &mut Input<'a>) -> Scanned<Raw<'a>> {
    let start = input.checkpoint();
    one_of(|letter: char| letter.is_ascii_alphabetic()).parse_next(input)?;
    let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let more = (
        take_while(0.., inside),
        repeat::<_, _, (), _, _>(0.., ('-', take_while(1.., inside))),
    );
    let length = more.take().parse_next(input)?.len() + 1;
    input.reset(&start);
    Ok(Raw::Name(input.next_slice(length)))
}

fn text<'a>(input: &mut Input<'a>) -> Scanned<Raw<'a>> {
    let inside = take_until(0.., '"').verify(|text: &str| !text.contains('\n'));
    let (_, text, _) = ('"', inside, '"').parse_next(input)?;
    Ok(Raw::Text(text))
}

fn sign<'a>(input: &mut Input<'a>) -> Scanned<Raw<'a>> {
    let found = SIGNS.into_iter().find(|sign| input.starts_with(sign));
    let found = found.ok_or_else(|| ErrMode::Backtrack(ContextError::new()))?;
    input.next_slice(found.len());
    Ok(Raw::Sign(found))
}

fn token(raw: Raw<'_>, span: Span) -> Result<Spanned<Token>, Fault> {
    let token = match raw {
        Raw::Name(name) => named(name, span)?,
        Raw::Number { whole, rest } => Token::Decimal(decimal(whole, rest.unwrap_or(""), span)?),
        Raw::Date(year, month, day) => Token::Date(dated_day(year, month, day, span)?),
        Raw::Text(text) => Token::Text(checked_text(text, span)?),
        Raw::Sign(sign) => Token::Sign(sign),
    };
    Ok(Spanned::new(token, span))
}

fn named(name: &str, span: Span) -> Result<Token, Fault> {
    if name.len() > limits::NAME {
        let problem = format!("a name has at most {} letters", limits::NAME);
        return Err(Fault::new(span, problem));
    }
    let capital = name.starts_with(|letter: char| letter.is_ascii_uppercase());
    let small = !name.contains(|letter: char| letter.is_ascii_uppercase());
    match (capital, small) {
        (true, _) => Ok(Token::Kind(name.to_owned())),
        (_, true) => Ok(Token::Word(name.to_owned())),
        _ => Err(Fault::new(span, "a name has small letters alone")
            .help(format!("write `{}`", name.to_lowercase()))),
    }
}

fn decimal(whole: &str, rest: &str, span: Span) -> Result<Decimal, Fault> {
    if whole.len() > limits::DIGITS || rest.len() > limits::DECIMALS {
        let problem = format!(
            "a number has at most {} digits before and {} after the point",
            limits::DIGITS,
            limits::DECIMALS
        );
        return Err(Fault::new(span, problem));
    }
    let digits = whole.bytes().chain(rest.bytes());
    let mantissa = digits.fold(0, |sum: i128, digit| sum * 10 + i128::from(digit - b'0'));
    let scale = u32::try_from(rest.len()).expect("at most ten digits");
    Ok(Decimal { mantissa, scale })
}

fn dated_day(year: &str, month: &str, day: &str, span: Span) -> Result<i32, Fault> {
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let found = date::day(number(year).cast_signed(), number(month), number(day));
    found.ok_or_else(|| Fault::new(span, "the calendar has no such day"))
}

fn checked_text(text: &str, span: Span) -> Result<String, Fault> {
    if text.len() > limits::TEXT {
        let problem = format!("a text has at most {} bytes", limits::TEXT);
        return Err(Fault::new(span, problem));
    }
    if text.contains(char::is_control) {
        return Err(Fault::new(span, "a text has no control characters"));
    }
    Ok(text.to_owned())
}

/// What no word begins with.
fn nothing(source: &str, input: &Input<'_>) -> Fault {
    let start = input.current_token_start();
    let letter = any::<_, ErrMode<ContextError>>.parse_next(&mut input.clone());
    let letter: char = letter.unwrap_or(' ');
    let end = start + letter.len_utf8();
    let span = Span { start, end };
    if letter == '"' {
        let line = source[start..].lines().next().unwrap_or("");
        let end = start + line.len();
        return Fault::new(Span { start, end }, "the text does not end on its line")
            .help("end it with `\"`");
    }
    let shown = letter.escape_debug();
    let fault = Fault::new(span, format!("`{shown}` begins no word of the language"));
    match letter {
        '≤' => fault.help("write `<=`"),
        '≥' => fault.help("write `>=`"),
        '≠' | '!' => fault.help("write `!=`"),
        '×' => fault.help("write `*`"),
        '\'' | '“' | '”' => fault.help("texts stand in `\"`"),
        '−' | '–' => fault.help("write `-`"),
        _ => fault,
    }
}
