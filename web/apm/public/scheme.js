// Sets the colour scheme before the first paint; an external file, because the content policy allows no inline script.
(function () {
  var fallback = document.documentElement.dataset.mantineColorScheme;
  var stored = null;
  try {
    stored = localStorage.getItem("naru.scheme");
  } catch (error) {
    // No storage: the default stays.
  }
  var scheme = stored || fallback;
  if (scheme === "auto") scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.mantineColorScheme = scheme;
})();
