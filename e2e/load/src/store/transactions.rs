//! Transactions out of an export, by what agents sent and not by what the product made of it: kinds, parents, status and
//! attributes decide.

use std::{fs::File, path::Path};

use anyhow::{Context, ensure};
use arrow::{
    array::{Array, AsArray, RecordBatch, StringArray},
    datatypes::{Int64Type, UInt8Type},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::export::files;
use crate::{corpus::Signal, figures::Transaction};

/// OTLP's numbers.
const SERVER: u8 = 2;
const CONSUMER: u8 = 5;
const STATUS_ERROR: u8 = 2;

/// Every transaction below the directory of an export, in no order.
pub fn transactions(out: &Path) -> anyhow::Result<Vec<Transaction>> {
    let mut all = Vec::new();
    for path in files(out, Signal::Traces)? {
        let batches = ParquetRecordBatchReaderBuilder::try_new(File::open(&path)?)?.build()?;
        for batch in batches {
            read(&batch?, &mut all).with_context(|| format!("reading {}", path.display()))?;
        }
    }
    Ok(all)
}

fn read(batch: &RecordBatch, all: &mut Vec<Transaction>) -> anyhow::Result<()> {
    let (parents, kinds) = (texts(batch, "parent_span_id")?, bytes(batch, "kind")?);
    let (starts, durations) = (numbers(batch, "start_ns")?, numbers(batch, "duration_ns")?);
    let (statuses, resources) = (bytes(batch, "status_code")?, texts(batch, "resource")?);
    let attributes = texts(batch, "attributes")?;
    for row in 0..batch.num_rows() {
        if parents.is_valid(row) && ![SERVER, CONSUMER].contains(&kinds[row]) {
            continue;
        }
        let attribute = |column: &StringArray, key: &str| -> anyhow::Result<Option<String>> {
            let object: Value = serde_json::from_str(column.value(row)).context("attributes are JSON")?;
            ensure!(object.is_object(), "attributes are no object: {object}");
            Ok(object[key].as_str().map(str::to_owned))
        };
        all.push(Transaction {
            application: attribute(resources, "service.name")?.context("a service without a name")?,
            start_ns: starts[row].try_into()?,
            duration_ns: durations[row].try_into()?,
            is_error: statuses[row] == STATUS_ERROR,
            user: attribute(attributes, "enduser.id")?,
        });
    }
    Ok(())
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a dyn Array> {
    Ok(batch.column_by_name(name).with_context(|| format!("no column {name}"))?.as_ref())
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a StringArray> {
    column(batch, name)?.as_string_opt().with_context(|| format!("{name} is no text"))
}

fn bytes<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a [u8]> {
    let column = column(batch, name)?.as_primitive_opt::<UInt8Type>();
    Ok(column.with_context(|| format!("{name} is no small number"))?.values())
}

fn numbers<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a [i64]> {
    let column = column(batch, name)?.as_primitive_opt::<Int64Type>();
    Ok(column.with_context(|| format!("{name} is no number"))?.values())
}
