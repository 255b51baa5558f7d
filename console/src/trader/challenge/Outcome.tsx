import type { Schemas } from "../../api/client";
import { moneyText } from "../../format/money";
import { isOfMoney } from "../../format/rules";
import { ButtonLink } from "../../ui/Button";
import { Time } from "../../ui/figures";
import { Note } from "../../ui/Note";
import type { Detail } from "./context";
import { CEILING, ruleName, sentenceOf } from "./words";

type Breach = Schemas["BreachObject"];

interface Props {
  detail: Detail;
  breaches: Breach[];
  currency: string;
}

/// What has become of the fee of a challenge that was called off.
const FEE: Record<string, string> = {
  refunded: "Its fee has been given back.",
  refund_pending: "Its fee is given back: the firm pays it out.",
  charged_back: "Its fee was taken back by a bank.",
};

/// How it ended, or what has been noted, in one sentence and the way to the whole story.
export function Outcome({ detail, breaches, currency }: Props) {
  const { challenge, phases, purchase } = detail;
  const last = breaches.find((breach) => breach.severity === "terminal" && breach.review_status !== "reverted");
  const warnings = breaches.filter((breach) => breach.severity !== "terminal");
  const passed = phases.filter((phase) => phase.status_name === "passed");
  const newest = passed.at(-1);

  return (
    <>
      {challenge.status === 3 && last && (
        <Note tone="bad" title={`The phase failed: ${ruleName(last.rule).toLowerCase()}`}>
          {isOfMoney(last.rule) && typeof last.value === "number" && typeof last.limit === "number" ? (
            <p>
              On <Time at={last.time} shape="second" /> your equity was {moneyText(last.value, currency)}. It had to stay {last.rule === CEILING ? "below" : "above"}{" "}
              {moneyText(last.limit, currency)}.
            </p>
          ) : (
            <p>
              {sentenceOf(last.message)}. Instant: <Time at={last.time} shape="second" />.
            </p>
          )}
          <div>
            <ButtonLink small to={`/breaches/${last.event_id}`}>
              See exactly what happened
            </ButtonLink>
          </div>
        </Note>
      )}
      {challenge.status === 3 && !last && <Note tone="bad" title="The challenge has failed" />}
      {challenge.status === 2 && (
        <Note tone="good" title="You have passed the challenge">
          <div>
            <ButtonLink small to="/certificates">
              See your certificate
            </ButtonLink>
          </div>
        </Note>
      )}
      {challenge.status === 4 && (
        <Note title="The challenge was called off">{FEE[purchase.payment_status] && <p>{FEE[purchase.payment_status]}</p>}</Note>
      )}
      {challenge.status === 1 && newest && (
        <Note tone="good" title={`You have passed step ${newest.phase_index}`}>
          <p>The next step runs on account {challenge.account_login}.</p>
        </Note>
      )}
      {warnings.map((warning) => (
        <Note key={warning.id} tone="warn" title={`A warning was noted: ${ruleName(warning.rule).toLowerCase()}`}>
          <div>
            <ButtonLink small to={`/breaches/${warning.event_id}`}>
              Look at it
            </ButtonLink>
          </div>
        </Note>
      ))}
    </>
  );
}
