"""Benefits, housing need and debt, said of somebody."""

CLAIM = """
housing benefit stopped, benefit stopped, benefits stopped, benefit was stopped, benefits were stopped, benefit claim,
is on benefits, claims benefits, claiming benefits, living on benefits, on universal credit, her universal credit,
his universal credit, your universal credit, your housing benefit, her housing benefit, his housing benefit,
their housing benefit, your council tax support, sanctioned, been sanctioned, lost her benefits, lost his benefits,
benefit fraud, benefit cheat, didn't declare, did not declare, failed to declare, undeclared, overpaid benefit,
overpayment of, her pip, his pip, your pip, failed her pip, pip was refused, disability benefit, food bank voucher,
food parcel, food parcels, hardship fund, hardship payment, hardship grant, discretionary housing payment,
free school meals, gets free school meals, pupil premium, rent arrears, in arrears, arrears of, months behind,
weeks behind, behind with, behind on, owes us, still owes, owe us, owing us, owes rent, owes the council, hasn't paid,
has not paid, haven't paid, can't pay, non payment, non payer, evicted, eviction, being evicted, been evicted,
notice to quit, possession order, asked to leave, kicked out, thrown out, made homeless, is homeless, homeless again,
sleeping in his car, sleeping in her car, sofa surfing, sleeps rough, sleeps in, sleeping rough, sleeps by, in a tent,
lost his job, lost her job, can't feed, cannot feed, temporary accommodation, temporary flat, emergency accommodation,
bed and breakfast, in a b b, in the travelodge, in the hostel, room in their name, in the night shelter,
night shelter, housing list, housing register, band one, homelessness application, homeless application,
presented as homeless, intentionally homeless, blue badge, care fees, deferred payment, financial assessment,
means tested, her savings, his savings, ôl ddyledion, digartref, budd dal, budd daliadau, sleeping in the,
sleeping in a, living in a tent, living in his car, living in her car, living in their car, discretionary fund,
prepay meter, prepayment meter, last pound, down to her last, down to his last, gas bill, electricity bill,
council tax support has been, has been cancelled as, claim was refused, claim has been refused, claim was rejected,
appeal failed, moved in with, man living with you, partner living with, undeclared partner, cash in hand,
working on the side, no money for, no food in, no heating, no electricity, on the streets, nowhere to go,
nowhere to live, squatting, squatter, hostel room, in our hostel, in temporary, being rehoused, rehoused in,
overcrowded, hasn't paid rent, missed rent, behind on the rent, bailiffs are coming, bailiffs at the door,
eviction notice, warrant for eviction, being made homeless, losing their home, losing her home, losing his home,
losing the house, free uniform, school clothing grant, state pension only, pension credit claim, lost their claim,
cut off by the dwp, cut off by, put by for, sleeping in the bus shelter, sleeping in his, sleeping in her,
sleeping on her, sleeping on his, on her sister's sofa, on his brother's sofa, found a room for, found a flat for,
got the keys to a flat, wet house, no fixed abode, nfa, of no fixed, refused help, refused a bed, duty owed,
not priority, personal housing plan, personalised housing, notice of seeking, suspended possession, demoted tenancy,
mutual exchange because, downsizing because, on the social, on the dole, signs on, signing on, on pip, on esa, on jsa,
on dla, gets pip, gets dla, lost her pip, lost his pip, carer element, loses the car, lose the car, cap on her,
charity parcel, christmas box, toy appeal family
"""

NEED = """
benefit, benefits, universal credit, housing benefit, council tax support, pension credit, pip, dla, esa,
carer's allowance, attendance allowance, hardship, arrears, homeless, homelessness, eviction, rough sleeper, hostel,
poverty, struggling, owes, debt, dwp, dole, giro, sanction, sanctioned, claimant, foodbank voucher, food parcel,
prepay, evicted, b&b, bedsit, overcrowded, squat, begging, beggar, busking, priority need, bedroom tax, benefit cap,
section 21, possession, bailiff, backdated, overpayment, means tested, hard up, skint, penniless, destitute, needy,
can't afford, can't pay, lost his job, lost her job, out of work, zero hours, jobless, laid off
"""

DEBT = """
bankrupt, been bankrupt, made bankrupt, bankruptcy, insolvent, insolvency, ccj, ccjs, county court judgment, iva,
debt relief order, in debt, her debts, his debts, their debts, owes us, still owes, owes, owe us, in arrears,
rent arrears, arrears of, behind with, bailiffs at, bailiffs called, bailiffs have, bailiffs took, liability order,
summons for, summonsed for, unpaid council tax, council tax debt, loan shark, payday loan, gambled, repossessed,
repossession, bounced, bounced cheque, savings of, left her, inheritance, his wages, her wages, credit rating,
credit score, attachment of earnings, deposit guarantee, methdalwr, dyled, dyledion, went bust, gone bust, owes the,
defaulted, default on, missed payments, mortgage arrears, skint, can't pay, cannot pay, unpaid bill, unpaid bills,
unpaid rates, years of business rates, wages garnished, money worries, money troubles, lost everything,
sold the house, up for repossession, house is up for, negative equity, will left, left everything to,
divorce settlement, child maintenance, pawned, clears their, clears his, clears her, pay off his, pay off her,
owes money, in hock, remortgaged, second mortgage, credit card debt, catalogue debt, doorstep lender, gambling debts,
online gambling, slot machines, fruit machines, lost the business, business failed, business folded, winding up order,
sold up, sell the house, selling the house because
"""

FINANCES = """
debt, debts, loan, loans, bailiff, bailiffs, mortgage, wages, income, savings, fine, fines, payment, payments,
council tax, repay, money, owed
"""
