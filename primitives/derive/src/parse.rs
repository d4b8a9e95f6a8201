//! What a declaration says of its encoding.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::format_ident;
use syn::{Attribute, Data, Error, Expr, Fields, Lit, Member, Result, Type};

/// One `name`, `name(value)` or `name = value` of `#[encoding(…)]`.
pub(crate) struct Said {
    pub name: Ident,
    pub value: TokenStream,
}

impl Said {
    /// Whether it stands before a struct's fields.
    pub fn is_before(&self) -> bool {
        self.name == "magic" || self.name == "version"
    }

    /// The first of the arguments.
    pub fn first(&self) -> TokenStream {
        let tokens = self.value.clone().into_iter();
        tokens.take_while(|token| !is_comma(token)).collect()
    }
}

/// A field: how it is addressed and bound, its type, and what is said of it.
pub(crate) struct Field {
    pub member: Member,
    pub bound: Ident,
    pub of: Type,
    pub said: Vec<Said>,
}

/// A variant, with no number where it holds an enum that has the others.
pub(crate) struct Variant {
    pub name: Ident,
    pub number: Option<u8>,
    pub fields: Vec<Field>,
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')
}

/// What a type or variant says, each one of `allowed`: nothing is left out because of a slip of the pen.
pub(crate) fn said_of(attributes: &[Attribute], allowed: &[&str]) -> Result<Vec<Said>> {
    let said = said(attributes)?;
    match said
        .iter()
        .find(|one| allowed.iter().all(|name| one.name != name))
    {
        Some(other) => Err(Error::new(
            other.name.span(),
            format!("only {allowed:?} can be said here"),
        )),
        None => Ok(said),
    }
}

/// All that `#[encoding(…)]` says, in order.
fn said(attributes: &[Attribute]) -> Result<Vec<Said>> {
    let mut all = Vec::new();
    for attribute in attributes {
        if !attribute.path().is_ident("encoding") {
            continue;
        }
        let tokens = attribute.meta.require_list()?.tokens.clone();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for piece in tokens.split(is_comma).filter(|piece| !piece.is_empty()) {
            let said = match piece {
                [TokenTree::Ident(name)] => Some((name, TokenStream::new())),
                [TokenTree::Ident(name), TokenTree::Group(value)] => Some((name, value.stream())),
                [TokenTree::Ident(name), TokenTree::Punct(_), value @ ..] => {
                    Some((name, value.iter().cloned().collect()))
                }
                _ => None,
            };
            let advice = "write name, name(…) or name = …";
            let (name, value) = said.ok_or_else(|| Error::new_spanned(attribute, advice))?;
            all.push(Said {
                name: name.clone(),
                value,
            });
        }
    }
    Ok(all)
}

/// The fields in order.
pub(crate) fn fields(fields: &Fields) -> Result<Vec<Field>> {
    let field = |(member, field): (Member, &syn::Field)| {
        let bound = match &member {
            Member::Named(name) => name.clone(),
            Member::Unnamed(place) => format_ident!("field_{}", place.index),
        };
        let (of, said) = (field.ty.clone(), said(&field.attrs)?);
        Ok(Field {
            member,
            bound,
            of,
            said,
        })
    };
    fields.members().zip(fields).map(field).collect()
}

/// The variants of an enum, each with its number.
pub(crate) fn variants(data: &Data) -> Result<Vec<Variant>> {
    let Data::Enum(data) = data else {
        return Ok(Vec::new()); // a union has no traits that could be derived
    };
    let variant = |variant: &syn::Variant| {
        let others = !said_of(&variant.attrs, &["others"])?.is_empty();
        let number = variant
            .discriminant
            .as_ref()
            .and_then(|(_, number)| literal(number));
        if number.is_none() && !others {
            return Err(Error::new_spanned(
                variant,
                "give the variant a number from 0 to 255: Paid = 3",
            ));
        }
        let (name, fields) = (variant.ident.clone(), fields(&variant.fields)?);
        Ok(Variant {
            name,
            number: number.filter(|_| !others),
            fields,
        })
    };
    data.variants.iter().map(variant).collect()
}

/// A literal, which a macro may have given.
fn literal(number: &Expr) -> Option<u8> {
    match number {
        Expr::Group(group) => literal(&group.expr),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
