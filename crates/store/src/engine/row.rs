//! What comes out of a statement.

use crate::StoreError;

/// One row of a result; columns are named by their place, from 0.
///
/// Every getter fails with [`StoreError::Column`] when the column is of another type, is not there,
/// or is NULL where no `opt_` stands before its name.
#[derive(Clone, Copy)]
pub struct Row<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

/// A cell as either engine gives it. Also a truth value of PostgreSQL is an `Int`.
enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
    Other,
}

impl<'a> Row<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Row(Source::Sqlite(row))
    }

    pub(crate) fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Row(Source::Postgres(row))
    }

    pub fn int(&self, index: usize) -> Result<i64, StoreError> {
        self.opt_int(index)?.ok_or(StoreError::Column {
            index,
            expected: "a number",
        })
    }

    pub fn opt_int(&self, index: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(index) {
            Cell::Int(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            _ => Err(StoreError::Column {
                index,
                expected: "a number",
            }),
        }
    }

    /// 0 is false, 1 is true, everything else an error.
    pub fn bool(&self, index: usize) -> Result<bool, StoreError> {
        match self.int(index)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(StoreError::Column {
                index,
                expected: "0 or 1",
            }),
        }
    }

    pub fn text(&self, index: usize) -> Result<&'a str, StoreError> {
        self.opt_text(index)?.ok_or(StoreError::Column {
            index,
            expected: "text",
        })
    }

    pub fn opt_text(&self, index: usize) -> Result<Option<&'a str>, StoreError> {
        match self.cell(index) {
            Cell::Text(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            _ => Err(StoreError::Column {
                index,
                expected: "text",
            }),
        }
    }

    pub fn string(&self, index: usize) -> Result<String, StoreError> {
        self.text(index).map(str::to_owned)
    }

    pub fn opt_string(&self, index: usize) -> Result<Option<String>, StoreError> {
        Ok(self.opt_text(index)?.map(str::to_owned))
    }

    pub fn blob(&self, index: usize) -> Result<&'a [u8], StoreError> {
        self.opt_blob(index)?.ok_or(StoreError::Column {
            index,
            expected: "bytes",
        })
    }

    pub fn opt_blob(&self, index: usize) -> Result<Option<&'a [u8]>, StoreError> {
        match self.cell(index) {
            Cell::Blob(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            _ => Err(StoreError::Column {
                index,
                expected: "bytes",
            }),
        }
    }

    fn cell(&self, index: usize) -> Cell<'a> {
        match self.0 {
            Source::Sqlite(row) => sqlite_cell(row, index),
            Source::Postgres(row) => postgres_cell(row, index),
        }
    }
}

fn sqlite_cell<'a>(row: &'a rusqlite::Row<'a>, index: usize) -> Cell<'a> {
    use rusqlite::types::ValueRef;
    match row.get_ref(index) {
        Ok(ValueRef::Integer(value)) => Cell::Int(value),
        Ok(ValueRef::Null) => Cell::Null,
        Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map_or(Cell::Other, Cell::Text),
        Ok(ValueRef::Blob(bytes)) => Cell::Blob(bytes),
        Ok(ValueRef::Real(_)) | Err(_) => Cell::Other,
    }
}

fn postgres_cell(row: &tokio_postgres::Row, index: usize) -> Cell<'_> {
    use tokio_postgres::types::Type;
    fn cell<'a, T>(row: &'a tokio_postgres::Row, index: usize, wrap: fn(T) -> Cell<'a>) -> Cell<'a>
    where
        T: tokio_postgres::types::FromSql<'a>,
    {
        match row.try_get::<_, Option<T>>(index) {
            Ok(Some(value)) => wrap(value),
            Ok(None) => Cell::Null,
            Err(_) => Cell::Other,
        }
    }
    let Some(column) = row.columns().get(index) else {
        return Cell::Other;
    };
    match *column.type_() {
        Type::INT8 => cell(row, index, Cell::Int),
        Type::INT4 => cell(row, index, |value: i32| Cell::Int(value.into())),
        Type::BOOL => cell(row, index, |value: bool| Cell::Int(value.into())),
        Type::TEXT | Type::VARCHAR | Type::NAME => cell(row, index, Cell::Text),
        Type::BYTEA => cell(row, index, Cell::Blob),
        _ => Cell::Other,
    }
}
