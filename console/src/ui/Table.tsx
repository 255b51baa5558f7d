import type { ReactNode } from "react";

import "./table.css";

export interface Column<Row> {
  name: string;
  /// The cell of a row.
  cell: (row: Row) => ReactNode;
  /// Numbers stand to the right.
  number?: boolean;
  /// On a phone it heads the card of its row, without its name.
  lead?: boolean;
  /// The name is read out and not shown: for a column of buttons.
  silent?: boolean;
}

interface Props<Row> {
  /// What the table is of, for those who do not see it.
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  /// Less room around each row, for staff.
  dense?: boolean;
  /// Stands instead of the rows when there are none.
  empty?: ReactNode;
}

/// A table that becomes a list of cards on a phone. The roles are named, because browsers drop those of a `display`ed table.
export function Table<Row>({ label, columns, rows, rowKey, dense, empty }: Props<Row>) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  const mark = (column: Column<Row>) =>
    [column.number && "cell-number", column.lead && "cell-lead", column.silent && "cell-silent"].filter(Boolean).join(" ");
  return (
    <div className="table-frame">
      <table role="table" className={`table ${dense ? "table-dense" : ""}`} aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.name} role="columnheader" scope="col" className={mark(column)}>
                {column.silent ? <span className="unseen">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td key={column.name} role="cell" className={mark(column)} data-name={column.name}>
                  <div className="cell">{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
