import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { useServerNow } from "../../format/serverClock";
import { agoText } from "../../format/time";
import { CircleCheck } from "../../ui/icons";
import { words } from "../kit/words";
import { KINDS } from "./kinds";

/// How much of each kind waits, and since when; each leads to all of it.
export function Counts({ items }: { items: Schemas["InboxItem"][] }) {
  const waiting = items.filter((item) => item.count > 0);
  const clear = items.filter((item) => item.count === 0).map(nameOf);
  return (
    <div className="stack-small">
      {waiting.length > 0 && (
        <ul className="inbox-counts">
          {waiting.map((item) => (
            <Count key={item.kind} item={item} />
          ))}
        </ul>
      )}
      {waiting.length > 0 && clear.length > 0 && (
        <p className="inbox-clear">
          <CircleCheck aria-hidden="true" />
          <span>Nothing waits among: {clear.join(", ").toLowerCase()}.</span>
        </p>
      )}
    </div>
  );
}

const nameOf = (item: Schemas["InboxItem"]) => KINDS[item.kind]?.name ?? words(item.kind);

function Count({ item }: { item: Schemas["InboxItem"] }) {
  const now = useServerNow();
  const kind = KINDS[item.kind];
  const inside = (
    <>
      <span className="inbox-count number">
        {item.count}
        {item.is_more && "+"}
      </span>
      <span>
        <b>{nameOf(item)}</b>
        <span className="small soft">
          {item.oldest_at && `oldest ${agoText(item.oldest_at, now)}`}
          {kind?.note && `, ${kind.note}`}
          {!item.can_decide && ", you may look"}
        </span>
      </span>
    </>
  );
  return (
    <li data-tone={kind?.tone}>{kind && !kind.to.startsWith("#") ? <Link to={kind.to}>{inside}</Link> : <a href="#stuck">{inside}</a>}</li>
  );
}
