import { useOutletContext } from "react-router";

import type { Schemas } from "../../api/client";
import type { LiveState } from "../../live/useStream";
import type { CurvePoint } from "./curve";

export type Detail = Schemas["ChallengeDetailAnswer"];
export type Phase = Schemas["PhaseObject"];
export type State = Schemas["AccountState"];

/// What the pages of one challenge share: the server's last word, and what the stream has told since.
export interface ChallengeContext {
  detail: Detail;
  phase: Phase;
  /// Null until it is known.
  state: State | null;
  /// A bank has taken the fee back: its owner can do nothing until that is settled.
  rests: boolean;
  live: LiveState;
  /// Equity as the stream told it while this challenge was open.
  heard: CurvePoint[];
}

export const useChallenge = () => useOutletContext<ChallengeContext>();
