import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { ProgramCard } from "./ProgramCard";

/// What is on sale.
export function Component() {
  const programs = useQuery({
    queryKey: ["programs"],
    queryFn: ({ signal }) => ask(api.GET("/prop/programs", { signal })),
  });
  return (
    <Page title="Programs" intro="Pick a challenge, trade by its rules on a demo account, and earn a funded one.">
      <ErrorNote error={programs.error} retry={() => void programs.refetch()} />
      {programs.isPending && <Skeleton lines={6} />}
      {programs.data?.rows.length === 0 && <Empty title="Nothing is on sale just now">Look in again later.</Empty>}
      <ul className="cards">
        {programs.data?.rows.map((program) => (
          <li key={program.id}>
            <ProgramCard program={program} />
          </li>
        ))}
      </ul>
    </Page>
  );
}
