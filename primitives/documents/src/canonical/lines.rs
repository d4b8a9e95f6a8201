//! Lines to the fields that sealing takes.

use sealane_types::fields::{Currency, FieldValue, LineOf, MAX_TEXT, loose_number, strict_number};
use sealane_types::schema::{
    Kind, LINE_SLOTS, NUMBER_BITS, PRICE_SCALE, QUANTITY_SCALE, line_slot, order_line_slot,
    receipt_line_slot,
};
use sealane_types::text::reference;

use super::{SealError, amount, fits, number, scaled, text, trimmed};
use crate::codes::LineStatus;
use crate::decimal::Decimal;
use crate::document::{Document, Line};

/// A line on its way into the record.
pub(super) struct LineFields<'a> {
    pub document: &'a Document,
    pub line: &'a Line,
    pub index: usize,
}

impl LineFields<'_> {
    fn path(&self, field: &str) -> String {
        format!("lines[{}].{field}", self.index)
    }

    /// The values by slot.
    pub fn read(
        &self,
        currency: Option<Currency>,
    ) -> Result<[Option<FieldValue>; LINE_SLOTS], SealError> {
        let Self { document, line, .. } = self;
        let mut fields: [Option<FieldValue>; LINE_SLOTS] = std::array::from_fn(|_| None);
        fields[line_slot::ID] = text(&self.path("id"), line.id.as_deref())?;
        let orders = &document.order_references;
        fields[line_slot::ORDER_LINE] = self.reference(
            "order_line",
            &line.order_line,
            ("order", &line.order, orders),
        )?;
        fields[line_slot::ITEM] = text(&self.path("item"), line.item.as_deref())?;
        fields[line_slot::QUANTITY] = self.quantity("quantity", line.quantity)?;
        if let Kind::Order | Kind::OrderResponse = document.kind {
            let number = line.status.and_then(LineStatus::number);
            let number = number.map(|number| FieldValue::Integer(number.into()));
            fields[order_line_slot::STATUS] = number;
        } else {
            let despatches = &document.despatch_references[..];
            let of = ("despatch", &line.despatch, despatches);
            fields[line_slot::DESPATCH_LINE] =
                self.reference("despatch_line", &line.despatch_line, of)?;
        }
        if document.kind == Kind::ReceiptAdvice {
            fields[receipt_line_slot::REJECTED] =
                self.quantity("rejected_quantity", line.rejected)?;
            fields[receipt_line_slot::SHORT] = self.quantity("short_quantity", line.short)?;
        } else {
            fields[line_slot::PRICE] = self.price()?;
            fields[line_slot::TOTAL] = amount(&self.path("total"), line.total, currency)?;
        }
        Ok(fields)
    }

    fn quantity(
        &self,
        field: &str,
        quantity: Option<Decimal>,
    ) -> Result<Option<FieldValue>, SealError> {
        let Some(quantity) = quantity else {
            return Ok(None);
        };
        let unit = self.line.unit.clone().unwrap_or_default();
        Ok(Some(FieldValue::Quantity {
            value: scaled(&self.path(field), quantity, QUANTITY_SCALE, NUMBER_BITS)?,
            unit: fits(&self.path("unit"), unit, MAX_TEXT)?,
        }))
    }

    fn price(&self) -> Result<Option<FieldValue>, SealError> {
        let Some(price) = self.line.price else {
            return Ok(None);
        };
        let base = self.line.base_quantity.unwrap_or(Decimal::ONE);
        let base_path = self.path("base_quantity");
        Ok(Some(FieldValue::Price {
            value: scaled(&self.path("price"), price, PRICE_SCALE, NUMBER_BITS)?,
            base: scaled(&base_path, base, QUANTITY_SCALE, NUMBER_BITS)?,
        }))
    }

    /// A line of another document: of the one that the line names, else of the only one that the document names.
    fn reference(
        &self,
        field: &str,
        line: &Option<String>,
        (own_field, own, all): (&str, &Option<String>, &[String]),
    ) -> Result<Option<FieldValue>, SealError> {
        let Some(line) = trimmed(line.as_deref()) else {
            return Ok(None);
        };
        let line = fits(&self.path(field), line.to_owned(), MAX_TEXT)?;
        let of = match trimmed(own.as_deref()) {
            Some(own) => line_of(number(&self.path(own_field), own)?),
            None => only(all),
        };
        Ok(Some(FieldValue::LineReference { line, of }))
    }
}

/// What has neither letter nor digit cannot be told from others.
fn line_of(number: String) -> LineOf {
    match loose_number(&number).is_empty() {
        true => LineOf::Unknown,
        false => LineOf::Number(number),
    }
}

/// The only document among those referred to: spellings of one number are one, `1-12` and `11-2` are two.
fn only(references: &[String]) -> LineOf {
    let Some((first, others)) = references.split_first() else {
        return LineOf::Any;
    };
    let one = reference(first);
    match others.iter().all(|other| reference(other) == one) {
        true => line_of(strict_number(first)),
        false => LineOf::Unknown,
    }
}
