import { useQuery } from "@tanstack/react-query";

import { Page } from "../../shell/Page";
import { ButtonLink } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { journeys, programs } from "../data/queries";
import { DemoHint } from "../DemoHint";
import { ProgramCard } from "./ProgramCard";
import "./catalogue.css";

/// What is on sale.
export function Component() {
  const list = useQuery(programs);
  const running = useQuery(journeys("active", 1, 0));
  const count = running.data?.total ?? 0;
  return (
    <Page
      title="Programs"
      intro="Choose a challenge, keep to its rules on a demo account, and trade a funded one. Every rule is told in full before you pay."
    >
      <DemoHint />
      {count > 0 && (
        <Note title={count === 1 ? "A challenge of yours is running" : `${count} challenges of yours are running`}>
          <div>
            <ButtonLink small to="/challenges">
              Go to my challenges
            </ButtonLink>
          </div>
        </Note>
      )}
      <ErrorNote error={list.error} retry={() => void list.refetch()} />
      {list.isPending && <Skeleton lines={9} />}
      {list.data?.rows.length === 0 && <Empty title="Nothing is on sale just now">Look in again later.</Empty>}
      <ul className="cards program-cards">
        {list.data?.rows.map((program) => (
          <li key={program.id}>
            <ProgramCard program={program} />
          </li>
        ))}
      </ul>
    </Page>
  );
}
