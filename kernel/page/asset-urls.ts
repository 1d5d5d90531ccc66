/** Addresses of the browser's files; set once they are compiled. */
let urls = { css: "/assets/page.css", js: "/assets/page.js", icon: "/assets/icon.svg" };

export function assetUrls(): typeof urls {
  return urls;
}

export function setAssetUrls(made: typeof urls): void {
  urls = made;
}
