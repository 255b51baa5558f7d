import { type FormEvent, type ReactNode, useState } from "react";

import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import type { Filters } from "./useFilters";
import { words } from "./words";

/// The row of filters above a list.
export function FilterBar({ filters, children }: { filters: Filters; children: ReactNode }) {
  return (
    <div className="filter-bar" role="search">
      {children}
      {filters.chosen && (
        <Button look="quiet" small onClick={filters.clear}>
          Clear
        </Button>
      )}
    </div>
  );
}

interface ChoiceProps {
  filters: Filters;
  name: string;
  label: string;
  /// The values; they are shown as words unless they come with some.
  options: readonly (string | { value: string; name: string })[];
  all?: string;
}

export function FilterChoice({ filters, name, label, options, all = "All" }: ChoiceProps) {
  const chosen = filters.all(name);
  const several = chosen.length > 1 ? chosen.join(" ") : undefined;
  return (
    <Select label={label} value={several ?? filters.get(name)} onChange={(event) => filters.set(name, event.target.value)}>
      <option value="">{all}</option>
      {several && (
        <option value={several}>
          {words(chosen[0] ?? "")} and {chosen.length - 1} more
        </option>
      )}
      {options.map((option) => {
        const it = typeof option === "string" ? { value: option, name: words(option) } : option;
        return (
          <option key={it.value} value={it.value}>
            {it.name}
          </option>
        );
      })}
    </Select>
  );
}

interface TextProps {
  filters: Filters;
  name: string;
  label: string;
  type?: "search" | "date" | "number";
  placeholder?: string;
}

/// Filters when it is left or sent off, so that not every letter is a request.
export function FilterText({ filters, name, label, type = "search", placeholder }: TextProps) {
  const current = filters.get(name);
  return <Typed key={current} current={current} set={(value) => filters.set(name, value)} {...{ label, type, placeholder }} />;
}

interface TypedProps extends Pick<TextProps, "label" | "type" | "placeholder"> {
  current: string;
  set: (value: string) => void;
}

function Typed({ current, set, label, type, placeholder }: TypedProps) {
  const [text, setText] = useState(current);
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() !== current) set(text.trim());
  };
  return (
    <form onSubmit={send}>
      <Field
        label={label}
        type={type}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => send()}
      />
    </form>
  );
}
