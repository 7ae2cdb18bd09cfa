"""Names and titles by which a person is told from other words.

Given names and surnames are common ones of the countries that people in the UK come from, after the lists of the Office
for National Statistics and National Records of Scotland (baby names) and of common surnames. Names that are everyday
words (Grace, Will, Mark, May ...) count only with a surname, a title or an age beside them.
"""

GIVEN = """
aaliyah aaron abbas abbie abby abdi abdirahman abdul abdullah abdullahi abdulrahman abena abigail abla abu ada adaeze
adam ade adeel adele adrian adriana agnieszka ahmed aicha aidan aiden aileen ailsa aimee aisha aisling akosua alan
alana alastair albert albie aled alejandro aleksander aleksandra aleksy alex alexa alexander alexandra alexis alfie
alfred ali alice alicia alina alisha alison alistair allan alun alwyn alys ama amaka amal amanda amani amara amber
amelia amelie amina aminata amir amira amit amna amrit amy ana anastasia andre andrea andreea andrew andriy andrzej
aneirin anest aneta angela angharad angus anh anika anil anita ankit anna annabel anne annette annie anthony anton
antoni antonio anwen aoife arabella archie aria ariana arjun arkadiusz arlo armaan arnold arthur arun arvind arwel
arwen asha ashley ashraf asif asma astrid athena audrey aurora ava avril ayaan ayan ayesha ayla aysha azadeh azra
babatunde bailey baljit balvinder barbara barnaby barry bartosz basma bassam baz beata beatrice beatrix beca becky
belinda ben benedict benjamin bereket bernadette bernard bernice beryl beth bethan bethany betsy betty bev beverley
bilal biniam bisi blake bobby bogdan bohdan bonnie bozena brandon brayden brenda brendan brian bridget bronagh bronwen
bryan bryn bukola cadi caio caitlin callum calum cameron camilla carl carla carlos carmen carol carole caroline carolyn
caron carwyn carys cassandra cathal catherine cathy catrin catriona caz cecilia ceri cerys chanelle chantelle charlene
charles charlie charlotte chelsea cheryl chiara chidi chidinma chinedu chioma chloe chris christian christina christine
christopher cian ciara ciaran cillian claire clara clare clarissa claudia clementine clive cody colette colin colleen
colm connor conor constance cordelia corey courtney craig cressida cristina cynthia dafydd dai daisy damian damien dan
daniel daniela danielle danny danuta daphne darcey darcie darren dave david davina dawid dawn daz dazza dean debbie
deborah declan deepak deio deirdre dele delroy delyth demi denise dennis denzel derek dermot desmond dev devon dewi
diana diane digby dilwyn dilys dinah dinesh dmytro dolly dominic dominik donald donna donovan dora doreen doris dorota
dorothy dougal douglas dragos duncan dwayne dyfan dylan eabha eamon ebony eddie edie edith edna edward edwina efa efan
efua eileen eilidh eirian eirlys ela elaine elan eleanor elena elin eliot elis elisabeth elise eliza elizabeth ella
ellen ellie elliot elliott ellis eloise elouise elsie elspeth eluned elwyn emeka emil emilia emily emlyn emma emmanuel
emmeline emrys emyr enid enlli enrico eoghan eric erica erin ernest esi esme esmee esther ethan ethel eugene eunice eva
evan evangeline eve evelyn ewa ewan ewelina ezra fadi faduma fahad faisal faith fang farah faraz farhan farid farida
fatima fatou fatoumata federico felicity felix femi fergus ffion fflur fiadh filmon finlay finley finn fiona fionn
fletcher florence florin folake frances francesca francesco francis frank frankie fraser fred freda freddie frederick
freya fumiko funmi funmilayo gabriel gabriela gabrielle gail gareth garfield garry garth gary gavin gaynor gaz geeta
gemma genevieve geoff geoffrey george georgia georgie georgina gerald geraldine gerard gerwyn gethin gian gillian gita
giulia giuseppe gladys glenda glenn glenys glesni gloria glyn gordon graham grant grazyna greg gregor gregory greta
gruff gruffudd gurdeep gurpreet gursharan guto gwawr gwen gwenda gwendolen gwenllian gwenno gwilym gwion gwyn gwyneth
hadiya haf hafsa halima halina halyna hamid hamish hamza hana hania hanif hanna hannah harjit harley harmony harold
haroon harper harpreet harriet harris harrison harry harsha harvey haseeb hassan hawa hayden hayley hazel heather
hector heidi heledd helen helena hema henrietta henry herbert hermione hiba hilary hilda hina hiwot hoda hodan hollie
holly hong howard hubert hugh hugo hui hussain hussein huw hywel ian ianto ibrahim idris idwal iestyn ieuan ifan ifeoma
ifor ifrah ignacy ihor ikra ikram imogen imran ines ingrid ioan iolo iona ionut iqra iram irene irina iris iryna isaac
isabel isabella isabelle isaiah isha isla islwyn ismail ivan ivy iwan iwona izabela jack jackson jacob jacqueline jade
jaden jahid jaime jaina jake jakub jamal jameel james jamie jan jane janet janice janine janusz jared jarvis jasleen
jasmine jason jasper jaspreet jaswinder javed jaxon jaya jayden jayne jean jeanette jeff jeffrey jemima jemma jen jenna
jennifer jenny jeremy jermaine jerome jerzy jess jesse jessica jessie jez jill jim jimmy jing joan joanna joanne
jocelyn jodie jody joe joel johan johanna john johnny jolanta jon jonah jonas jonathan jord jordan jords jorge jose
josef joseph josephine josh joshua josie joyce juan jude judith judy julia julian juliana julie juliet julius junaid
june justin justyna kacper kai kamal kamil kamila kamran karan kareem karen karl karolina karthik kashif kasia
katarzyna kate katherine kathleen kathryn kathy katie katy kavita kayden kayla kayleigh keegan keeley keely keir keira
keith kelechi kelly kelsey kemi ken kendra kenneth kenza kerry kev kevin keziah khadija khadijah khaled khalid khalil
kian kidane kieran kim kimberley kinga kiran kirsten kirstie kirsty kofi kojo konrad kris krishna krystian krzysztof
kulwinder kumar kurt kwabena kwaku kwame kwasi kyle kyra lacey lachlan laila lakshmi lara larissa larry latisha laura
lauren laurence lauryn lavinia lawrence layla leah leanne lee leila len lena lenny leo leon leona leonard leroy lesley
leslie letitia levi lewis lexi li liam libby lidia lila lilian lillian lilly lily lina linda lindiwe lindsay lindsey
ling linh lionel lisa liz lizzie lleucu llinos llio lloyd llyr lola loredana lorenzo loretta lorna lorraine lottie
louis louisa louise lowri luca lucas lucia lucinda lucy luis luka lukasz luke lydia lyn lynda lynette lynn lynne mabel
maciej mackenzie macsen madeleine madison mads magda magdalena maggie mahesh mahmood mahmoud mahmud maira mairi maisie
maja malachi malcolm malgorzata mali malik mamadou mands mandy manjit manon manpreet manuel marc marcel marcia marcin
marco marcus mared margaret margot mari maria mariam mariama marian marianne marie marilyn marina mario marion marissa
marius mariusz marjorie marlene marlon marta martha martin martina martyn marvin mary maryam marzena mason mateusz
matilda matt matteo matthew maud maureen maurice mavis max maximilian maxine maya megan mehdi mehmet mei meinir mel
melanie melissa menna mercy meredith mererid merfyn mia michael michaela michal micheal michelle miguel mihaela mihai
mike mikey mikolaj mila mildred millicent millie milo milosz mina ming minh minnie mirain miranda mirela miriam misbah
mohamed mohammad mohammed mohsin moira molly mona monica monty morag morfydd morgan morven moses muhammad mukesh murdo
muriel musa mustafa myfanwy mykola myles myra myrtle nabeel nadeem nadia nadine nana nancy nansi naomi naresh nasreen
nasrin nat natalia natalie nataliia natasha nath nathan nathaniel naveed nazia neha neil nel nell nellie nerys nesta
ngozi nguyen nia niall niamh nicholas nick nicki nicola nicole nigel nikhil nikita nikki nikola nina nisha nitin nneka
noah noel noelle non noor nora noreen norma norman nosheen nour nuala oakley oana obi obinna octavia odette oisin
oksana ola olaf oleksandr olena olga olive oliver olivia oliwia ollie olu oluwaseun olwen omar oonagh orla oscar osian
oskar osman otis ottilie ousmane owain owen padraig paige pamela paola parisa parminder parveen pascal patience
patricia patrick patrycja paul paula pauline pawel pearl pedro peggy penelope penny percy perry peter petra philip
philippa phillip phoebe phuong phyllis pierre piotr polly pooja poppy preethi priscilla pritam priti priya quentin
rabia rachael rachel rachid radu rafael rafal rafferty rafiq raheem rahul raj rajesh rajinder ralph ralphie raluca
ramesh ramona rana ranjit raphael rashid raul ravi raymond rayyan rebecca reece reena reg reggie regina rehan rekha
renata renee reuben reza rhiain rhian rhiannon rhianwen rhodri rhona rhonda rhydian rhys ricardo richard rick ricky
riley rima rita riya rob robbie robert roberta robin robyn rocco roderick rodney roger rohan rohit roisin roksana
roland roman romeo ron ronald ronan ronnie rory rosa rosalind rosamund rosaria rosemary rosie ross rowan rowena roxanne
roy roza ruairi ruby rudi rukhsana rukhsar rupert russell ruth ryan saad sabina sabrina sade sadhbh sadia sadie saeed
safiya sahar sahra saima sajid salim sally salma salman sam samantha samara sameer samina samir samira samuel sana
sandeep sandra sandy sanjay santiago saoirse sapna sara sarah saskia savannah scarlett scott seamus sean seb sebastian
segun selam selina selma senait seren serena sergio serhiy seth shabana shabnam shahid shakira shane shanice shannon
sharon shaun shauna shaz shazia sheena sheila shell shelley sheridan sherry shilpa shirin shirley shoaib shona shreya
shu sian sibyl siddharth sidney sidra sienna sigrid simon simone simran simranjit sinead siobhan sion sioned sipho
siwan skye slawomir sofia sohail solomon sonia sonja sonny sophia sophie soraya sorcha spencer stacey stan stanislaw
stanley stefan stefania stella steph stephanie stephen steve steven stewart struan stuart sue sukhdeep sukhi suki
sultan sumaira sumaya summer sunil sunita suresh surinder susan susanna susannah susie suzanne svetlana svitlana sybil
sylvia sylwia szymon tabitha tadeusz tahir tahira talia tamara tamsin tania tanisha tanvir tanya tara taras tarek tariq
tash tasneem tatiana taylor tayyab ted teddy tegan tegwen temi terence teresa terry tesfaye tess tessa thabo thandi
thandiwe thea thelma theo theodore theresa thi thomas tia tiago tiana tiffany tim timothy tina tirion tobias toby tolu
tom tomas tomasz tomi tommy tomos toni tony torquil tracey tracy tran trevor tricia trish trisha tristan trudy tudor
tunde twm tyler tyrese tyrone uche uchenna umair umar una ursula usama usha usman uzma valentina valerie vanessa vasile
vera verity vernon veronica vic vicki vicky victor victoria vihaan vijay vikram vince vincent viola violet vitaliy
vivek vivian vivienne volodymyr wafa walid walter wanda waqar warren wasim wayne wei wendy wesley whitney wieslaw
wiktor wiktoria wilfred will william willow wilma winifred winnie winston wojciech wyn wynne xander xavier xin yahya
yan yasin yasmeen yasmin yasmine yaw yetunde yinka yohannes yolanda younis yousef yuki yulia yusuf yvette yvonne zac
zachary zack zahara zahid zahra zain zainab zak zanele zara zayd zayn zbigniew zeeshan zeinab zeynep ziad zoe zofia
zohra zsofia zubair zuzanna
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
