import { expect, test } from "vitest";

import { harmless } from "./harmless";

test("what does not show is shown, and plain text stays", () => {
  expect(harmless("DE02\u202E3021\u0000\n")).toBe("DE02[U+202E]3021[U+0000][U+000A]");
  expect(harmless("a\u200Bb\u2066c\u00ADd\u{E0041}")).toBe("a[U+200B]b[U+2066]c[U+00AD]d[U+E0041]");
  expect(harmless("Žofie Örn, علی, 李雷 0x12 € 😀")).toBe("Žofie Örn, علی, 李雷 0x12 € 😀");
});
