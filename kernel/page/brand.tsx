/** The mark: a small lattice that opens like the wall of a yurt. One colour, legible at 16 px. */
export function LatticeMark() {
  return (
    <svg
      class="mark"
      viewBox="0 0 32 32"
      width="36"
      height="36"
      aria-hidden="true"
      focusable="false"
      fill="none"
      stroke="currentColor"
      stroke-width="2.6"
      stroke-linecap="round"
    >
      <path d="M4 26 14 6M11 26 21 6M18 26 28 6M28 26 18 6M21 26 11 6M14 26 4 6" />
    </svg>
  );
}

/** The lattice wall as a quiet ground; drawn as a pattern so that it costs a few bytes at any width. */
export function Lattice() {
  return (
    <svg class="lattice" aria-hidden="true" focusable="false">
      <defs>
        <pattern id="lattice" width="44" height="44" patternUnits="userSpaceOnUse">
          <path d="M0 0l44 44M44 0 0 44" fill="none" stroke="currentColor" stroke-width="4" />
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#lattice)" />
    </svg>
  );
}
