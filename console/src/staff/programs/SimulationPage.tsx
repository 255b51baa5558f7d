import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { ApiError } from "../../api/errors";
import { usePermission } from "../../session/SessionContext";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Time } from "../../ui/figures";
import { Field } from "../../ui/Field";
import { Progress, Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Panel } from "../../ui/Panel";
import { ProgramFrame, type Template } from "./ProgramFrame";
import { Report } from "./Report";

type Simulation = Schemas["SimulationObject"];

const LOOK_EVERY = 1_000;

/// Made-up traders live through the program: what does it bring?
export function Component() {
  return <ProgramFrame>{(template) => <Simulated template={template} />}</ProgramFrame>;
}

function Simulated({ template }: { template: Template }) {
  const may = usePermission("simulate_programs");
  const params = { path: { template_id: template.id } };
  const simulation = useQuery({
    queryKey: ["simulation", template.id],
    queryFn: ({ signal }) =>
      ask(api.GET("/prop/templates/{template_id}/simulate", { params, signal })).catch((error: unknown) => {
        if (error instanceof ApiError && error.kind === "SIMULATION_NOT_FOUND") return null;
        throw error;
      }),
    refetchInterval: (query) => (query.state.data?.status === "running" ? LOOK_EVERY : false),
  });
  const it = simulation.data;
  return (
    <>
      {may && <Start template={template} running={it?.status === "running"} />}
      {simulation.isPending && <Skeleton />}
      <ErrorNote error={simulation.error} retry={() => void simulation.refetch()} />
      {it === null && (
        <Panel>
          <Empty title="It was not simulated yet">
            {may ? "Start with 2,000 traders: it takes some seconds." : "Somebody with the right to simulate can start it."}
          </Empty>
        </Panel>
      )}
      {it && <Standing simulation={it} version={template.version} mayDrop={may} />}
    </>
  );
}

function Start({ template, running }: { template: Template; running: boolean }) {
  const [traders, setTraders] = useState("2000");
  const [seed, setSeed] = useState("1");
  const [volatility, setVolatility] = useState("");
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/prop/templates/{template_id}/simulate", {
          params: { path: { template_id: template.id } },
          body: { traders: Number(traders), seed: Number(seed), volatility_pct: volatility || null },
        }),
      ),
    onSuccess: (answer) => queries.setQueryData(["simulation", template.id], answer),
  });
  return (
    <Panel title="Simulate">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!start.isPending && !running) start.mutate();
        }}
      >
        <div className="form-row">
          <Field label="Traders" type="number" min={1} max={100000} required value={traders} onChange={(event) => setTraders(event.target.value)} />
          <Field label="Seed" type="number" min={0} required value={seed} onChange={(event) => setSeed(event.target.value)} hint="The same seed gives the same answer." />
          <Field
            label="Volatility of a day in % (optional)"
            inputMode="decimal"
            value={volatility}
            onChange={(event) => setVolatility(event.target.value.trim())}
          />
        </div>
        <ErrorNote error={start.error} />
        <div>
          <Button look="main" type="submit" pending={start.isPending || running} pendingLabel="Running…">
            Start
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Standing({ simulation: it, version, mayDrop }: { simulation: Simulation; version: number; mayDrop: boolean }) {
  const queries = useQueryClient();
  const drop = useMutation({
    mutationFn: () => ask(api.DELETE("/prop/templates/{template_id}/simulate", { params: { path: { template_id: it.template_id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["simulation", it.template_id] }),
  });
  if (it.status === "running") {
    return (
      <Panel
        title="Running"
        aside={
          mayDrop && (
            <Button small look="danger" pending={drop.isPending} onClick={() => drop.mutate()}>
              Stop
            </Button>
          )
        }
      >
        <Progress label={`${it.done} of ${it.traders} traders have lived through it`} value={it.done / Math.max(1, it.traders)} />
        <ErrorNote error={drop.error} />
      </Panel>
    );
  }
  if (it.status !== "done") {
    return <Note tone="warn" title={it.status === "failed" ? "It failed" : "It was stopped"}>{it.error && <p>{it.error}</p>}</Note>;
  }
  return (
    <>
      <p className="soft">
        Version {it.version}, {it.traders} traders, seed {it.seed}, <Time at={it.started_at} />.
      </p>
      {it.version !== version && <Note tone="warn" title="The program was changed since: this is about an older version." />}
      {it.report && <Report report={it.report} />}
      <div className="pictures">
        {it.pictures?.map((picture) => (
          <figure key={picture.name} className="panel">
            <img src={`data:image/svg+xml,${encodeURIComponent(picture.svg)}`} alt={titleOf(picture)} loading="lazy" />
          </figure>
        ))}
      </div>
    </>
  );
}

/// The pictures name themselves.
function titleOf(picture: Schemas["SimulationPicture"]): string {
  return new DOMParser().parseFromString(picture.svg, "image/svg+xml").querySelector("title")?.textContent ?? picture.name;
}
