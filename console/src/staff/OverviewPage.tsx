import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../api/client";
import { useSignedIn } from "../session/SessionContext";
import { Page } from "../shell/Page";
import { ErrorNote } from "../ui/ErrorNote";
import { Skeleton } from "../ui/Loading";
import { Fact, Facts, Panel } from "../ui/Panel";

/// Who of the firm is here, and with which role.
export function Component() {
  const { brand } = useSignedIn();
  const me = useQuery({ queryKey: ["users", "me"], queryFn: ({ signal }) => ask(api.GET("/users/me", { signal })) });
  return (
    <Page title="Overview">
      <Panel title="Your access">
        <ErrorNote error={me.error} retry={() => void me.refetch()} />
        {me.isPending && <Skeleton />}
        {me.data && (
          <Facts>
            <Fact label="Signed in as">{me.data.email}</Fact>
            <Fact label="Role">{me.data.role}</Fact>
            <Fact label="Brand">{brand}</Fact>
          </Facts>
        )}
      </Panel>
    </Page>
  );
}
