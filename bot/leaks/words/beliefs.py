"""Special categories of UK GDPR, article 9, other than health: faith, origin, orientation, opinions, unions."""

ATTACHED = """
jehovah's witness, jehovah's witnesses, is a muslim, is muslim, is jewish, is a jew, is a christian, is catholic,
is a catholic, is hindu, is a hindu, is sikh, is a sikh, is buddhist, is an atheist, is a mormon, is a pagan,
is a scientologist, converted to, conversion to, born again, prays at, goes to mass, attends mosque, wears a hijab,
fellow muslim, fellow christian, is gay, is a lesbian, is lesbian, is bisexual, is trans, is transgender,
is non binary, is queer, came out, come out as, coming out as, came out as, outed, is transitioning, transitioning,
transitioned, used to be called, dead name, deadname, his boyfriend, her girlfriend, same sex partner,
is in a same sex, having an affair, sex worker, voted for, votes for, voted labour, voted tory, voted conservative,
voted reform, voted green, is a labour, is a tory, is a conservative voter, party member, member of the labour,
member of the conservative, member of reform, card carrying, brexiteer, because of mosque, because of ramadan,
fasting for, goes to mosque, political views, is in the union, are in the union, in the union, joined the union,
union member, union members are, union rep, shop steward, crossed the picket, picket line, refused to strike,
broke the strike, leave to remain, leave to remain was refused, asylum claim, asylum application, seeking asylum,
asylum seeker, refused asylum, visa expired, visa was refused, overstayed, undocumented, illegal immigrant,
here illegally, deported, facing deportation, no recourse, no recourse to public funds, immigration status,
home office refused, settled status, age assessment, is a refugee, from the roma, roma family, roma families,
traveller family, gypsy family, the polish family, the syrian family, the ukrainian family, the romanian family,
the somali family, the afghan family, only black, only asian, only muslim, only jewish, only polish, only gay,
only catholic, only traveller, of mixed race, ukrainian accents, polish accent, foreign accent, yn hoyw, yn lesbiaidd,
yn fwslim, yn iddew, lloches, yn yr undeb, our first trans, first trans, our first gay, first gay, our first muslim,
first muslim, our first black, first black, our first asian, our first female imam, can't speak english,
doesn't speak english, speaks no english, don't speak english, poor english, instead of mosque, instead of church,
left the church, lost her faith, lost his faith, found god, found jesus, goes to church, goes to chapel,
goes to synagogue, are church of england, is church of england, is c of e, strict muslim, strict christian,
plymouth brethren, exclusive brethren, scientology, rastafarian, votes reform, votes labour, votes tory, votes green,
voted leave, voted remain, supports labour, supports reform, lifelong labour, lifelong tory, canvasses for,
campaigned for, britain first, is a socialist, is a marxist, is a unionist, is a republican, in unison, in unite,
in the gmb, joined unison, joined unite, blackleg, strike breaker, wouldn't strike, didn't strike, waiting for papers,
waiting for his papers, waiting for her papers, no papers, biometric card, brp, visa runs out, visa ran out,
spousal visa, spouse visa, sponsored worker, overstayer, asylum turned down, claim turned down, claim was turned down,
been deported, sent back to, came by boat, came on a boat, lorry from, fled syria, fled ukraine, fled afghanistan,
resettlement flat, resettlement house, polyamorous, lives with his boyfriend, lives with her girlfriend,
civil partner, married a man, two mums, two dads, hiv positive, sex change, gender reassignment, was a man,
was a woman, born a boy, born a girl, mixed race, half polish, half jamaican
"""

NAMED = """
communist, muslim, muslims, christian, christians, catholic, jewish, jew, hindu, sikh, buddhist, mosque, synagogue,
gurdwara, church, faith, religion, religious, roma, gypsy, traveller, travellers, polish, romanian, somali, syrian,
afghan, ukrainian, iraqi, kurdish, pakistani, bangladeshi, chinese, african, caribbean, asian, black, ethnic,
ethnicity, race, gay, lesbian, bisexual, trans, transgender, lgbt, lgbtq, lgbt+, pride, queer, union, unison, unite,
gmb, strike, picket, labour, conservative, tory, reform, lib dem, plaid, snp, green party, brexit, asylum, refugee,
refugees, visa, immigration, migrant, migrants, home office, crefydd, ffydd, undeb, ffoadur, ffoaduriaid, eid,
ramadan, diwali, sabbath, church of england, methodist, baptist, evangelical, pentecostal, hijab, turban, kippah,
burka, jehovah*, chapel, prayers, prayer, english, accent, boat, papers, status
"""
