//! Parameters that can wait for their round trip.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::{StoreError, Value};

#[derive(Debug, Clone)]
pub(super) enum Owned {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Null,
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Int(value) => Owned::Int(value),
            Value::Text(text) => Owned::Text(text.to_owned()),
            Value::Blob(bytes) => Owned::Blob(bytes.to_vec()),
            Value::Null => Owned::Null,
        }
    }
}

/// The parameters, if they are of the number and the types that the statement takes. Found out here,
/// nothing of a pipeline is sent yet.
pub(super) fn owned(
    values: &[Value<'_>],
    types: &[Type],
    sql: &'static str,
) -> Result<Vec<Owned>, StoreError> {
    let wrong = |detail: String| StoreError::Statement {
        sql: sql.to_owned(),
        detail,
    };
    if values.len() != types.len() {
        return Err(wrong(format!(
            "{} parameters, {} given",
            types.len(),
            values.len()
        )));
    }
    for (index, (value, wanted)) in values.iter().zip(types).enumerate() {
        if !fits(value, wanted) {
            return Err(wrong(format!("${} is {wanted}, not {value:?}", index + 1)));
        }
    }
    Ok(values.iter().copied().map(Owned::from).collect())
}

fn fits(value: &Value<'_>, wanted: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Int(number) => match *wanted {
            Type::INT8 => true,
            Type::INT4 => i32::try_from(*number).is_ok(),
            Type::BOOL => matches!(number, 0 | 1),
            _ => false,
        },
        Value::Text(_) => matches!(*wanted, Type::TEXT | Type::VARCHAR | Type::NAME),
        Value::Blob(_) => *wanted == Type::BYTEA,
    }
}

impl ToSql for Owned {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Owned::Null => Ok(IsNull::Yes),
            Owned::Int(number) => match *wanted {
                Type::INT4 => i32::try_from(*number)?.to_sql(wanted, out),
                Type::BOOL => (*number != 0).to_sql(wanted, out),
                _ => number.to_sql(wanted, out),
            },
            Owned::Text(text) => text.to_sql(wanted, out),
            Owned::Blob(bytes) => bytes.to_sql(wanted, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
