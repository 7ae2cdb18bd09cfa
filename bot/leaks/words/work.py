"""Personnel matters, and figures of business that are not yet public."""

RECORD = """
suspended pending, been suspended, was suspended, is suspended, suspended on full pay, suspended from work,
been dismissed, was dismissed, sacked, been sacked, been let go, gross misconduct, misconduct, disciplinary,
disciplinary hearing, disciplined, written warning, final warning, verbal warning, final written warning, grievance,
settlement agreement, compromise agreement, signed an nda, non disclosure, phoned in sick, rang in sick,
called in sick, off sick, off work with, on the sick, long term sick, sick again, signed off, signed off sick,
stress leave, sick leave, absence record, sickness record, sickness absence, capability, capability process,
performance plan, performance improvement, poor performance, underperform*, failed his probation,
failed her probation, probation period, at risk of redundancy, made redundant, voluntary redundancy, put at risk,
his job is going, her job is going, resigned after, resigned before, resigned rather, jumped before, gardening leave,
garden leave, under investigation, being investigated, investigated for, investigation into, pending an investigation,
return to work, occupational health, employment tribunal, tribunal claim, accused of bullying, harassment claim,
whistleblow*, whistle blow*, leaving do, left under a cloud, escorted from, marched out, salary of, pay grade,
on grade, pay rise, appraisal, didn't get the job, passed over, unsuccessful candidate, failed the interview,
references were, reasonable adjustments, flexible working request, has been moved sideways, maternity leave early,
paternity, was told on, were told on, told on wednesday, told on monday, told on friday, wedi'i wahardd,
wedi ei ddiswyddo, absennol oherwydd salwch, disgyblu, demoted, was demoted, been demoted, sacked for, been fired,
got the boot, given the boot, shown the door, walked out, stormed out, her appraisal, his appraisal, data breach,
row with, rows with, fell out with, fallen out with, complained about her manager, complained about his manager,
accused of, takes home, wage slip, payslip, overtime claim, expenses claim, fiddling, timesheets, pulling a sickie,
sickie, hungover, always late, can't be bothered, incompetent, not up to, struggling in the role,
struggling in the job, out of her depth, out of his depth, won't be replaced, being managed out, managed out,
on a final, on his last, on her last warning, last warning, informal warning, under review for, under a cloud,
suspended over, suspended after, suspended for, redeployed, at risk letter, job is at risk, losing her job,
losing his job, lost her job, lost his job, took redundancy, taking redundancy, early retirement on,
ill health retirement, medically retired, retired on ill health, off work, off with, signed off until, not back until,
won't be back, phased return, failed probation, didn't pass probation, pass probation, contract wasn't renewed,
contract not renewed, not renewing, reference said, reported for, racist comments, sexist comments,
inappropriate behaviour, unacceptable behaviour, relationship with a colleague, caught sleeping, asleep on the job,
drinking on the job, smelt of drink, drug test, failed a drug test, was let go, being made redundant, his grievance,
her grievance, a grievance, raised a grievance, hard luck, third time unlucky, didn't get the post, didn't get it,
wasn't appointed, not appointed, turned down for, the post went to, interview results, let him go, let her go,
let them go, had to let, on her phone all, on his phone all, gone on gardening leave, after her tribunal,
after his tribunal, her tribunal, his tribunal, draw your own conclusions, won't be coming back, won't be returning,
not coming back, not be returning, gone under a, agreed exit, exit package, payoff, golden handshake,
confidentiality clause, gagged, voluntary severance, mutually agreed, relieved of, removed from post,
stood down after, told to stay at home, sent home for, on special leave, on compassionate, compassionate leave,
bereavement leave, on unpaid leave, on sabbatical after, on half pay, on nil pay, statutory sick pay, trigger point,
absence trigger, stage 2 absence, attendance meeting, attendance review, welfare meeting, investigatory meeting,
misconduct hearing, hr meeting, her hr, his hr, union rep with, complaint upheld, breached policy, used the work,
company car misuse, on work laptop, stealing stationery, fake qualifications, lied on, lied about his, lied about her,
false references, no references, wrongly paid, dismissed for, dismissed from, dismissed after
"""

MATTER = """
suspended, suspension, sick, sickness, warning, redundancies, tribunal, resigned, personnel, payroll, swydd,
grievance, grievances, disciplinary, disciplined, appraisal, probation, capability, sacked, dismissed, dismissal,
demoted, redeployed, redundancy, redundant, severance, payoff, resign, bullying, bullied, bully, harassed, harassment,
discrimination, whistleblowing, misconduct, blunder, incompetent, lazy, lateness, timekeeping, skiving, sickie,
off sick, gardening leave, special leave, unpaid leave, occupational health, fit note, sick note, ssp, burnout,
breakdown, timesheet, payslip
"""

DEAL = """
cheapest at, cheapest, lowest bid, lowest bidder, highest bid, highest bidder, bids in, bids are, three bids,
two bids, four bids, five bids, bids came in, bid was, their bid, bids were, bidder, bidders, preferred bidder,
reserve bidder, shortlisted, short listed, scores are, scored, score is, scores so far, evaluation score,
evaluation scores, our ceiling, ceiling is, ceiling of, our limit, our maximum, maximum we, most we'll pay,
most we would, go up to, go as high as, will go to, open at, start at, don't tell the agent, walk away, reserve price,
we'd settle, we would settle, would accept, will accept, settle for, prepared to pay, willing to pay,
prepared to offer, our offer, our opening offer, opening offer, offered us, their offer, counter offer,
best and final, in talks, owner's agent, heads of terms, not yet signed, before contract, standstill,
standstill period, tender price, tender prices, tender evaluation, tender scores, tendered at, quoted us, quote of,
quoted, day rate, day rates, unit price, unit rates, margin, profit margin, undercut, undercutting, price list,
confidential price, valued it at, secret bid, sealed bid, rent free, going to award, about to award, intend to award,
due to be awarded, will win the contract, set to win, cynigion, pris isaf, have bid, has bid, nobody else has bid,
no one else has bid, only bidder, only bid, will pay, would pay, if pushed, they've offered, has offered,
have offered, bid just, haggle, knock them down, beat them down, getting it when, are getting it, going to get it,
front runner, due diligence, exclusivity, ransom strip, overage, s106 contribution, negotiating, negotiate with,
negotiation
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
