import { CheckField, Field, Select } from "../../ui/Field";
import type { FieldKind } from "./fields";

interface Props {
  field: FieldKind;
  value: string;
  set: (value: string) => void;
  fault?: string;
}

/// One property of a program or a phase.
export function TermField({ field, value, set, fault }: Props) {
  const common = { label: field.label, hint: field.hint, fault };
  if (field.kind === "flag") {
    const hint = fault ?? field.hint;
    return <CheckField label={field.label} hint={hint} checked={value === "true"} onChange={(event) => set(String(event.target.checked))} />;
  }
  if (field.kind === "choice") {
    const known = field.options?.some(([option]) => option === value);
    return (
      <Select {...common} value={value} onChange={(event) => set(event.target.value)}>
        {!known && <option value={value}>{value || "As standard"}</option>}
        {field.options?.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </Select>
    );
  }
  const mode = field.kind === "amount" ? "decimal" : field.kind === "whole" ? "numeric" : undefined;
  return <Field {...common} inputMode={mode} value={value} onChange={(event) => set(event.target.value)} />;
}
