// A volume belongs to one strength: another product empties it, and the dose in mg stays. Works without this file.
(() => {
  "use strict";

  const volume = document.getElementById("id_volume_ml");
  if (!volume) return;
  for (const product of document.querySelectorAll("[name='product']")) {
    product.addEventListener("change", () => {
      volume.value = "";
    });
  }
})();
