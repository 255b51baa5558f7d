import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { api, ask } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { isOfMoney } from "../../format/rules";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Figure, Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { AccountLink, CustomerLink } from "../kit/parts";
import { ruleName } from "../kit/words";
import { REVIEW, severityName } from "./columns";
import { Evidence } from "./Evidence";
import { Levels } from "./Levels";
import { Replay } from "./Replay";
import { ReviewActions } from "./ReviewActions";

const UP = { to: "/staff/breaches", name: "Breaches" };

/// A broken rule with everything that was known at the moment, and the review of it.
export function Component() {
  const { breachId: breach_id = "" } = useParams();
  const mayAccounts = usePermission("view_accounts");
  const breach = useQuery({
    queryKey: ["breach", breach_id],
    queryFn: ({ signal }) => ask(api.GET("/prop/breach-events/{breach_id}", { params: { path: { breach_id } }, signal })),
  });
  const it = breach.data;
  const account_id = it?.account_id ?? "";
  const account = useQuery({
    queryKey: ["prop-account", account_id],
    queryFn: ({ signal }) => ask(api.GET("/prop/accounts/{account_id}", { params: { path: { account_id } }, signal })),
    enabled: mayAccounts && account_id !== "",
  });
  if (!it) {
    return (
      <Page title="Breach" up={UP}>
        {breach.isPending ? <Skeleton lines={10} /> : <ErrorNote error={breach.error} retry={() => void breach.refetch()} />}
      </Page>
    );
  }
  const currency = account.data?.currency ?? "";
  return (
    <Page
      title={`${ruleName(it.rule_type)}, account ${it.account_login}`}
      up={UP}
      mark={
        <>
          <Badge tone={it.severity === "terminal" ? "bad" : "warn"}>{severityName(it.severity)}</Badge>
          <Status value={it.review_status} tone={REVIEW[it.review_status]} />
        </>
      }
      actions={<ReviewActions breach={it} />}
    >
      {it.review_status !== "pending" && (
        <Note tone={it.review_status === "reverted" ? "good" : "plain"} title={it.review_status === "reverted" ? "Taken back" : "Confirmed"}>
          <p>
            {it.review_reason} <span className="soft">{it.reviewed_at && <Time at={it.reviewed_at} />}</span>
          </p>
        </Note>
      )}
      <Panel title="What happened">
        <div className="stack">
          <Facts>
            <Fact label="At">
              <Time at={it.triggered_at} shape="second" />
            </Fact>
            <Fact label="Measured">
              {isOfMoney(it.rule_type) ? <Money amount={it.triggered_value} currency={currency} /> : <Figure value={it.triggered_value} />}
            </Fact>
            <Fact label="Limit">
              {isOfMoney(it.rule_type) ? <Money amount={it.threshold_value} currency={currency} /> : <Figure value={it.threshold_value} />}
            </Fact>
            <Fact label="Price that decided">
              {it.tick_symbol ? (
                <>
                  {it.tick_symbol}{" "}
                  <span className="number">
                    {it.tick_bid} / {it.tick_ask}
                  </span>
                </>
              ) : (
                <Absent />
              )}
            </Fact>
            <Fact label="Trader">
              <CustomerLink id={it.customer_id} name={it.customer_name} email={it.customer_email} />
            </Fact>
            <Fact label="Account" note={<Link to={`/staff/journeys/${it.journey_id}`}>The journey</Link>}>
              <AccountLink login={it.account_login} />
            </Fact>
          </Facts>
          <Levels breach={it} currency={currency} />
        </div>
      </Panel>
      <Replay breach={it} currency={currency} />
      <Evidence breach={it} currency={currency} />
    </Page>
  );
}
