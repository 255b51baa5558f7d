import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { noteServerTime } from "../../format/serverClock";
import { LiveMark } from "../../live/LiveMark";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { Counts } from "./Counts";
import { LOOK_EVERY } from "./Section";
import { useStaffLive } from "../live/StaffEvents";
import { Stuck } from "./Stuck";
import { Breaches, Identities, Payouts, Transactions } from "./waiting";

/// Everything that waits for a person: how much of what, since when, and the first few of each.
export function Component() {
  const live = useStaffLive();
  const inbox = useQuery({
    queryKey: ["inbox"],
    queryFn: async ({ signal }) => {
      const answer = await ask(api.GET("/prop/inbox", { signal }));
      noteServerTime(answer.as_of);
      return answer;
    },
    refetchInterval: LOOK_EVERY,
  });
  const items = inbox.data?.items ?? [];
  const waiting = new Set(items.filter((item) => item.count > 0).map((item) => item.kind));
  return (
    <Page title="Inbox" intro="What needs a person." mark={<LiveMark state={live} />}>
      <ErrorNote error={inbox.error} retry={() => void inbox.refetch()} />
      {inbox.isPending && <Skeleton lines={8} />}
      {items.length > 0 && <Counts items={items} />}
      {inbox.data && waiting.size === 0 && (
        <Panel>
          <Empty title={items.length > 0 ? "Nothing waits for a person" : "Nothing is sent to your role"}>
            {items.length > 0 ? "Look at the live board to see who comes close to a floor." : "Choose a page of the menu."}
          </Empty>
        </Panel>
      )}
      {waiting.has("stuck_purchases") && <Stuck />}
      {waiting.has("breaches") && <Breaches />}
      {waiting.has("payouts_to_approve") && <Payouts kind="payouts_to_approve" status="pending" />}
      {waiting.has("payouts_to_approve_second") && (
        <Payouts kind="payouts_to_approve_second" status="awaiting_second_approval" />
      )}
      {waiting.has("payouts_to_send") && <Payouts kind="payouts_to_send" status="approved" />}
      {waiting.has("payouts_on_their_way") && <Payouts kind="payouts_on_their_way" status="disbursing" />}
      {waiting.has("underpaid_payments") && <Transactions kind="underpaid_payments" query={{ status: ["UNDERPAID"] }} />}
      {waiting.has("withdrawals") && <Transactions kind="withdrawals" query={{ status: ["PENDING"], type: ["WITHDRAWAL"] }} />}
      {waiting.has("refunds_due") && (
        <Transactions kind="refunds_due" query={{ status: ["PENDING"], type: ["CHALLENGE_FEE_REFUND", "DEPOSIT_REFUND"] }} />
      )}
      {waiting.has("kyc") && <Identities />}
    </Page>
  );
}
