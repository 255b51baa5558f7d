import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "e2e-output", "public", "src/api/generated/schema.d.ts", "scripts/*.mjs"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  a11y.flatConfigs.strict,
  hooks.configs.flat.recommended,
  {
    rules: {
      "max-lines": ["error", 600],
      "jsx-a11y/label-has-associated-control": ["error", { assert: "either", controlComponents: ["Select"] }],
    },
  },
  {
    files: ["e2e/**/*.ts"],
    rules: {
      // A fixture takes a pattern, and hands its value to a function of this name.
      "no-empty-pattern": "off",
      "react-hooks/rules-of-hooks": "off",
    },
  },
  {
    files: ["src/ui/Table.tsx"],
    rules: {
      // Where a table is displayed as cards, browsers drop the roles that its elements have by themselves.
      "jsx-a11y/no-redundant-roles": "off",
      "jsx-a11y/no-interactive-element-to-noninteractive-role": "off",
    },
  },
);
