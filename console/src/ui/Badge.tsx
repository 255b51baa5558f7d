import type { ReactNode } from "react";

import { CircleCheck, CircleX, Clock, Info, TriangleAlert } from "./icons";

export type Tone = "plain" | "good" | "warn" | "bad" | "info";

const ICONS = { plain: Clock, good: CircleCheck, warn: TriangleAlert, bad: CircleX, info: Info };

interface Props {
  tone?: Tone;
  /// A sign beside the words, so that colour is not the only one.
  icon?: boolean;
  children: ReactNode;
}

export function Badge({ tone = "plain", icon, children }: Props) {
  const Icon = ICONS[tone];
  return (
    <span className="badge" data-tone={tone}>
      {icon && <Icon aria-hidden="true" />}
      {children}
    </span>
  );
}

const TONES: Record<string, Tone> = {
  active: "good",
  passed: "good",
  paid: "good",
  approved: "good",
  completed: "plain",
  cleared: "good",
  open: "good",
  filled: "good",
  pending: "warn",
  pending_payment: "warn",
  requested: "warn",
  disbursing: "info",
  paused: "warn",
  suspended: "warn",
  failed: "bad",
  breached: "bad",
  rejected: "bad",
  declined: "bad",
  refused: "bad",
  stuck: "bad",
  cancelled: "plain",
  refunded: "plain",
};

/// A state of anything, in the words of the server and a colour of its own.
export function Status({ value, tone }: { value: string; tone?: Tone }) {
  const key = value.toLowerCase();
  const words = key.replaceAll("_", " ");
  return (
    <Badge tone={tone ?? TONES[key] ?? "plain"} icon>
      {words.charAt(0).toUpperCase() + words.slice(1)}
    </Badge>
  );
}
