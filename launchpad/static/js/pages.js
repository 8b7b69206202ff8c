import { initAll } from "../build/govuk-frontend.min.js";
import { unfoldForPrinting } from "./print.js";
import { revealUnderChoices } from "./reveal.js";

initAll();
revealUnderChoices();
unfoldForPrinting();
