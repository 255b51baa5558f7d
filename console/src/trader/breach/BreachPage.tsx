import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { api, ask } from "../../api/client";
import { moneyText } from "../../format/money";
import { isOfDays, isOfMoney } from "../../format/rules";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { ruleName } from "../challenge/words";
import { numberOf } from "../data/keys";
import { account as accountQuery, challenge as challengeQuery, templates } from "../data/queries";
import "./breach.css";
import { BreachPicture } from "./BreachPicture";
import { BreachStory } from "./BreachStory";
import { Evidence } from "./Evidence";
import { TimePicture } from "./TimePicture";

/// Why a phase failed: in words, in a picture, and with what it was decided on.
export function Component() {
  const id = useParams().id ?? "";
  const found = useQuery({
    queryKey: ["breach", id],
    queryFn: ({ signal }) => ask(api.GET("/prop/breach-events/{breach_id}", { params: { path: { breach_id: id } }, signal })),
  });
  const breach = found.data;
  const challengeId = breach ? numberOf(breach.journey_id) : 0;
  const detail = useQuery({ ...challengeQuery(challengeId), enabled: breach !== undefined });
  const account = useQuery({ ...accountQuery(Number(breach?.account_login)), enabled: breach !== undefined });

  const offers = useQuery(templates);
  const offer = offers.data?.items.find((it) => numberOf(it.template_id) === detail.data?.challenge.program_id);

  if (!breach) {
    return (
      <Page title="Breach" up={{ to: "/challenges", name: "My challenges" }}>
        <ErrorNote error={found.error} retry={() => void found.refetch()} />
        {found.isPending && <Skeleton lines={9} />}
      </Page>
    );
  }
  const phase = detail.data?.phases.find((it) => String(it.account_login) === breach.account_login);
  const currency = account.data?.currency ?? "";
  const terminal = breach.severity === "terminal";
  const title = `${terminal ? "Breach" : "Warning"}: ${ruleName(breach.rule_type).toLowerCase()}`;
  return (
    <Page
      title={title}
      up={{ to: `/challenges/${challengeId}`, name: detail.data?.program?.display_name ?? "The challenge" }}
      mark={
        <>
          <Badge tone={terminal ? "bad" : "warn"} icon>
            {terminal ? "The phase failed" : "Noted only"}
          </Badge>
          <Status value={breach.review_status === "pending" ? "not reviewed yet" : breach.review_status} tone="plain" />
        </>
      }
    >
      {breach.review_status === "reverted" && (
        <Note tone="good" title="The firm has taken this breach back">
          {breach.review_reason && <p>{breach.review_reason}</p>}
        </Note>
      )}
      <div className={isOfMoney(breach.rule_type) || isOfDays(breach.rule_type) ? "breach-columns" : undefined}>
        <BreachStory breach={breach} currency={currency} />
        {isOfMoney(breach.rule_type) && <BreachPicture breach={breach} currency={currency} />}
        {isOfDays(breach.rule_type) && <TimePicture breach={breach} phase={phase} account={account.data} />}
      </div>
      <Evidence breach={breach} currency={currency} />
      {terminal && breach.review_status !== "reverted" && (
        <Note tone="plain" title="How to go on">
          {offer?.reset_fee_amount ? (
            <p>
              The firm can give you another attempt at this step on a new account, for {moneyText(offer.reset_fee_amount, offer.fee_currency)}
              : ask it for a reset. Its fee then waits under “My challenges”.
            </p>
          ) : null}
          <p>If you think that this is wrong, tell the firm the number of this breach ({breach.number}): everything it was decided on is kept.</p>
          <div>
            <ButtonLink small look="main" to={detail.data ? `/programs/${detail.data.challenge.program_id}` : "/"}>
              Begin again
            </ButtonLink>
          </div>
        </Note>
      )}
    </Page>
  );
}
