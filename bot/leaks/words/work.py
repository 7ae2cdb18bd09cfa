"""Personnel matters, and figures of business that are not yet public."""

RECORD = """
suspended pending, been suspended, was suspended, is suspended, suspended on full pay, suspended from work, dismissed,
been dismissed, was dismissed, sacked, been sacked, let go, been let go, gross misconduct, misconduct, disciplinary,
disciplinary hearing, disciplined, written warning, final warning, verbal warning, final written warning, grievance,
grievances, settlement agreement, compromise agreement, signed an nda, non disclosure, phoned in sick, rang in sick,
called in sick, off sick, off work with, on the sick, long term sick, sick again, signed off, signed off sick,
stress leave, sick leave, absence record, sickness record, sickness absence, capability, capability process,
performance plan, performance improvement, poor performance, underperform*, failed his probation, failed her probation,
probation period, at risk of redundancy, redundant, made redundant, redundancy, voluntary redundancy, put at risk,
his job is going, her job is going, resigned after, resigned before, resigned rather, jumped before, gardening leave,
garden leave, under investigation, being investigated, investigated for, investigation into, pending an investigation,
return to work, occupational health, employment tribunal, tribunal claim, bullying, accused of bullying,
complaint against, complaints about, harassment claim, whistleblow*, whistle blow*, leaving do, left under a cloud,
escorted from, marched out, overpaid, salary of, is paid, pay grade, on grade, pay rise, appraisal, didn't get the job,
passed over, unsuccessful candidate, failed the interview, references were, reasonable adjustments,
flexible working request, has been moved sideways, maternity leave early, paternity, was told on, were told on,
told on wednesday, told on monday, told on friday, wedi'i wahardd, wedi ei ddiswyddo, absennol oherwydd salwch, disgyblu
"""

MATTER = """
suspended, suspension, sick, sickness, absence, absent, warning, redundancies, restructure, investigation, tribunal,
resigned, resignation, salary, wages, pay, stress, hr, personnel, payroll, complaint, swydd
"""

DEAL = """
cheapest at, cheapest, lowest bid, lowest bidder, highest bid, highest bidder, bids in, bids are, three bids, two bids,
four bids, five bids, bids came in, bid was, bid of, their bid, bids were, bidder, bidders, preferred bidder,
reserve bidder, shortlisted, short listed, scores are, scored, score is, scores so far, evaluation score,
evaluation scores, our ceiling, ceiling is, ceiling of, our limit, our maximum, maximum we, most we'll pay,
most we would, go up to, go as high as, will go to, open at, start at, don't tell the agent, walk away, reserve price,
we'd settle, we would settle, would accept, will accept, settle for, prepared to pay, willing to pay,
prepared to offer, our offer, our opening offer, opening offer, offered us, their offer, counter offer, best and final,
negotiat*, in talks, owner's agent, heads of terms, not yet signed, before contract, standstill, standstill period,
tender price, tender prices, tender evaluation, tender scores, tendered at, quoted us, quote of, quoted, day rate,
day rates, unit price, unit rates, margin, profit margin, undercut, undercutting, pricing, price list,
confidential price, valuation, valued it at, secret bid, sealed bid, rent free, going to award, about to award,
intend to award, due to be awarded, will win the contract, set to win, cynigion, pris isaf
"""

DONE = """
awarded, award notice, contract awarded, has been awarded, we've awarded, published, open data, tender open,
now open, bids by, bids close, deadline, closing date, invite bids, inviting bids, inviting tenders,
invited to tender, tenders invited, invitation to tender, find a tender, sell2wales, contracts finder,
estimated value, apply by, via the portal, bid for funding, funding bid, bid to, lottery bid, levelling up bid,
bid writing, successful bid, grant, city of culture, auction for charity, charity auction, raffle,
opened to the public, signed today, we have signed, sold for, spending over, budget, guide price, asking price,
agreed, approved, approve, voted, rated, ofsted, hygiene, score on the doors
"""
