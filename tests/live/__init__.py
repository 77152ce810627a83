"""Every write-back against real Odoo servers: ``make odoo-live URL=...``. No part of the suite, which needs no Odoo."""
