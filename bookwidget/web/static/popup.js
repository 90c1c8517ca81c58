// In the log-in window, after the sign-in: gives the code to the frame that opened it, which then closes the window.
// Load it in <head> without defer: the six digits show only where that frame cannot be reached or does not answer.
(() => {
  const page = document.documentElement;
  if (!opener) return;
  page.style.visibility = "hidden";
  opener.postMessage({ code: document.currentScript.dataset.code }, location.origin);
  setTimeout(() => (page.style.visibility = ""), 1500);
})();
