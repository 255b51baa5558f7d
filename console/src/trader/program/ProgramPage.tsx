import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { shortSize } from "../../format/money";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { numberOf } from "../data/keys";
import { programs, templates } from "../data/queries";
import { PurchasePanel } from "./PurchasePanel";
import "./program.css";
import { StepRules } from "./StepRules";
import { StepsPanel } from "./StepsPanel";

const UP = { to: "/", name: "Programs" };

/// Everything that is promised and asked, and beside it the purchase.
export function Component() {
  const id = Number(useParams().id);
  const list = useQuery(programs);
  const terms = useQuery(templates);
  const program = list.data?.rows.find((row) => row.id === id);
  const template = terms.data?.items.find((row) => numberOf(row.template_id) === id);

  if (!program) {
    return (
      <Page title="Program" up={UP}>
        <ErrorNote error={list.error} retry={() => void list.refetch()} />
        {list.isPending && <Skeleton lines={9} />}
        {list.data && <Empty title="This program is not on sale">Choose another one from the list of programs.</Empty>}
      </Page>
    );
  }
  const size = program.steps[0]?.initial_balance;
  return (
    <Page
      title={program.display_name}
      up={UP}
      mark={size !== undefined && <Badge tone="info">{shortSize(size)}</Badge>}
      intro={program.description}
    >
      <div className="program-columns">
        <div className="stack program-words">
          <StepsPanel steps={program.steps} />
          <StepRules steps={program.steps} />
        </div>
        <PurchasePanel program={program} template={template} />
      </div>
    </Page>
  );
}
