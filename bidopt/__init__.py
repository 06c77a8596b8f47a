"""bidopt: today's bids, budgets and words to drop for an e-commerce shop, each with its reason.

The rooms, from the floor up; each imports only what stands below it:

    domain        words, units, tables of changes, errors; imports nothing of bidopt
    registry      finds the plug-ins of a folder
    facts         what the exports said and when: schemas, warehouse, known_on(day), health
    text          what keywords and titles are made of: words, new words, their roles, the roots they share
    evidence      beliefs with uncertainty: click rate, conversion rate, order value, delay, bid response, demand
    decisions     policies that change the draft plan: pruning rules, allocation of bids and budgets
    guardrails    limits that have the last word, one file each
    recommender   the decision path: evidence -> policies in order -> guardrails
    ledger        SQLite: runs, frozen inputs, what was recommended
    platforms     one file per ad platform: headings and units in, upload files out
    publishing    the plan folder: exact CSV, READY written last
    reporting     for people: report page, review workbook, terminal
    backtest      markets with known truth, baselines to beat, the clairvoyant
    settings      shop.yaml -> checked Settings -> Recommender
    jobs          one file per job: import_reports, run_day, demo ...
    cli           one file per command; the only place that reads the clock
"""

__version__ = "0.1.0"
