import { useId } from "react";

import { chooseTheme, type Theme, useTheme } from "../session/theme";
import { Monitor, Moon, Sun } from "../ui/icons";

const THEMES: [Theme, string, typeof Sun][] = [
  ["light", "Light", Sun],
  ["system", "As the system", Monitor],
  ["dark", "Dark", Moon],
];

export function ThemeSwitch() {
  const chosen = useTheme();
  const name = useId();
  return (
    <fieldset className="theme-switch">
      <legend className="unseen">Colours</legend>
      {THEMES.map(([theme, words, Icon]) => (
        <label key={theme} title={words}>
          <input type="radio" name={name} value={theme} checked={chosen === theme} onChange={() => chooseTheme(theme)} />
          <Icon aria-hidden="true" />
          <span className="unseen">{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
