import { Button } from "./Button";

interface Props {
  /// What is listed: "trades".
  what: string;
  offset: number;
  limit: number;
  /// How many there are, where the server tells it.
  total?: number;
  /// How many this page holds.
  count: number;
  go: (offset: number) => void;
  busy?: boolean;
}

/// For lists by `limit` and `offset`. Nothing is shown when one page holds everything.
export function Pager({ what, offset, limit, total, count, go, busy }: Props) {
  const more = total === undefined ? count === limit : offset + count < total;
  if (offset === 0 && !more) return null;
  const of = total === undefined ? "" : ` of ${total}`;
  return (
    <nav className="pager" aria-label={`Pages of ${what}`}>
      <span className="small soft" role="status">
        {count === 0 ? `No more ${what}` : `${offset + 1}–${offset + count}${of} ${what}`}
      </span>
      <span className="row">
        <Button small disabled={offset === 0 || busy} onClick={() => go(Math.max(0, offset - limit))}>
          Previous
        </Button>
        <Button small disabled={!more || busy} onClick={() => go(offset + limit)}>
          Next
        </Button>
      </span>
    </nav>
  );
}

interface MoreProps {
  what: string;
  show: boolean;
  pending: boolean;
  more: () => void;
}

/// For lists by cursor: fetches the next ones below those that stand there.
export function More({ what, show, pending, more }: MoreProps) {
  if (!show) return null;
  return (
    <div className="pager pager-middle">
      <Button small pending={pending} pendingLabel="Loading…" onClick={more}>
        Show more {what}
      </Button>
    </div>
  );
}
