// Select2, the admin's box for choosing by typing, has no Urdu; it looks for one under this name,
// in the language of the page. Django, finding none, calls the language of the box "None".
"use strict";
window.django?.jQuery?.fn.select2?.amd.define("select2/i18n/ur", [], () => ({
  errorLoading: () => "نتائج نہیں آ سکے۔",
  loadingMore: () => "مزید نتائج آ رہے ہیں…",
  noResults: () => "کچھ نہیں ملا",
  removeAllItems: () => "سب ہٹائیں",
  searching: () => "تلاش ہو رہی ہے…",
}));
for (const box of document.querySelectorAll(".admin-autocomplete")) box.removeAttribute("lang");
