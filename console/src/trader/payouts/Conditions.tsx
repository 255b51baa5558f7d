import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { grouped, moneyText } from "../../format/money";
import { Time } from "../../ui/figures";
import { CircleCheck, CircleX } from "../../ui/icons";
import { isInstant, isMoney, told, wayOut } from "./conditions";

type Condition = Schemas["PayoutCondition"];

interface Props {
  all: Condition[];
  currency: string;
  challenge: number;
}

/// What is wanted, what there is, and for what is missing the way to it.
export function Conditions({ all, currency, challenge }: Props) {
  return (
    <ul className="conditions">
      {all.map((it) => {
        const way = it.met ? null : wayOut(it.name, challenge);
        return (
          <li key={it.name} data-met={it.met}>
            {it.met ? <CircleCheck aria-label="Met" /> : <CircleX aria-label="Not met" />}
            <div>
              <p>{told(it)}</p>
              {!it.met && (
                <p className="small soft">
                  Now <Side of={it} figure={it.value} currency={currency} />, wanted{" "}
                  <Side of={it} figure={it.threshold} currency={currency} />
                  {way && (
                    <>
                      {" "}
                      · <Link to={way.to}>{way.words}</Link>
                    </>
                  )}
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Side({ of, figure, currency }: { of: Condition; figure: string | number; currency: string }) {
  if (typeof figure === "number") return isMoney(of.name) ? moneyText(figure, currency) : grouped(figure);
  if (isInstant(figure)) return <Time at={figure} />;
  return figure === "none" ? "not checked" : figure.replaceAll("_", " ");
}
