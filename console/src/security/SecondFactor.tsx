import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../api/client";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Time } from "../ui/figures";
import { Skeleton } from "../ui/Loading";
import { Panel } from "../ui/Panel";
import { CodeDialog } from "./CodeDialog";
import { EnrolDialog } from "./EnrolDialog";

type Doing = "enrol" | "codes" | "disable" | null;

/// The second factor of whoever is signed in: switched on, off, and its backup codes.
export function SecondFactor() {
  const [doing, setDoing] = useState<Doing>(null);
  const queries = useQueryClient();
  const standing = useQuery({ queryKey: ["totp"], queryFn: ({ signal }) => ask(api.GET("/auth/totp", { signal })) });
  const done = () => {
    setDoing(null);
    void queries.invalidateQueries({ queryKey: ["totp"] });
  };
  const it = standing.data;
  return (
    <Panel title="Second factor" aside={it && <Badge tone={it.enabled ? "good" : "plain"}>{it.enabled ? "On" : "Off"}</Badge>}>
      <ErrorNote error={standing.error} retry={() => void standing.refetch()} />
      {standing.isPending && <Skeleton lines={2} />}
      {it && !it.enabled && (
        <div className="stack-small">
          <p>With it, a sign-in needs a code of an app on your phone beside the password.</p>
          <div>
            <Button small onClick={() => setDoing("enrol")}>
              Switch it on
            </Button>
          </div>
        </div>
      )}
      {it?.enabled && (
        <div className="stack-small">
          <p>
            On since <Time at={it.confirmed_at} />. {it.backup_codes_left} backup codes are left.
          </p>
          <div className="row">
            <Button small onClick={() => setDoing("codes")}>
              New backup codes
            </Button>
            <Button small look="danger" onClick={() => setDoing("disable")}>
              Switch it off
            </Button>
          </div>
        </div>
      )}
      {doing === "enrol" && <EnrolDialog close={done} />}
      {(doing === "codes" || doing === "disable") && <CodeDialog what={doing} close={done} />}
    </Panel>
  );
}
