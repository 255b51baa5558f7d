import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { SecondFactor } from "../../security/SecondFactor";
import { useSignedIn } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { words } from "../kit/words";

/// One's own name, role and second factor.
export function Component() {
  const { brand } = useSignedIn();
  const me = useQuery({ queryKey: ["users", "me"], queryFn: ({ signal }) => ask(api.GET("/users/me", { signal })) });
  return (
    <Page title="Your sign-in">
      <Panel title="Who you are">
        <ErrorNote error={me.error} retry={() => void me.refetch()} />
        {me.isPending && <Skeleton />}
        {me.data && (
          <Facts>
            <Fact label="Name">{me.data.full_name}</Fact>
            <Fact label="E-mail address">{me.data.email}</Fact>
            <Fact label="Role">{words(me.data.role)}</Fact>
            <Fact label="Brand">{brand}</Fact>
          </Facts>
        )}
      </Panel>
      <SecondFactor />
    </Page>
  );
}
