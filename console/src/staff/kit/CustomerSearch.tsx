import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../../api/client";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field, Select } from "../../ui/Field";

interface Props {
  chosen: string;
  choose: (customerId: string) => void;
}

/// Finds a customer by what one knows of him.
export function CustomerSearch({ chosen, choose }: Props) {
  const [text, setText] = useState("");
  const q = text.trim();
  const found = useQuery({
    queryKey: ["customers", "search", q],
    queryFn: ({ signal }) => ask(api.GET("/customers", { params: { query: { q, limit: 20 } }, signal })),
    enabled: q.length >= 2,
  });
  const items = found.data?.items ?? [];
  return (
    <>
      <div className="form-row">
        <Field
          label="Find the customer"
          type="search"
          value={text}
          placeholder="Name, e-mail or login"
          onChange={(event) => {
            setText(event.target.value);
            choose("");
          }}
        />
        <Select label="Customer" required value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">{q.length < 2 ? "Search first" : items.length === 0 ? "Nobody found" : "Choose one"}</option>
          {items.map((it) => (
            <option key={it.id} value={it.id}>
              {it.full_name}, {it.email}
            </option>
          ))}
        </Select>
      </div>
      <ErrorNote error={found.error} />
    </>
  );
}
