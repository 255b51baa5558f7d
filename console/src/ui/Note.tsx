import type { ReactNode } from "react";

import type { Tone } from "./Badge";
import { CircleCheck, CircleX, Info, TriangleAlert } from "./icons";

const ICONS = { plain: Info, info: Info, good: CircleCheck, warn: TriangleAlert, bad: CircleX };

interface Props {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
}

/// Something to know, where it matters.
export function Note({ tone = "info", title, children }: Props) {
  const Icon = ICONS[tone];
  return (
    <div className="note" data-tone={tone}>
      <Icon aria-hidden="true" />
      <div className="stack-small">
        {title && <p className="note-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
