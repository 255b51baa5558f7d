import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { Status } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";

const WORDS: Record<string, string> = {
  none: "Your identity has not been checked yet. It has to be before a payout.",
  pending: "Your papers are being looked at.",
  approved: "Your identity has been verified.",
  rejected: "Your papers were not accepted. Ask the firm what is missing.",
};

/// Whether the firm knows who one is.
export function Identity() {
  const kyc = useQuery({ queryKey: ["kyc"], queryFn: ({ signal }) => ask(api.GET("/customers/me/kyc", { signal })) });
  return (
    <Panel title="Identity" aside={kyc.data && <Status value={kyc.data.status === "none" ? "not checked" : kyc.data.status} />}>
      <ErrorNote error={kyc.error} retry={() => void kyc.refetch()} />
      {kyc.isPending && <Skeleton lines={2} />}
      {kyc.data && (
        <div className="stack-small">
          <p>{WORDS[kyc.data.status]}</p>
          {kyc.data.since && (
            <p className="small soft">
              Since <Time at={kyc.data.since} />
            </p>
          )}
          {kyc.data.page ? (
            <p>
              <a href={kyc.data.page} target="_blank" rel="noopener noreferrer">
                Have your identity checked
              </a>
            </p>
          ) : (
            kyc.data.status === "none" && <p className="small soft">The firm does it by itself: it asks you for your papers.</p>
          )}
        </div>
      )}
    </Panel>
  );
}
