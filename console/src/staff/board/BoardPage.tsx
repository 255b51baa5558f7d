import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { forDrawing } from "../../format/decimal";
import { noteServerTime } from "../../format/serverClock";
import { Page } from "../../shell/Page";
import { Badge, type Tone } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Absent, Money, Percent, Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { AccountLink, Meter, TwoLines } from "../kit/parts";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { ruleName } from "../kit/words";
import { useTemplates } from "../programs/useTemplates";

type Row = Schemas["BoardItem"];

const EVERY = 3_000;

/// Every running challenge, the one nearest to a floor first.
export function Component() {
  const filters = useFilters();
  const templates = useTemplates();
  const query = {
    q: given(filters.get("q")),
    template_id: given(filters.get("template_id")),
    near: filters.get("near") ? Number(filters.get("near")) : undefined,
    has_open_positions: filters.get("open") ? filters.get("open") === "yes" : undefined,
    limit: LIMIT,
    offset: filters.offset,
  };
  const board = useQuery({
    queryKey: ["board", query],
    queryFn: async ({ signal }) => {
      const answer = await ask(api.GET("/prop/board", { params: { query }, signal }));
      noteServerTime(answer.as_of);
      return answer;
    },
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });
  const sums = board.data?.sums;
  return (
    <Page
      title="Live board"
      intro="Running challenges, those first that are closest to a floor in percent of their size. The room left is what may still be lost of all that the nearest floor lets one lose."
      mark={
        board.data && (
          <span className="small soft">
            as of <Time at={board.data.as_of} shape="second" />, every {EVERY / 1000} s
          </span>
        )
      }
    >
      {sums && (
        <Panel>
          <Facts>
            <Fact label="Running">{sums.running}</Fact>
            <Fact label="With 10 % or less of its room left">
              <span className={sums.within_10_percent > 0 ? "warn" : ""}>{sums.within_10_percent}</span>
            </Fact>
            <Fact label="Not judged">{sums.suspended}</Fact>
          </Facts>
        </Panel>
      )}
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="q" label="Search" placeholder="Name, e-mail or login" />
        <FilterChoice filters={filters} name="template_id" label="Program" options={templates} />
        <FilterChoice
          filters={filters}
          name="near"
          label="Room left"
          options={["10", "25", "50"].map((value) => ({ value, name: `${value} % or less` }))}
          all="Any"
        />
        <FilterChoice filters={filters} name="open" label="Positions" options={["yes", "no"].map(openName)} all="Any" />
      </FilterBar>
      <Panel flush>
        <Listing
          what="accounts"
          query={board}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={COLUMNS}
          rowKey={(row) => row.account_id}
          filters={filters}
          empty={<Empty title="No challenge runs just now">They stand here as soon as one is bought and active.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const openName = (value: string) => ({ value, name: value === "yes" ? "Open" : "None open" });

function toneOf(row: Row): "good" | "warn" | "bad" {
  const left = forDrawing(row.nearest_floor?.room_left_percent ?? 100);
  if (left <= 20) return "bad";
  return left <= 50 ? "warn" : "good";
}

const COLUMNS: Column<Row>[] = [
  {
    name: "Account",
    lead: true,
    cell: (row) => <TwoLines first={<AccountLink login={row.account_login} />} second={<Marks row={row} />} />,
  },
  {
    name: "Trader",
    cell: (row) => <Link to={`/staff/customers/${row.customer_id}`}>{row.customer_name}</Link>,
  },
  {
    name: "Program",
    cell: (row) => (
      <TwoLines first={<Link to={`/staff/journeys/${row.journey_id}`}>{row.template_name}</Link>} second={row.phase} />
    ),
  },
  {
    name: "Room left",
    cell: (row) =>
      row.nearest_floor ? (
        <div className="board-room">
          <span className="row row-apart">
            <b className={toneOf(row)}>
              <Percent value={row.nearest_floor.room_left_percent} />
            </b>
            <span className="small soft">{ruleName(row.nearest_floor.rule_type)}</span>
          </span>
          <Meter value={forDrawing(row.nearest_floor.room_left_percent) / 100} tone={toneOf(row)} />
        </div>
      ) : (
        <Absent />
      ),
  },
  {
    name: "To the floor",
    number: true,
    cell: (row) =>
      row.nearest_floor ? (
        <TwoLines
          first={<Money amount={row.nearest_floor.distance} currency={row.currency} />}
          second={
            <>
              <Percent value={row.nearest_floor.distance_percent} /> of the size
            </>
          }
        />
      ) : (
        <Absent />
      ),
  },
  {
    name: "Equity",
    number: true,
    cell: (row) => <Money amount={row.equity} currency={row.currency} />,
  },
  {
    name: "Day",
    number: true,
    cell: (row) => <Money amount={row.day_profit} currency={row.currency} signed />,
  },
  {
    name: "Profit",
    number: true,
    cell: (row) => (
      <TwoLines
        first={<Money amount={row.profit} currency={row.currency} signed />}
        second={
          row.profit_target !== null && row.profit_target !== undefined ? (
            <>
              of <Money amount={row.profit_target} currency={row.currency} />
            </>
          ) : (
            "no target"
          )
        }
      />
    ),
  },
  { name: "Open", number: true, cell: (row) => row.open_positions },
];

function Marks({ row }: { row: Row }) {
  const marks: [boolean, string, Tone][] = [
    [row.is_suspended, "Suspended", "warn"],
    [row.is_judgement_suspended, "Not judged", "bad"],
    [row.nearest_floor?.is_provisional ?? false, "Provisional", "info"],
  ];
  const shown = marks.filter(([is]) => is);
  if (shown.length === 0) return null;
  return (
    <span className="row" title={row.suspended_because ?? undefined}>
      {shown.map(([, name, tone]) => (
        <Badge key={name} tone={tone}>
          {name}
        </Badge>
      ))}
    </span>
  );
}
