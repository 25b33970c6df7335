"""The catalog: items, units, bills of material, substitutes, sites, work centres and their calendars."""
