/** A long word of signs, which may be broken every eight so that a narrow screen holds it. */
export function LongWord({ text }: { text: string }) {
  return (
    <code>
      {(text.match(/.{1,8}/gu) ?? []).map((part) => (
        <>
          {part}
          <wbr />
        </>
      ))}
    </code>
  );
}
