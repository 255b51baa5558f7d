import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { api, ask } from "../../api/client";
import type { NavItem } from "../../shell/AppShell";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field } from "../../ui/Field";
import { useSettled } from "../kit/useSettled";
import { type Found, foundOf, pagesOf } from "./found";
import "./search.css";

interface Props {
  close: () => void;
  /// Where one can go by name.
  pages: NavItem[];
}

const WAIT = 200;

/// Finds a customer or a thing, and goes there: arrows choose, Enter opens.
export function SearchDialog({ close, pages }: Props) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const go = useNavigate();
  const q = useSettled(text.trim(), WAIT);
  const asked = useQuery({
    queryKey: ["search", q],
    queryFn: ({ signal }) => ask(api.GET("/prop/search", { params: { query: { q } }, signal })),
    enabled: q !== "",
  });
  const hits = useMemo(() => [...pagesOf(pages, q), ...(asked.data?.items ?? []).map(foundOf)], [pages, q, asked.data]);
  const at = Math.min(chosen, hits.length - 1);
  const idOf = (index: number) => `${list}-${index}`;
  const open = (it: Found) => {
    close();
    void go(it.to);
  };
  const step = (event: KeyboardEvent) => {
    // In a field for searches it would only empty that.
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && hits.length > 0) {
      event.preventDefault();
      setChosen((at + by + hits.length) % hits.length);
    }
  };
  const settled = q !== "" && q === text.trim() && !asked.isPending;
  return (
    <Dialog open title="Find anything" close={close}>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const it = hits[at];
          if (settled && it) open(it);
        }}
      >
        <Field
          label="What are you looking for?"
          type="search"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          maxLength={120}
          value={text}
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={list}
          aria-activedescendant={hits.length > 0 ? idOf(at) : undefined}
          onKeyDown={step}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          hint="An e-mail address, a name, a login, the number of a purchase, or any id."
        />
      </form>
      <ErrorNote error={asked.error} retry={() => void asked.refetch()} />
      <p role="status" className={hits.length > 0 ? "unseen" : "small soft"}>
        {statusOf(q, settled, hits.length)}
      </p>
      <div id={list} role="listbox" aria-label="What was found" className="found" hidden={hits.length === 0}>
        {hits.map((it, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the field above has the keys
          <div
            key={`${it.kind} ${it.to}`}
            id={idOf(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => open(it)}
            onMouseMove={() => setChosen(index)}
          >
            <span className="found-words">
              <b>{it.title}</b>
              {it.note && <span className="small soft">{it.note}</span>}
            </span>
            <span className="small soft">{it.kind}</span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function statusOf(q: string, settled: boolean, count: number): string {
  if (q === "") return "";
  if (!settled) return "Looking…";
  if (count === 0) return "Nothing was found. Look whether it is spelled as it is in the mail, and whether it belongs to your brand.";
  return count === 1 ? "1 found" : `${count} found`;
}
