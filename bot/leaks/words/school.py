"""What a school keeps about a pupil."""

RECORD = """
permanently excluded, been excluded, was excluded, is excluded, got excluded, excluded for, excluded from,
exclusion of, expelled, suspended from school, been suspended, was suspended, suspended for, fixed term exclusion,
managed move, off rolled, ehcp, ehc plan, education health and care plan, statement of, on the sen register,
sen support, one to one support, one to one ta, his one to one, her one to one, ear defenders, behaviour plan,
behaviour log, behaviour report, on report, in isolation, detention, attendance is, attendance of, attendance was,
unauthorised absence, truant*, bunking off, fine for, holiday fine, penalty notice for, school refus*, refuses school,
reading age, predicted grade*, failed her, failed his, failed all, failed maths, bottom set, bottom of the class,
remedial, held back, sats score, scored the lowest, lowest in the class, lowest mark, is behind, behind in,
can't read, cannot read, dyslexi*, dyspraxi*, selective mute, meltdown, meltdowns, wets himself, wets herself,
bullied, was bullied, being bullied, bullying, is a bully, hit another, bit another, bit a, threw a chair,
brought a knife, brought the knife, caught vaping, caught with, home educated, home schooled, free school meals,
pupil premium, looked after, special school, pru, alternative provision, educational psychologist, ed psych,
speech therapy, ei wahardd o'r ysgol, ei gwahardd o'r ysgol, cynllun datblygu unigol, anghenion dysgu ychwanegol,
who bit, bit two, bites other, bites children, spits at, hits other, swore at, sworn at, kicked a teacher,
hit a teacher, ran out of class, runs off, absconds, reduced timetable, part time timetable, restrained,
positive handling, in the withdrawal, time out room, thrickle, sendco, in the bottom, lowest set, kept down,
repeat the year, repeating year, resitting, retaking, cheated, cheating, exam leak, over the exam, plagiar*, copied,
plagiarised, failed everything, got a 1, got a u, needs a scribe, needs extra time, one to one, doesn't have his one,
doesn't have her one, always with, new to english, eal, can't speak english, can't tie, still in nappies, nappies,
not toilet trained, toilet trained, speech delay, non verbal, non-verbal, stammer, school phobic, school anxiety,
persistent absentee, off school since, hasn't been in since, missing education, elective home, gone to the pru,
in the pru, at the pru, sent to the pru, fire starter, firestarter, taken off him for, taken off her for,
bus pass has been taken, bus pass taken, banned from the bus, banned from the trip, banned from prom, missing prom,
not allowed on the trip, can't go on the trip, sent home from, kept in at, kept behind, red card for, yellow card for,
exclusion for, excluded over, excluded until, back from exclusion, returning from exclusion, one page profile,
pupil passport, ed psych report, sent for assessment, sensory diet, weighted blanket, ear muffs, changing bed,
feeding plan, intimate care, wee accident, reading below, working below, below expected, didn't get into,
failed the eleven plus, failed the 11 plus, failed entrance, lost her place, lost his place, off roll, deregistered,
taken out of school, pulled out of school, dinner money, dinner debt, owes dinner, hasn't paid for the trip,
couldn't pay for
"""

MATTER = """
excluded, exclusion, sen, senco, special needs, detention, lateness, late again, fine, tenerife, term time holiday,
gwahardd, presenoldeb, pru, naughty, unruly, disruptive, spitting, biting, swearing, vaping, phone confiscated,
confiscated, bullied, bully, isolation, suspended, dyslexic, dyslexia, dyspraxia, speech therapy, one to one,
support assistant, ehcp, iep, pupil premium, resit, predicted, report card, school report, eleven plus, entrance exam
"""
