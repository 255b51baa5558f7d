import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../../api/client";
import { Page } from "../../shell/Page";
import { ButtonLink } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Time } from "../../ui/figures";
import { ExternalLink } from "../../ui/icons";
import { Skeleton } from "../../ui/Loading";
import { Pager } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import "./certificates.css";

const LIMIT = 12;

/// What was passed and paid, to show to others.
export function Component() {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    queryKey: ["certificates", offset],
    queryFn: ({ signal }) => ask(api.GET("/challenges/me/certificates", { params: { query: { limit: LIMIT, offset } }, signal })),
  });
  const items = list.data?.items ?? [];
  return (
    <Page title="Certificates" intro="For each step that you pass and each payout. Anybody can check one by its code.">
      <ErrorNote error={list.error} retry={() => void list.refetch()} />
      {list.isPending && <Skeleton lines={6} />}
      {list.data && items.length === 0 && (
        <Panel>
          <Empty title="There is no certificate yet" action={<ButtonLink to="/challenges">Go to my challenges</ButtonLink>}>
            The first one stands here when you pass a step.
          </Empty>
        </Panel>
      )}
      <ul className="cards">
        {items.map((it) => (
          <li key={it.code}>
            <Panel title={it.phase ? `${it.program}: ${it.phase}` : `${it.program}: payout`}>
              <div className="stack">
                <img className="certificate" src={it.svg} alt={`${it.title} of ${it.holder}`} loading="lazy" />
                <p className="row row-apart">
                  <Time at={it.at} shape="day" />
                  <b>
                    <Money amount={it.amount} currency={it.currency} />
                  </b>
                </p>
                <p className="small soft">
                  Code <code>{it.code}</code>
                </p>
                <div className="row">
                  <a className="button button-small" href={it.png} download={`certificate-${it.code}.png`}>
                    Download the picture
                  </a>
                  <a className="button button-small" href={it.verify_url} target="_blank" rel="noopener">
                    Check it <ExternalLink aria-hidden="true" />
                  </a>
                </div>
              </div>
            </Panel>
          </li>
        ))}
      </ul>
      <Pager what="certificates" offset={offset} limit={LIMIT} total={list.data?.total} count={items.length} go={setOffset} busy={list.isFetching} />
    </Page>
  );
}
