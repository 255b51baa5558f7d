import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "react-router";

import { LiveMark } from "../../live/LiveMark";
import { Page } from "../../shell/Page";
import { Status } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Tabs } from "../../ui/Tabs";
import { breaches, challenge, overview } from "../data/queries";
import "./challenge.css";
import type { ChallengeContext, Detail } from "./context";
import { Outcome } from "./Outcome";
import { PhasePath } from "./PhasePath";
import { useAccountStream } from "./useAccountStream";

const UP = { to: "/challenges", name: "My challenges" };
const STATES = ["pending", "active", "passed", "failed", "cancelled"];
const RUNNING = 1;

/// One challenge: its phases, and a page for each thing to look at.
export function Component() {
  const id = Number(useParams().id);
  const detail = useQuery({ ...challenge(id), refetchInterval: 15_000 });
  if (detail.data) return <Known detail={detail.data} />;
  return (
    <Page title="Challenge" up={UP}>
      <ErrorNote error={detail.error} retry={() => void detail.refetch()} />
      {detail.isPending && <Skeleton lines={9} />}
    </Page>
  );
}

function Known({ detail }: { detail: Detail }) {
  const { challenge: it, program, current_phase: phase } = detail;
  const login = phase?.account_login ?? it.account_login;
  const { state, error, live, heard } = useAccountStream(login, it.id, it.status === RUNNING);
  const found = useQuery(breaches(it.id));
  const journey = state?.journey?.journey_id;
  const told = useQuery({ ...overview(journey ?? ""), enabled: journey !== undefined });
  const rests = it.status === RUNNING && (told.data?.is_suspended ?? false);
  const base = `/challenges/${it.id}`;
  const tabs = [
    { to: base, name: "Overview", end: true },
    ...(it.status === RUNNING ? [{ to: `${base}/trade`, name: "Trade" }] : []),
    { to: `${base}/deals`, name: "Trades" },
    { to: `${base}/days`, name: "Days" },
    { to: `${base}/rules`, name: "Rules" },
  ];
  const title = program?.display_name ?? `Challenge ${it.id}`;
  return (
    <Page
      title={title}
      up={UP}
      mark={
        <>
          <Status value={STATES[it.status] ?? "pending"} />
          {it.status === RUNNING && <LiveMark state={live} />}
        </>
      }
      intro={<PhasePath detail={detail} />}
    >
      <div className="stack outcome" aria-live="polite">
        {rests && (
          <Note tone="warn" title="The challenge rests: a bank has taken back its fee">
            <p>Nothing can be opened, closed or paid out until that is settled. Contact the firm.</p>
          </Note>
        )}
        <Outcome detail={detail} breaches={found.data?.breaches ?? []} currency={state?.currency ?? ""} />
      </div>
      <Tabs label="Parts of the challenge" tabs={tabs} />
      {!state && <ErrorNote error={error} />}
      {phase ? (
        <Outlet context={{ detail, phase, state, rests, live, heard } satisfies ChallengeContext} />
      ) : (
        <Empty
          title="The challenge has not begun yet"
          action={
            <ButtonLink look="main" to="/challenges?status=pending_payment">
              Pay or cancel it
            </ButtonLink>
          }
        >
          It begins when its fee has come in.
        </Empty>
      )}
    </Page>
  );
}
