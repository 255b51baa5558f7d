/// Signs that do not show, or that turn the direction of what follows, as their numbers: text of strangers must not look
/// like another one.
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]/gu, (sign) => {
    const number = sign.codePointAt(0) ?? 0;
    return `[U+${number.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}
