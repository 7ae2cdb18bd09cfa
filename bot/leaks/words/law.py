"""Offences and what follows them, said of somebody."""

RECORD = """
arrested, was arrested, been arrested, charged with, been charged, on bail, bailed, on remand, remanded, convicted,
conviction, convictions, criminal record, spent conviction, previous convictions, failed dbs, dbs came back,
dbs check came, cautioned, a caution, under caution, in prison, out of prison, from prison, in jail, was jailed,
been jailed, jailed for, served time, did time, months inside, years inside, inside for, did six months, did two years,
released from, released on licence, on licence, on probation, probation officer, on tag, tagged, electronic tag,
ankle tag, community payback, unpaid work, hours for the, youth offending, yot worker, reprimand, sex offender,
sex offenders register, registered offender, registered sex, paedophile, known offender, ex offender, dealing,
drug dealing, dealing drugs, dealer, bag of pills, wrap of, wraps of, cannabis farm, growing cannabis, possession of,
caught shoplifting, shoplifting, was caught stealing, caught stealing, stole from, stealing from, has been stealing,
helped himself to, helped herself to, fiddled, embezzled, playing field money, hand in the till, fraud investigation,
being investigated, under investigation, is being prosecuted, being prosecuted, interviewed by police,
interviewing him, interviewing her, interviewed under, police interviewed, questioned by, helping police,
drink driving, drink driver, drunk driving, banned from driving, lost his licence, lost her licence, lifted the,
we lifted, nicked for, nicked, raided, asbo, banning order, criminal behaviour order, pub assault, the assault,
assaulted, punched, stabbed, attacked, threatened, harassing, stalking, set fire to, started the fire, arson,
vandalised, smashed, brought the knife, carrying a knife, arestio, euogfarn, carchar, cyhuddo, ar fechnïaeth
"""

OFFENCE = """
theft, thief, burglar*, robbery, fraud, assault, offence, offences, offender, offending, crime, criminal, court, police,
drugs, cannabis, cocaine, heroin, knife, weapon, prison, jail, sentence, sentenced, guilty, probation, payback, bail,
domestic violence, harassment, speeding, fly tipping, fly tipped, antisocial behaviour, anti social behaviour,
vandalism, warrant, custody, cells, trosedd, heddlu, llys, dwyn
"""
