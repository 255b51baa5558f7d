import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { useServerNow } from "../../format/serverClock";
import { agoText } from "../../format/time";
import { words } from "../kit/words";
import { KINDS } from "./kinds";

/// How much of each kind waits, and since when; each leads to all of it.
export function Counts({ items }: { items: Schemas["InboxItem"][] }) {
  const now = useServerNow();
  return (
    <ul className="inbox-counts">
      {items.map((item) => {
        const kind = KINDS[item.kind];
        const name = kind?.name ?? words(item.kind);
        const inside = (
          <>
            <span className="inbox-count number">
              {item.count}
              {item.is_more && "+"}
            </span>
            <span>
              <b>{name}</b>
              <span className="small soft">
                {item.oldest_at ? `oldest ${agoText(item.oldest_at, now)}` : "nothing waits"}
                {item.count > 0 && !item.can_decide && ", you may look"}
              </span>
            </span>
          </>
        );
        const tone = item.count > 0 ? kind?.tone : undefined;
        return (
          <li key={item.kind} data-tone={tone}>
            {kind && item.count > 0 && !kind.to.startsWith("#") ? (
              <Link to={kind.to}>{inside}</Link>
            ) : (
              <div>{inside}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
