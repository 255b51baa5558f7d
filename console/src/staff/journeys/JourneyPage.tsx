import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { failureText } from "../kit/failures";
import { CustomerLink } from "../kit/parts";
import { words } from "../kit/words";
import { Further } from "./Further";
import { JourneyActions } from "./JourneyActions";
import { Phase } from "./Phase";

const UP = { to: "/staff/journeys", name: "Journeys" };
const EVERY = 10_000;

/// One challenge from its purchase to its end.
export function Component() {
  const { journeyId: journey_id = "" } = useParams();
  const journey = useQuery({
    queryKey: ["journey", journey_id],
    queryFn: ({ signal }) => ask(api.GET("/prop/journeys/{journey_id}", { params: { path: { journey_id } }, signal })),
    refetchInterval: (query) => (query.state.data?.status === "active" ? EVERY : false),
  });
  const it = journey.data;
  if (!it) {
    return (
      <Page title="Journey" up={UP}>
        {journey.isPending ? <Skeleton lines={10} /> : <ErrorNote error={journey.error} retry={() => void journey.refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={it.template_name}
      up={UP}
      mark={
        <>
          <Status value={it.status} />
          {it.is_suspended && <Badge tone="warn">Suspended</Badge>}
        </>
      }
      intro={
        <span className="row">
          <CustomerName journey={it} />
          <span>since {<Time at={it.created_at} />}</span>
        </span>
      }
      actions={<JourneyActions journey={it} />}
    >
      {it.failure_reason && (
        <Note tone="bad" title="The purchase did not go through">
          <p>{failureText(it.failure_reason)}</p>
        </Note>
      )}
      <Summary journey={it} />
      {[...it.phases].reverse().map((phase) => (
        <Phase key={phase.account_id} journey_id={it.journey_id} phase={phase} currency={it.account_currency} />
      ))}
      <Further journey={it} />
    </Page>
  );
}

type Journey = Schemas["JourneyDetailResponse"];

function CustomerName({ journey }: { journey: Journey }) {
  return <CustomerLink id={journey.customer_id} name={journey.customer_name} />;
}

function Summary({ journey: it }: { journey: Journey }) {
  return (
    <Panel title="Purchase" aside={<Link to={`/staff/purchases/${it.purchase_id}`}>Timeline and ledger of purchase {it.purchase_number}</Link>}>
      <Facts>
        <Fact label="Fee">
          <Money amount={it.fee_amount} currency={it.fee_currency} />
        </Fact>
        <Fact label="Paid">
          <Money amount={it.total_paid} currency={it.total_paid_currency} />
        </Fact>
        <Fact label="From">{words(it.source)}</Fact>
        <Fact label="State">{words(it.purchase_state)}</Fact>
        <Fact
          label="Program version"
          note={<Link to={`/staff/programs/${it.template_id}/versions?version=${it.template_version}`}>What was promised</Link>}
        >
          {it.template_version}
        </Fact>
        {it.selected_addon_codes.length > 0 && <Fact label="Add-ons">{it.selected_addon_codes.map(words).join(", ")}</Fact>}
        {it.ended_at && (
          <Fact label="Ended">
            <Time at={it.ended_at} />
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}
