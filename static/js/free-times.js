// Another day's free times come into the page, so that nothing typed on it is lost.
// Without this script, or in a new tab, the day's link opens the page anew.
"use strict";
{
  const part = document.getElementById("free-times");
  const failed = document.getElementById("free-times-failed");
  let presses = 0;

  part?.addEventListener("click", async (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const press = (presses += 1);
    let times;
    try {
      // Whoever is signed out would be led to the page to sign in, which is no list of times.
      const answer = await fetch(part.dataset.times + link.search, { redirect: "manual" });
      times = answer.ok && (await answer.text());
    } catch {
      times = false;
    }
    if (press !== presses) return; // A later press is the one to follow.
    failed.hidden = Boolean(times);
    if (!times) return;
    part.innerHTML = times;
    part.querySelector("select").focus();
  });
}
