//! `#[derive(Encode, Decode)]`: the canonical encoding of `sealane_types::encoding`, from a type's declaration.
//!
//! A struct is its fields in order; an enum is its variant's number, which the declaration gives (`Paid = 3`), then
//! the variant's fields. What else there is to say stands in `#[encoding(…)]`:
//!
//! | on | is written | means |
//! | --- | --- | --- |
//! | a field | `list(MOST, "what")`, `text(MOST, "what")`, `array("what")` | the method of `Reader` that reads it; after a comma, the one that reads each item of a list |
//! | a field | `read = RESULT`, `put = STATEMENT` | how it is read from `reader`, how appended to `out`; the fields before it are in scope |
//! | a struct | `magic(BYTES, …)`, `version(NUMBER, …)` | what stands before the fields, and the method of `Reader` that checks it |
//! | a struct | `check` | its method `check` judges what was read |
//! | a struct | `within(MOST, "what")` | how many bytes one value has at most |
//! | an enum | `name = "what"` | what an error calls it |
//! | a variant | `others` | it holds an enum that has the other numbers |

mod parse;

use parse::{Field, Said, Variant, fields, said_of, variants};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Result, parse_macro_input, parse_quote};

/// What a struct can say.
const OF_STRUCT: [&str; 4] = ["magic", "version", "check", "within"];

/// Derives `Encode`, and for an enum `Tagged`.
#[proc_macro_derive(Encode, attributes(encoding))]
pub fn encode(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let code = match &input.data {
        Data::Struct(data) => encode_struct(&input, &data.fields),
        _ => encode_enum(&input),
    };
    code.unwrap_or_else(Error::into_compile_error).into()
}

/// Derives `Decode`, and for an enum `FromTag`.
#[proc_macro_derive(Decode, attributes(encoding))]
pub fn decode(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let code = match &input.data {
        Data::Struct(data) => decode_struct(&input, &data.fields),
        _ => decode_enum(&input),
    };
    code.unwrap_or_else(Error::into_compile_error).into()
}

fn encode_struct(input: &DeriveInput, declared: &Fields) -> Result<TokenStream> {
    let (said, fields) = (said_of(&input.attrs, &OF_STRUCT)?, fields(declared)?);
    let before = said.iter().filter(|one| one.is_before());
    let before = before.map(Said::first);
    let (pattern, puts) = (pattern(&fields), fields.iter().map(put));
    let body = quote! {
        fn encode(&self, out: &mut Vec<u8>) {
            #(encoding::Encode::encode(&#before, out);)*
            let Self #pattern = self;
            #(#puts)*
        }
    };
    Ok(implement(input, "Encode", &body))
}

fn decode_struct(input: &DeriveInput, declared: &Fields) -> Result<TokenStream> {
    let (said, fields) = (said_of(&input.attrs, &OF_STRUCT)?, fields(declared)?);
    let before = said.iter().filter(|one| one.is_before());
    let before = before.map(|Said { name, value }| quote!(reader.#name(#value)?;));
    let named = |name| said.iter().filter(move |one| one.name == name);
    let check = named("check").map(|Said { name, .. }| quote!(Self::#name(&value)?;));
    let within = named("within").map(|Said { value, .. }| {
        quote! {
            fn from_bytes(bytes: &[u8]) -> encoding::Decoded<Self> {
                encoding::Reader::within(bytes, #value)?.whole()
            }
        }
    });
    let (reads, pattern) = (fields.iter().map(read), pattern(&fields));
    let body = quote! {
        fn decode(reader: &mut encoding::Reader<'_>) -> encoding::Decoded<Self> {
            #(#before)*
            #(#reads)*
            let value = Self #pattern;
            #(#check)*
            Ok(value)
        }
        #(#within)*
    };
    Ok(implement(input, "Decode", &body))
}

fn encode_enum(input: &DeriveInput) -> Result<TokenStream> {
    let (mut tags, mut puts) = (TokenStream::new(), TokenStream::new());
    for variant in variants(&input.data)? {
        let name = &variant.name;
        let Some(number) = variant.number else {
            tags.extend(quote!(Self::#name(others) => encoding::Tagged::tag(others),));
            let put = quote!(encoding::Tagged::encode_variant(others, out));
            puts.extend(quote!(Self::#name(others) => #put,));
            continue;
        };
        let (pattern, put) = (pattern(&variant.fields), variant.fields.iter().map(put));
        tags.extend(quote!(Self::#name { .. } => #number,));
        puts.extend(quote!(Self::#name #pattern => { #(#put)* }));
    }
    let tagged = quote! {
        fn tag(&self) -> u8 {
            match self { #tags }
        }

        fn encode_variant(&self, out: &mut Vec<u8>) {
            match self { #puts }
        }
    };
    let encode = quote! {
        fn encode(&self, out: &mut Vec<u8>) {
            out.push(encoding::Tagged::tag(self));
            encoding::Tagged::encode_variant(self, out);
        }
    };
    let mut code = implement(input, "Tagged", &tagged);
    code.extend(implement(input, "Encode", &encode));
    Ok(code)
}

fn decode_enum(input: &DeriveInput) -> Result<TokenStream> {
    let said = said_of(&input.attrs, &["name"])?;
    let Some(what) = said.iter().find(|one| one.name == "name") else {
        let advice = "say what errors call it: #[encoding(name = \"what\")]";
        return Err(Error::new_spanned(&input.ident, advice));
    };
    let what = &what.value;
    let (mut reads, mut last) = (TokenStream::new(), quote!(encoding::unknown(#what, tag)));
    for Variant {
        name,
        number,
        fields,
    } in variants(&input.data)?
    {
        let Some(number) = number else {
            last = quote!(encoding::FromTag::decode_variant(tag, reader).map(Self::#name));
            continue;
        };
        let (read, pattern) = (fields.iter().map(read), pattern(&fields));
        reads.extend(quote!(#number => { #(#read)* Ok(Self::#name #pattern) }));
    }
    let from_tag = quote! {
        fn decode_variant(tag: u8, reader: &mut encoding::Reader<'_>) -> encoding::Decoded<Self> {
            match tag { #reads _ => #last }
        }
    };
    let decode = quote! {
        fn decode(reader: &mut encoding::Reader<'_>) -> encoding::Decoded<Self> {
            let tag = encoding::Decode::decode(reader)?;
            encoding::FromTag::decode_variant(tag, reader)
        }
    };
    let mut code = implement(input, "FromTag", &from_tag);
    code.extend(implement(input, "Decode", &decode));
    Ok(code)
}

/// An implementation of one of the encoding's traits, which each type parameter has too.
fn implement(input: &DeriveInput, name: &str, body: &TokenStream) -> TokenStream {
    let (name, ident) = (format_ident!("{name}"), &input.ident);
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(encoding::#name));
    }
    let (parameters, arguments, wheres) = generics.split_for_impl();
    quote! {
        const _: () = {
            use ::sealane_types::encoding;

            #[automatically_derived]
            #[allow(unused_variables, non_shorthand_field_patterns)]
            impl #parameters encoding::#name for #ident #arguments #wheres {
                #body
            }
        };
    }
}

/// The fields by name, of a tuple by place: as a pattern and as an expression.
fn pattern(fields: &[Field]) -> TokenStream {
    let members = fields.iter().map(|one| &one.member);
    let bound = fields.iter().map(|one| &one.bound);
    quote!({ #(#members: #bound),* })
}

/// Appends a field that is bound by reference.
fn put(field: &Field) -> TokenStream {
    let bound = &field.bound;
    let own = field.said.iter().find(|one| one.name == "put");
    let own = own.map(|put| &put.value);
    match own {
        Some(put) => quote!(#put;),
        None => quote!(encoding::Encode::encode(#bound, out);),
    }
}

/// Reads a field and binds it.
fn read(field: &Field) -> TokenStream {
    let (bound, of) = (&field.bound, &field.of);
    let said = field.said.iter().filter(|one| one.name != "put");
    let value = read_as(&said.collect::<Vec<_>>());
    quote!(let #bound: #of = #value?;)
}

/// Reads a value by the first of these; by the others each of its items.
fn read_as(said: &[&Said]) -> TokenStream {
    let Some((Said { name, value }, items)) = said.split_first() else {
        return quote!(encoding::Decode::decode(reader));
    };
    if name == "read" {
        value.clone()
    } else if items.is_empty() {
        quote!(reader.#name(#value))
    } else {
        let (each, items) = (format!("{name}_of"), read_as(items));
        let each = Ident::new(&each, name.span());
        quote!(reader.#each(#value, |reader| #items))
    }
}
