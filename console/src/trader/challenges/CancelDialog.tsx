import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";
import { challenge } from "../data/queries";

interface Props {
  /// The number of the challenge.
  id: number;
  name: string;
  close: () => void;
}

/// Ends an enrolment that has not begun.
export function CancelDialog({ id, name, close }: Props) {
  const queries = useQueryClient();
  const tell = useToast();
  const detail = useQuery({ ...challenge(id), staleTime: 0 });
  const purchase = detail.data?.purchase;
  const cancel = useOnce({
    mutationFn: () => ask(api.POST("/prop/purchases/{id}/cancel", { params: { path: { id: purchase?.id ?? 0 } } })),
    onSuccess: () => {
      tell(`${name} is cancelled`);
      close();
    },
    onSettled: () =>
      Promise.all([["challenge", id], ["journeys"], ["purchases"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  return (
    <Dialog
      open
      title={`Cancel ${name}?`}
      close={close}
      busy={cancel.isPending}
      actions={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button
            look="danger"
            disabled={!purchase?.can_cancel}
            pending={cancel.isPending}
            pendingLabel="Cancelling…"
            onClick={() => cancel.mutate()}
          >
            Cancel it
          </Button>
        </>
      }
    >
      <ErrorNote error={detail.error} retry={() => void detail.refetch()} />
      {detail.isPending && <Skeleton lines={2} />}
      {purchase?.can_cancel && (
        <p>
          The challenge never begins, and its account stays closed. Nothing is owed any more; what has already been paid for it goes back
          the way it came. You can enrol again at any time, at the price of that day.
        </p>
      )}
      {purchase && !purchase.can_cancel && (
        <Note tone="warn" title="It cannot be cancelled any more">
          <p>Its fee has come in, or it is being delivered. Look at it under “My challenges”.</p>
        </Note>
      )}
      <ErrorNote error={cancel.error} />
    </Dialog>
  );
}
