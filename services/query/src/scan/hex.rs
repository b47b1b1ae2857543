//! Ids as hex letters, for SQL.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{AsArray, StringBuilder},
    compute::cast,
    datatypes::DataType,
};
use datafusion::{
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

static HEX: LazyLock<ScalarUDF> =
    LazyLock::new(|| ScalarUDF::from(Hex { signature: Signature::any(1, Volatility::Immutable) }));

/// The bytes of a binary column as hex letters.
#[must_use]
pub(crate) fn hex_of(bytes: Expr) -> Expr {
    HEX.call(vec![bytes])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Hex {
    signature: Signature,
}

impl ScalarUDFImpl for Hex {
    fn name(&self) -> &str {
        "hex_letters"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let mut out = StringBuilder::new();
        for values in &args.args {
            let values = cast(&values.to_array(args.number_rows)?, &DataType::Binary)?;
            for bytes in values.as_binary::<i32>() {
                out.append_option(bytes.map(letters));
            }
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

fn letters(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 16] = b"0123456789abcdef";
    let pair = |byte: &u8| [LETTERS[usize::from(byte >> 4)], LETTERS[usize::from(byte & 15)]];
    bytes.iter().flat_map(pair).map(char::from).collect()
}
