"""Names and titles by which a person is told from other words.

Given names and surnames are common ones of the countries that people in the UK come from, after the lists of the Office
for National Statistics and National Records of Scotland (baby names) and of common surnames. Names that are everyday
words (Grace, Will, Mark, May ...) count only with a surname, a title or an age beside them.
"""

GIVEN = """
aaliyah aaron abbie abby abdi abdul abdullah abdulrahman abena abigail abu ada adaeze adam adele adrian adriana ahmed
aicha aidan aileen ailsa aimee aisha aiden aisling akosua alan alana alastair albert aled alejandro aleksander
aleksandra alex alexa alexander alexandra alexis alfie alfred ali alice alicia alina alisha alison alistair allan alun
ama alwyn amanda amani amara amber amelia amelie amina amir amira amit amna amrit amy ana anastasia andre andrea andreea
andrew andrzej aneirin aneta angela angharad angus anika anil anita anna annabel anne annette annie anthony antoni
antonio anton anwen aoife arabella aria archie ariana arjun arlo armaan arnold arthur arun arwel arwen asha ashley
ashraf asif asma astrid athena audrey aurora ava avril ayaan ayan ayesha ayla aysha azra babatunde bailey bartosz
barbara barry basma beata beatrice becky belinda ben benedict benjamin bernadette bernard bernice beryl beth bethan
bethany betty beverley bilal blake bogdan bonnie brandon brenda brendan brian bridget bronagh bronwen bryan bryn
bukola caitlin callum calum cameron camilla carl carla carlos carmen carol carole caroline carolyn caron carwyn
carys cassandra catherine cathy catrin cecilia ceri cerys chantelle charlene charles charlie charlotte chelsea cheryl
chiara chidi chinedu chioma chloe chris christian christina christine christopher ciara ciaran claire clara clare
clarissa claudia clive cody colette colin colleen colm connor conor constance corey courtney craig cressida cynthia
daisy dafydd dai damian damien dan daniel daniela danielle danny daphne darcey darcie darren dave david davina dawid
dawn dean deborah debbie declan deirdre delroy delyth denise dennis denzel derek dermot desmond dev devon dewi diana
diane dilys dilwyn dinah dominic dominik donald donna donovan dora doreen doris dorota dorothy dougal douglas duncan
dwayne dylan dyfan eamon ebony eddie edith edna edward edwina efa eileen eilidh eirlys ela elaine eleanor elena elin
eliot elis elisabeth elise eliza elizabeth ella ellen ellie elliot elliott ellis eloise elouise elsie elspeth eluned
elwyn emeka emil emilia emily emlyn emma emmanuel emmeline emrys emyr enid enrico eric erica erin ernest esme esmee
esther ethan ethel eugene eunice eva evan evangeline eve evelyn ewa ewan fahad faisal faith farah farhan farida fatima
fatou federico felicity felix femi fergus ffion finlay finley finn fiona fionn fletcher florence folake frances
francesca francis francesco frank frankie fraser fred freda freddie frederick freya fumiko gabriel gabriela gabrielle
gail gareth garfield garth gary gavin gaynor gaz geeta gemma genevieve geoff geoffrey george georgia georgie georgina
gerald geraldine gerard gerwyn gethin gian gillian gita giulia giuseppe gladys glenda glenn glenys glyn gloria
gordon graham grant grazyna greg gregory gregor greta gurpreet gursharan gwen gwenda gwendolen gwenllian gwilym gwyn
gwyneth hafsa hamish hamza hana hanif hanna hannah harjit harley harmony haroon harold harper harriet harris harrison
harry harsha harvey haseeb hassan hayden hayley hazel heather hector heidi helen helena henrietta henry herbert
hermione hilary hilda hollie holly howard hubert hugh hugo huw hussain hussein hywel ian ibrahim idris iestyn ieuan
ifan ifor ignacy ikram ikra imogen imran ines ingrid ioan iolo iona iqra irene irina iris isaac isabel isabella
isabelle isaiah isha isla islwyn ismail ivan ivy iwan izabela jack jackson jacob jacqueline jade jaden jahid jaime
jaina jake jakub jamal james jameel jamie jan jane janet janice janine janusz jared jarvis jasleen jasmine jason
jaspreet jasper javed jaxon jaya jayden jayne jean jeanette jeff jeffrey jemima jemma jen jenna jennifer jenny jeremy
jerome jerzy jess jesse jessica jessie jill jim jimmy joan joanna joanne jocelyn jodie jody joe joel johan johanna
john johnny jon jonah jonas jonathan jordan jorge jose josef joseph josephine josh joshua josie joyce juan jude judith
judy julia julian juliana julie juliet julius june justin justyna kacper kai kamal kamil kamila kamran karan kareem
karen karl karolina karthik kasia kate katarzyna katherine kathleen kathryn kathy katie katy kayden kayla kayleigh
keegan keeley keir keira keith kelly kelsey ken kendra kenneth kenza kerry kevin keziah khadija khadijah khalid khalil
kian kieran kim kimberley kinga kiran kirsten kirstie kirsty kofi kojo konrad kris krishna krystian krzysztof kumar
kurt kwabena kwame kwasi kyle kyra lacey lachlan laila lakshmi lara larissa larry latisha laura lauren laurence
lauryn lavinia lawrence layla leah leanne lee leila len lena lenny leo leon leona leonard leroy leslie lesley letitia
levi lewis lexi liam libby lidia lila lilian lillian lilly lily lina linda lindsay lindsey lionel lisa liz lizzie
llinos lloyd llyr lola lorenzo loretta lorna lorraine lottie louis louisa louise luca lucas lucia lucinda lucy luis
luka lukasz luke lydia lyn lynda lynn lynne lynette mabel maciej mackenzie madeleine madison mads magda magdalena
maggie mahmoud mahmood maisie maja malachi malcolm malgorzata malik mandy manjit manuel marc marcel marcia marcin
marco marcus margaret margot maria mariam marian marianne mariam marie marilyn marina mario marion marissa marjorie
marlene marlon marta martha martin martina martyn marvin mary maryam marzena mason mateusz matilda matt matteo matthew
maud maureen maurice mavis max maxine maximilian maya mehmet megan mehdi mei mel melanie melissa mercy meredith mererid
merfyn mia michael michaela micheal michal michelle miguel mihaela mike mikey mikolaj mila mildred millicent millie
milo mina minnie miranda miriam mirela misbah mohamed mohammad mohammed mohsin moira molly mona monica morag morgan
morfydd moses muhammad muriel musa mustafa myfanwy myles myra myrtle nadia nadine nana nancy naomi nasreen nasrin
natalia natalie natasha nathan nathaniel naveed neil nell nellie nerys nesta ngozi nia niall niamh nicholas nick nicki
nicola nicole nigel nikhil nikita nikki nina nisha noah noel noelle noor nora noreen norma norman nosheen nuala oakley
obi octavia odette ola olaf olga olive oliver olivia ollie olu oluwaseun olwen oliwia omar oonagh oscar osian osman
otis owain owen padraig pamela paola parminder parveen pascal patience patricia patrick patrycja paul paula pauline
pawel pearl pedro peggy penelope penny percy perry peter petra philip philippa phillip phoebe phyllis pierre piotr
polly poppy preethi priscilla priti priya quentin rabia rachael rachel rachid rafael rafal rafiq raheem rahul raj
rajesh ralph ramesh ramona ranjit raphael rashid raul ravi raymond rayyan rebecca reece reena reg reggie regina rehan
renata renee reuben rhian rhiannon rhianwen rhodri rhona rhonda rhydian rhys ricardo richard rick ricky riley rita
riya rob robbie robert roberta robin robyn rocco roderick rodney roger rohan roisin roksana roland roman romeo ron
ronald ronan ronnie rory rosa rosalind rosamund rosaria rosemary rosie ross rowan rowena roxanne roy roza ruairi
ruby rudi rukhsana rupert russell ruth ryan saad sabina sabrina sadia sadie saeed safiya sahar saima sajid salim sally
salma salman sam samantha samara sameer samina samir samuel sana sandeep sandra sandy sanjay santiago saoirse sapna
sara sarah saskia savannah scarlett scott seamus sean sebastian seb selina selma seren serena sergio seth shabana
shahid shakira shane shanice shannon sharon shaun shauna shazia sheena sheila shelley sheridan sherry shirley shona
shreya shu sian sibyl sidney siddharth sienna sigrid simon simone simran sinead siobhan sion skye sofia solomon sonia
sonja sonny sophia sophie spencer stacey stan stanislaw stanley stefan stella stephanie stephen steve steven stewart
stuart sue suki sukhdeep sultan sumaya summer sunil sunita surinder susan susanna susannah susie suzanne svetlana
sybil sylvia sylwia tabitha tadeusz tahir talia tamara tamsin tania tanisha tanvir tanya tara tariq tasneem tatiana
taylor ted tegan teresa terence terry tess tessa thabo thandiwe thea thelma theo theodore theresa thomas tia tiago
tiana tiffany tim timothy tina tobias toby tom tomas tomasz tommy tomos toni tony tracey tracy trevor tricia trish
trisha tristan trudy tudor tyler tyrone uche una umar ursula usman uzma valentina valerie vanessa vasile vera verity
vernon veronica vic vicki vicky victor victoria vihaan vijay vikram vince vincent viola violet vivian vivienne wafa
walter wanda warren wasim wayne wendy wesley whitney wiktor wiktoria wilfred will william willow wilma winifred
winston wojciech wyn wynne xander xavier yahya yan yasin yasmin yasmine yetunde yolanda younis yousef yuki yusuf yvette
yvonne zac zachary zack zahid zahra zain zainab zak zara zayd zayn zeinab zeynep zoe zofia zohra zsofia zuzanna
"""

WORDLIKE = """
angel angus art august autumn blossom buddy candy chase cherry chip crystal dawn destiny earl ebony eve faith fern
flora forest grace grant harmony harper hazel heather holly honor hope hunter iris ivy jade jewel jordan justice lance
lane lark laurel liberty lily lincoln major may mercy miracle misty myrtle olive opal patience penny perry poppy
precious prince prudence rain river rocky roman rose rosemary rowan rusty sage savannah scarlett scout shannon sky
skye star sterling summer sunny verity violet virginia ward will willow winter
"""
"""Names that are everyday words."""

SOFT = """
al ally amber april ben bill bo bob bonnie cam carol clay cliff daisy dale dean dee dev don drew duke ed frank gene
glen guy jack jasmine jay jean jo joy june kit lee liv lou marina mark martin mason max miles mo nick noel pam pat
patty paul pearl peter pip ray reed reg reuben rich rob robin rod ruby sandy stan sue tom troy victor victoria wade
woody
"""
"""Names that begin sentences as words, but within a sentence are names."""

SURNAMES = """
abbott abdi adams adeyemi ahmed akhtar alexander ali allen andrews anderson archer armstrong ashton asante ashworth
atkins atkinson austin bailey baker baldwin banda banks barber barker barlow barnes barnett barrett barton bates beattie
beck begum bell bennett benson berry bevan bhatt birch bird black blackburn blake bond booth bowen boyd boyle bradley
bradshaw brady brennan briggs brooks brown browne bruce bryant buckley burgess burke burns burton butcher butler byrne
cameron campbell carpenter carr carroll carter cartwright chadwick chambers chan chandler chapman charlton chatterjee
chaudhry chen choudhury chowdhury clark clarke clayton coates cole coleman coles collins connolly connor conway cook
cooke cooper cox craig crawford cross cunningham curtis dale daly daniels davey davidson davies davis davison dawson day
dean desai devi dhillon diallo dickinson dixon dobson dodd doherty donnelly douglas doyle duffy duncan dunn dyer
eccles edwards elliott ellis ellison evans farmer farrell faulkner ferguson fernandes field finch fisher fitzgerald
fitzpatrick fleming fletcher flynn forbes ford forster foster fowler fox francis franklin fraser freeman french frost
fry fuller gallagher garcia gardiner gardner garner gibbons gibbs gibson gilbert giles gill glover goddard godfrey
goodman goodwin gordon gough graham grant gray green greenwood gregory grewal griffin griffiths gupta hall hamilton
hammond hancock harding hardy harper harris harrison hart hartley harvey hassan hawkins hayes haynes heath henderson
henry hewitt hicks higgins hill hilton hobbs hodgson holden holland holloway holmes holt hooper hope hopkins horton
houghton howard howarth howe howell howells hudson hughes humphreys hunt hunter hurst hussain hussein hutchinson
ibrahim iqbal islam jackson jacobs james jarvis jenkins jennings johal john johnson johnston jones jordan joseph joshi
kamara kaur kay kaye kelly kemp kennedy kent kerr khalid khan king kirby kirk knight knowles kowalski kowalczyk kumar
lamb lambert lane law lawrence lawson leach lee lees leigh leonard lewandowski lewis li lin little liu lloyd long lord
lowe lucas lynch macdonald mackay mackenzie mahmood malik mann manning marsden marsh marshall martin mason matthews may
mccarthy mcdonald mckenzie mclean mclaughlin mehta mellor mensah middleton miller mills mistry mitchell mohamed mohamud
moore moran morgan morley morris morrison morton moss murphy murray mwangi myers nash naylor nelson newman newton nguyen
nicholls nicholson nixon noble nolan norman norris norton nowak nunn oakley obi oconnor odonnell okafor okonkwo oliver
oneill osborne osei owen owens palmer parker parkin parkinson parry parsons patel patterson payne peacock pearce
pearson perera perkins perry peters phillips pickering pierce pike pollard poole pope porter potter potts powell power
pratt preston price pritchard pugh qureshi quinn rahman randall rees read reed rees reid reynolds rhodes rice richards
richardson riley roberts robertson robinson robson rodriguez rogers rose ross rowe rowland rowlands russell ryan
sanders sanderson sandhu saunders savage schofield scott sen shah sharma sharp sharpe shaw shepherd short siddiqui
silva simmons simpson sims sinclair singh skinner slater smart smith spencer stanley steele stephens stephenson stevens
stevenson stewart stone storey stuart sullivan summers sutton swift sykes szymanski talbot taylor thomas thompson
thomson thornton thorpe todd tomlinson townsend tran tucker turnbull turner tyler vaughan vincent wade walker wallace
wallis walsh walters walton wang ward warner warren waters watkins watson watts weaver webb webster welch wells west
weston whelan white whitehead whitehouse whittaker wilkins wilkinson williams williamson willis wilson winter wong
wood woods woodward wright wu wyatt yang yates young yusuf zaman zhang zielinski
"""

TITLES = (
    "mr mrs ms miss mx dr madame monsieur señora señor herr frau mister rev revd father sister nurse prof "
    "professor pc dc wpc"
)
"""Titles of anybody."""

PUBLIC_TITLES = """
cllr, councillor, cllrs, councillors, cynghorydd, alderman, the mayor, mayor, lord mayor, lady mayoress, mayoress, maer,
mp, mps, member of parliament, sir, dame, lord, lady, baroness, baron, viscount, duke, duchess, prince, princess, king,
queen, hrh, his majesty, her majesty, bishop, archbishop, canon, dean of, minister, secretary of state, prime minister,
first minister, high sheriff, lord lieutenant, deputy lieutenant, chief constable, police and crime commissioner, pcc,
saint, st
"""
"""Titles of people in public life, whose names are public."""
