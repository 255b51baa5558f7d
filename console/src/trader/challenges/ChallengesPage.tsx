import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { Page } from "../../shell/Page";
import { Button, ButtonLink } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Pager } from "../../ui/Pager";
import { numberOf } from "../data/keys";
import { journeys, type JourneyStatus } from "../data/queries";
import { PayDialog } from "../program/PayDialog";
import { CancelDialog } from "./CancelDialog";
import "./challenges.css";
import { JourneyCard, type Journey } from "./JourneyCard";
import { Unfinished } from "./Unfinished";

const LIMIT = 12;

const FILTERS: [NonNullable<JourneyStatus> | "", string][] = [
  ["", "All"],
  ["active", "Running"],
  ["pending_payment", "To be paid"],
  ["completed", "Ended"],
];

/// Every challenge of one's own, the newest first.
export function Component() {
  const [search, setSearch] = useSearchParams();
  const status = FILTERS.find(([value]) => value === search.get("status"))?.[0] ?? "";
  const offset = Number(search.get("offset") ?? 0);
  const [toPay, setToPay] = useState<Journey | null>(null);
  const [toCancel, setToCancel] = useState<Journey | null>(null);
  const list = useQuery({ ...journeys(status || undefined, LIMIT, offset), refetchInterval: 10_000 });
  const items = list.data?.items ?? [];

  const show = (value: string) => setSearch(value ? { status: value } : {});
  return (
    <Page title="My challenges" actions={<ButtonLink to="/">Choose a program</ButtonLink>}>
      <div className="row" role="group" aria-label="Which challenges">
        {FILTERS.map(([value, name]) => (
          <Button key={value} small look={status === value ? "main" : "plain"} aria-pressed={status === value} onClick={() => show(value)}>
            {name}
          </Button>
        ))}
      </div>
      <Unfinished />
      <ErrorNote error={list.error} retry={() => void list.refetch()} />
      {list.isPending && <Skeleton lines={6} />}
      {list.data && items.length === 0 && (
        <Empty
          title={status ? "No challenge is in this list" : "You have no challenge yet"}
          action={
            <ButtonLink look="main" to="/">
              Look at the programs
            </ButtonLink>
          }
        >
          Choose a program, and trade by its rules.
        </Empty>
      )}
      <ul className="cards">
        {items.map((journey) => (
          <li key={journey.journey_id}>
            <JourneyCard journey={journey} pay={() => setToPay(journey)} cancel={() => setToCancel(journey)} />
          </li>
        ))}
      </ul>
      <Pager
        what="challenges"
        offset={offset}
        limit={LIMIT}
        total={list.data?.total}
        count={items.length}
        busy={list.isFetching}
        go={(next) => setSearch({ ...(status && { status }), offset: String(next) })}
      />
      {toPay?.pending_tx_id && (
        <PayDialog
          transaction={toPay.pending_tx_id}
          journey={toPay.journey_id}
          amount={toPay.fee_amount}
          currency={toPay.fee_currency}
          close={() => setToPay(null)}
        />
      )}
      {toCancel && (
        <CancelDialog id={numberOf(toCancel.journey_id)} name={toCancel.template_name} close={() => setToCancel(null)} />
      )}
    </Page>
  );
}
