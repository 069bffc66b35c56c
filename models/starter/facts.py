"""What the starter knows by heart: facts with ways to ask for them, and wordings kept for the test.

Owns the facts and their questions. Each fact is (topic, entity, answer sentence, the words that must be in the answer);
`ASK` and `ASK_TEST` hold the wordings of a topic, `{e}` stands for the entity.
"""

# ruff: noqa: E501, SIM905, D101 (tables are kept as long rows)

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    topic: str
    entity: str
    answer: str
    core: str


CAPITALS = (
    "Afghanistan:Kabul,Albania:Tirana,Algeria:Algiers,Andorra:Andorra la Vella,Angola:Luanda,Argentina:Buenos Aires,Armenia:Yerevan,"
    "Australia:Canberra,Austria:Vienna,Azerbaijan:Baku,the Bahamas:Nassau,Bahrain:Manama,Bangladesh:Dhaka,Barbados:Bridgetown,"
    "Belarus:Minsk,Belgium:Brussels,Belize:Belmopan,Benin:Porto-Novo,Bhutan:Thimphu,Bosnia and Herzegovina:Sarajevo,Botswana:Gaborone,"
    "Brazil:Brasilia,Brunei:Bandar Seri Begawan,Bulgaria:Sofia,Burkina Faso:Ouagadougou,Cambodia:Phnom Penh,Cameroon:Yaounde,"
    "Canada:Ottawa,Chad:N'Djamena,Chile:Santiago,China:Beijing,Colombia:Bogota,Costa Rica:San Jose,Croatia:Zagreb,Cuba:Havana,"
    "Cyprus:Nicosia,the Czech Republic:Prague,Denmark:Copenhagen,the Dominican Republic:Santo Domingo,Ecuador:Quito,Egypt:Cairo,"
    "El Salvador:San Salvador,Eritrea:Asmara,Estonia:Tallinn,Ethiopia:Addis Ababa,Fiji:Suva,Finland:Helsinki,France:Paris,Gabon:Libreville,"
    "Georgia:Tbilisi,Germany:Berlin,Ghana:Accra,Greece:Athens,Guatemala:Guatemala City,Guyana:Georgetown,Haiti:Port-au-Prince,"
    "Honduras:Tegucigalpa,Hungary:Budapest,Iceland:Reykjavik,India:New Delhi,Indonesia:Jakarta,Iran:Tehran,Iraq:Baghdad,Ireland:Dublin,"
    "Italy:Rome,Jamaica:Kingston,Japan:Tokyo,Jordan:Amman,Kazakhstan:Astana,Kenya:Nairobi,Kuwait:Kuwait City,Kyrgyzstan:Bishkek,"
    "Laos:Vientiane,Latvia:Riga,Lebanon:Beirut,Liberia:Monrovia,Libya:Tripoli,Liechtenstein:Vaduz,Lithuania:Vilnius,Luxembourg:Luxembourg City,"
    "Madagascar:Antananarivo,Malawi:Lilongwe,Malaysia:Kuala Lumpur,the Maldives:Male,Mali:Bamako,Malta:Valletta,Mauritius:Port Louis,"
    "Mexico:Mexico City,Moldova:Chisinau,Mongolia:Ulaanbaatar,Montenegro:Podgorica,Morocco:Rabat,Mozambique:Maputo,Namibia:Windhoek,"
    "Nepal:Kathmandu,the Netherlands:Amsterdam,New Zealand:Wellington,Nicaragua:Managua,Niger:Niamey,Nigeria:Abuja,North Korea:Pyongyang,"
    "North Macedonia:Skopje,Norway:Oslo,Oman:Muscat,Pakistan:Islamabad,Panama:Panama City,Paraguay:Asuncion,Peru:Lima,"
    "the Philippines:Manila,Poland:Warsaw,Portugal:Lisbon,Qatar:Doha,Romania:Bucharest,Russia:Moscow,Rwanda:Kigali,Samoa:Apia,"
    "Saudi Arabia:Riyadh,Senegal:Dakar,Serbia:Belgrade,Sierra Leone:Freetown,Slovakia:Bratislava,Slovenia:Ljubljana,Somalia:Mogadishu,"
    "South Korea:Seoul,Spain:Madrid,Sudan:Khartoum,Sweden:Stockholm,Switzerland:Bern,Syria:Damascus,Taiwan:Taipei,Tajikistan:Dushanbe,"
    "Thailand:Bangkok,Togo:Lome,Trinidad and Tobago:Port of Spain,Tunisia:Tunis,Turkey:Ankara,Turkmenistan:Ashgabat,Uganda:Kampala,"
    "Ukraine:Kyiv,the United Arab Emirates:Abu Dhabi,the United Kingdom:London,England:London,Scotland:Edinburgh,Wales:Cardiff,"
    "Northern Ireland:Belfast,the United States:Washington D.C.,Uruguay:Montevideo,Uzbekistan:Tashkent,Venezuela:Caracas,Vietnam:Hanoi,"
    "Yemen:Sana'a,Zambia:Lusaka,Zimbabwe:Harare"
)
SYMBOLS = (
    "hydrogen:H:1,helium:He:2,lithium:Li:3,beryllium:Be:4,boron:B:5,carbon:C:6,nitrogen:N:7,oxygen:O:8,fluorine:F:9,neon:Ne:10,"
    "sodium:Na:11,magnesium:Mg:12,aluminum:Al:13,silicon:Si:14,phosphorus:P:15,sulfur:S:16,chlorine:Cl:17,argon:Ar:18,potassium:K:19,"
    "calcium:Ca:20,titanium:Ti:22,chromium:Cr:24,manganese:Mn:25,iron:Fe:26,cobalt:Co:27,nickel:Ni:28,copper:Cu:29,zinc:Zn:30,"
    "arsenic:As:33,bromine:Br:35,krypton:Kr:36,silver:Ag:47,tin:Sn:50,iodine:I:53,xenon:Xe:54,tungsten:W:74,platinum:Pt:78,gold:Au:79,"
    "mercury:Hg:80,lead:Pb:82,radon:Rn:86,radium:Ra:88,uranium:U:92,plutonium:Pu:94"
)
YEARS = (
    "did world war one begin:World War One began in 1914.;did world war one end:World War One ended in 1918.;"
    "did world war two begin:World War Two began in 1939.;did world war two end:World War Two ended in 1945.;"
    "did the french revolution begin:The French Revolution began in 1789.;did the berlin wall fall:The Berlin Wall fell in 1989.;"
    "did people first land on the moon:People first landed on the moon in 1969.;did the titanic sink:The Titanic sank in 1912.;"
    "did columbus reach america:Columbus reached America in 1492.;was the declaration of independence signed:The Declaration of Independence is from 1776.;"
    "was the battle of hastings:The Battle of Hastings was in 1066.;was the magna carta sealed:The Magna Carta was sealed in 1215.;"
    "did the american civil war end:The American Civil War ended in 1865.;did the american civil war begin:The American Civil War began in 1861.;"
    "did the russian revolution happen:The Russian Revolution was in 1917.;was the great fire of london:The Great Fire of London was in 1666.;"
    "did constantinople fall:Constantinople fell in 1453.;was the battle of waterloo:The Battle of Waterloo was in 1815.;"
    "was the first airplane flight of the wright brothers:The Wright brothers first flew in 1903.;did the wall street crash happen:The Wall Street crash was in 1929.;"
    "was the united nations founded:The United Nations was founded in 1945.;was the eiffel tower finished:The Eiffel Tower was finished in 1889.;"
    "was sputnik launched:Sputnik was launched in 1957.;did the soviet union end:The Soviet Union ended in 1991.;"
    "did yuri gagarin fly into space:Yuri Gagarin flew into space in 1961.;did vesuvius bury pompeii:Vesuvius buried Pompeii in the year 79.;"
    "did the western roman empire fall:The Western Roman Empire fell in the year 476.;was julius caesar killed:Julius Caesar was killed in 44 BC.;"
    "did the spanish civil war begin:The Spanish Civil War began in 1936.;did the chernobyl accident happen:The Chernobyl accident was in 1986.;"
    "were the first modern olympic games:The first modern Olympic Games were in 1896.;did india become independent:India became independent in 1947.;"
    "was nelson mandela freed:Nelson Mandela was freed in 1990.;was shakespeare born:Shakespeare was born in 1564.;was mozart born:Mozart was born in 1756.;"
    "was einstein born:Einstein was born in 1879.;was beethoven born:Beethoven was born in 1770.;did napoleon die:Napoleon died in 1821.;"
    "was charles darwin born:Charles Darwin was born in 1809.;was leonardo da vinci born:Leonardo da Vinci was born in 1452.;"
    "was isaac newton born:Isaac Newton was born in 1643.;was galileo born:Galileo was born in 1564.;was mahatma gandhi born:Mahatma Gandhi was born in 1869."
)
# who question : answer : core
WHO = (
    "wrote hamlet:William Shakespeare wrote Hamlet.:Shakespeare;wrote romeo and juliet:William Shakespeare wrote Romeo and Juliet.:Shakespeare;"
    "wrote macbeth:William Shakespeare wrote Macbeth.:Shakespeare;wrote don quixote:Miguel de Cervantes wrote Don Quixote.:Cervantes;"
    "wrote the odyssey:The Odyssey is said to be by Homer.:Homer;wrote pride and prejudice:Jane Austen wrote Pride and Prejudice.:Austen;"
    "wrote oliver twist:Charles Dickens wrote Oliver Twist.:Dickens;wrote moby dick:Herman Melville wrote Moby Dick.:Melville;"
    "wrote war and peace:Leo Tolstoy wrote War and Peace.:Tolstoy;wrote crime and punishment:Fyodor Dostoevsky wrote Crime and Punishment.:Dostoevsky;"
    "wrote frankenstein:Mary Shelley wrote Frankenstein.:Shelley;wrote dracula:Bram Stoker wrote Dracula.:Stoker;wrote faust:Goethe wrote Faust.:Goethe;"
    "wrote alice in wonderland:Lewis Carroll wrote Alice in Wonderland.:Carroll;wrote treasure island:Robert Louis Stevenson wrote Treasure Island.:Stevenson;"
    "wrote the divine comedy:Dante wrote the Divine Comedy.:Dante;wrote les miserables:Victor Hugo wrote Les Miserables.:Hugo;"
    "wrote the time machine:H. G. Wells wrote The Time Machine.:Wells;wrote around the world in eighty days:Jules Verne wrote Around the World in Eighty Days.:Verne;"
    "wrote the hobbit:J. R. R. Tolkien wrote The Hobbit.:Tolkien;wrote harry potter:J. K. Rowling wrote Harry Potter.:Rowling;"
    "wrote nineteen eighty four:George Orwell wrote Nineteen Eighty-Four.:Orwell;wrote animal farm:George Orwell wrote Animal Farm.:Orwell;"
    "wrote the origin of species:Charles Darwin wrote On the Origin of Species.:Darwin;painted the mona lisa:Leonardo da Vinci painted the Mona Lisa.:Leonardo;"
    "painted the last supper:Leonardo da Vinci painted The Last Supper.:Leonardo;painted the starry night:Vincent van Gogh painted The Starry Night.:van Gogh;"
    "painted guernica:Pablo Picasso painted Guernica.:Picasso;painted the sistine chapel ceiling:Michelangelo painted the ceiling of the Sistine Chapel.:Michelangelo;"
    "painted the scream:Edvard Munch painted The Scream.:Munch;painted the night watch:Rembrandt painted The Night Watch.:Rembrandt;"
    "painted the girl with a pearl earring:Vermeer painted Girl with a Pearl Earring.:Vermeer;composed the magic flute:Mozart composed The Magic Flute.:Mozart;"
    "composed the four seasons:Antonio Vivaldi composed The Four Seasons.:Vivaldi;composed the ninth symphony ode to joy:Beethoven composed the Ode to Joy.:Beethoven;"
    "composed swan lake:Tchaikovsky composed Swan Lake.:Tchaikovsky;invented the telephone:Alexander Graham Bell patented the telephone.:Bell;"
    "invented the light bulb:Thomas Edison made the first practical light bulb.:Edison;invented the printing press:Johannes Gutenberg built the printing press in Europe.:Gutenberg;"
    "invented the world wide web:Tim Berners-Lee invented the World Wide Web.:Berners-Lee;invented dynamite:Alfred Nobel invented dynamite.:Nobel;"
    "invented the steam locomotive:Richard Trevithick built the first steam locomotive.:Trevithick;invented the airplane:The Wright brothers built the first powered airplane.:Wright;"
    "discovered penicillin:Alexander Fleming discovered penicillin.:Fleming;discovered gravity:Isaac Newton described gravity.:Newton;"
    "discovered radium:Marie and Pierre Curie discovered radium.:Curie;discovered x rays:Wilhelm Roentgen discovered X-rays.:Roentgen;"
    "developed the theory of relativity:Albert Einstein developed the theory of relativity.:Einstein;was the first person on the moon:Neil Armstrong was the first person on the moon.:Armstrong;"
    "was the first person in space:Yuri Gagarin was the first person in space.:Gagarin;was the first woman in space:Valentina Tereshkova was the first woman in space.:Tereshkova;"
    "was the first president of the united states:George Washington was the first president of the United States.:Washington;"
    "was the first emperor of rome:Augustus was the first Roman emperor.:Augustus;was the first person to climb mount everest:Edmund Hillary and Tenzing Norgay first climbed Mount Everest.:Hillary;"
    "first reached the south pole:Roald Amundsen first reached the South Pole.:Amundsen;first sailed around the world:The expedition of Magellan and Elcano first sailed around the world.:Magellan;"
    "was cleopatra:Cleopatra was a queen of ancient Egypt.:queen;was ada lovelace:Ada Lovelace was a mathematician and an early programmer.:mathematician;"
    "was alan turing:Alan Turing was a founder of computer science.:computer science;was marie curie:Marie Curie was a physicist who studied radioactivity.:physicist;"
    "was socrates:Socrates was a philosopher of ancient Athens.:philosopher;was napoleon:Napoleon was an emperor of France.:emperor;"
    "was galileo:Galileo was an Italian astronomer.:astronomer;was mozart:Mozart was an Austrian composer.:composer;was florence nightingale:Florence Nightingale was a founder of modern nursing.:nursing"
)
# what/which question : answer : core
SUPERLATIVES = (
    "largest planet:Jupiter is the largest planet of the solar system.:Jupiter;smallest planet:Mercury is the smallest planet of the solar system.:Mercury;"
    "hottest planet:Venus is the hottest planet of the solar system.:Venus;closest planet to the sun:Mercury is the closest planet to the sun.:Mercury;"
    "farthest planet from the sun:Neptune is the farthest planet from the sun.:Neptune;red planet:Mars is called the red planet.:Mars;"
    "planet with the rings:Saturn is the planet with the bright rings.:Saturn;longest river in the world:The Nile is usually called the longest river in the world.:Nile;"
    "longest river in europe:The Volga is the longest river in Europe.:Volga;longest river in north america:The Missouri is the longest river in North America.:Missouri;"
    "largest river by volume:The Amazon carries the most water of all rivers.:Amazon;highest mountain in the world:Mount Everest is the highest mountain in the world.:Everest;"
    "second highest mountain:K2 is the second highest mountain in the world.:K2;highest mountain in europe:Mount Elbrus is the highest mountain in Europe.:Elbrus;"
    "highest mountain in africa:Kilimanjaro is the highest mountain in Africa.:Kilimanjaro;highest mountain in north america:Denali is the highest mountain in North America.:Denali;"
    "highest mountain in south america:Aconcagua is the highest mountain in South America.:Aconcagua;highest mountain in the alps:Mont Blanc is the highest mountain in the Alps.:Mont Blanc;"
    "highest mountain in japan:Mount Fuji is the highest mountain in Japan.:Fuji;largest ocean:The Pacific is the largest ocean.:Pacific;smallest ocean:The Arctic is the smallest ocean.:Arctic;"
    "deepest ocean trench:The Mariana Trench is the deepest ocean trench.:Mariana;largest desert:Antarctica is the largest desert, the Sahara is the largest hot one.:Sahara;"
    "largest hot desert:The Sahara is the largest hot desert.:Sahara;driest desert:The Atacama is the driest hot desert.:Atacama;largest island:Greenland is the largest island.:Greenland;"
    "largest continent:Asia is the largest continent.:Asia;smallest continent:Australia is the smallest continent.:Australia;coldest continent:Antarctica is the coldest continent.:Antarctica;"
    "largest country in the world:Russia is the largest country in the world.:Russia;smallest country in the world:Vatican City is the smallest country in the world.:Vatican;"
    "largest country in africa:Algeria is the largest country in Africa.:Algeria;largest country in south america:Brazil is the largest country in South America.:Brazil;"
    "second largest country:Canada is the second largest country.:Canada;deepest lake:Lake Baikal is the deepest lake.:Baikal;largest lake:The Caspian Sea is the largest lake.:Caspian;"
    "highest waterfall:Angel Falls is the highest waterfall.:Angel Falls;tallest building in the world:The Burj Khalifa is the tallest building in the world.:Burj Khalifa;"
    "longest wall:The Great Wall of China is the longest wall.:Great Wall;largest rainforest:The Amazon is the largest rainforest.:Amazon;largest coral reef:The Great Barrier Reef is the largest coral reef.:Great Barrier Reef;"
    "largest animal:The blue whale is the largest animal.:blue whale;largest land animal:The African elephant is the largest land animal.:elephant;tallest animal:The giraffe is the tallest animal.:giraffe;"
    "fastest land animal:The cheetah is the fastest land animal.:cheetah;fastest animal:The peregrine falcon is the fastest animal.:falcon;fastest bird:The peregrine falcon is the fastest bird.:falcon;"
    "largest bird:The ostrich is the largest bird.:ostrich;smallest bird:The bee hummingbird is the smallest bird.:hummingbird;largest fish:The whale shark is the largest fish.:whale shark;"
    "largest snake by weight:The green anaconda is the heaviest snake.:anaconda;largest lizard:The Komodo dragon is the largest lizard.:Komodo;largest cat:The tiger is the largest cat.:tiger;"
    "slowest mammal:The sloth is the slowest mammal.:sloth;largest primate:The gorilla is the largest primate.:gorilla;tallest tree:The coast redwood is the tallest kind of tree.:redwood;"
    "hardest natural material:Diamond is the hardest natural material.:Diamond;lightest element:Hydrogen is the lightest element.:Hydrogen;most common gas in the air:Nitrogen is the most common gas in the air.:Nitrogen;"
    "most common element in the universe:Hydrogen is the most common element in the universe.:Hydrogen;largest organ of the body:The skin is the largest organ of the body.:skin;"
    "longest bone in the body:The thigh bone is the longest bone in the body.:thigh bone;smallest bone in the body:The stirrup in the ear is the smallest bone in the body.:stirrup;"
    "strongest metal that is liquid at room temperature:Mercury is the metal that is liquid at room temperature.:Mercury;smallest prime number:Two is the smallest prime number.:Two;"
    "closest star:The sun is the closest star, the next one is Proxima Centauri.:sun;brightest star in the night sky:Sirius is the brightest star in the night sky.:Sirius;"
    "largest moon of saturn:Titan is the largest moon of Saturn.:Titan;largest moon of jupiter:Ganymede is the largest moon of Jupiter.:Ganymede;shortest month:February is the shortest month.:February;"
    "longest day of the year in the north:The longest day in the north is around June 21.:June 21"
)
SINGLE = (
    # question forms separated by "/", the last one is kept for the test : answer : core
    "how many planets are there/how many planets are in the solar system/what's the number of planets/how many planets does the solar system have:There are eight planets in the solar system.:eight;"
    "how many continents are there/what's the number of continents/how many continents does the earth have:There are seven continents.:seven;"
    "how many oceans are there/what's the number of oceans/how many oceans does the earth have:There are five oceans.:five;"
    "how many days are in a year/how many days does a year have/what is the number of days in a year:A year has 365 days, a leap year 366.:365;"
    "how many weeks are in a year/how many weeks does a year have/what is the number of weeks in a year:A year has 52 weeks.:52;"
    "how many bones are in the human body/how many bones does a person have/how many bones do people have/how many bones do i have:An adult has 206 bones.:206;"
    "how many teeth does a person have/how many teeth do adults have/how many teeth does an adult have:An adult has 32 teeth.:32;"
    "how many hearts does an octopus have/how many hearts has an octopus/what number of hearts does an octopus have:An octopus has three hearts.:three;"
    "how many legs does a spider have/how many legs do spiders have/how many legs has a spider:A spider has eight legs.:eight;"
    "how many legs does an insect have/how many legs do insects have/how many legs has an insect:An insect has six legs.:six;"
    "how many strings does a guitar have/how many strings are on a guitar/how many strings has a guitar:A guitar usually has six strings.:six;"
    "how many strings does a violin have/how many strings are on a violin/how many strings has a violin:A violin has four strings.:four;"
    "how many keys does a piano have/how many keys are on a piano/how many keys has a piano:A piano has 88 keys.:88;"
    "how many players are on a soccer team/how many players does a soccer team have/how many people play on a soccer team:A soccer team has eleven players.:eleven;"
    "how many players are on a basketball team/how many players does a basketball team have/how many people play on a basketball team:A basketball team has five players on the court.:five;"
    "how many squares are on a chess board/how many squares does a chess board have/how many fields are on a chess board:A chess board has 64 squares.:64;"
    "how many cards are in a deck/how many cards does a deck have/how many playing cards are there:A deck has 52 cards.:52;"
    "how many letters are in the alphabet/how many letters does the alphabet have/how many letters are there in the english alphabet:The English alphabet has 26 letters.:26;"
    "how many states are in the united states/how many states does america have/how many states are there in the us:The United States has 50 states.:50;"
    "how many sides does a triangle have/how many sides has a triangle/how many corners does a triangle have:A triangle has three sides.:three;"
    "how many sides does a hexagon have/how many sides has a hexagon/how many corners does a hexagon have:A hexagon has six sides.:six;"
    "how many sides does a pentagon have/how many sides has a pentagon/how many corners does a pentagon have:A pentagon has five sides.:five;"
    "how many sides does an octagon have/how many sides has an octagon/how many corners does an octagon have:An octagon has eight sides.:eight;"
    "how many colors are in the rainbow/how many colors does the rainbow have/how many colours has a rainbow:A rainbow is said to have seven colors.:seven;"
    "how many moons does mars have/how many moons has mars/how many moons go around mars:Mars has two moons, Phobos and Deimos.:two;"
    "how many moons does the earth have/how many moons has the earth/how many moons go around the earth:The earth has one moon.:one;"
    "how many chambers does the heart have/how many chambers are in the heart/how many chambers has the human heart:The heart has four chambers.:four;"
    "how many ounces of love/how many players are on a baseball team/how many people play on a baseball team:A baseball team has nine players.:nine;"
    "what is water made of/what's water made of/what is the chemical formula of water/what is the formula for water:Water is H2O, hydrogen and oxygen.:H2O;"
    "what is salt made of/what's the formula of salt/what is table salt made of:Table salt is sodium chloride.:sodium chloride;"
    "what is diamond made of/what are diamonds made of/what is a diamond made from:Diamonds are made of carbon.:carbon;"
    "what is bronze made of/what metals are in bronze/what is bronze made from:Bronze is copper with tin.:copper;"
    "what is brass made of/what metals are in brass/what is brass made from:Brass is copper with zinc.:copper;"
    "what is steel made of/what is in steel/what is steel made from:Steel is iron with a little carbon.:iron;"
    "what is glass made of/what's glass made of/what is glass made from:Glass is made mostly of sand.:sand;"
    "what is paper made of/what's paper made of/what is paper made from:Paper is made from wood fibers.:wood;"
    "at what temperature does water boil/what is the boiling point of water/when does water boil:Water boils at 100 degrees Celsius, 212 Fahrenheit.:100;"
    "at what temperature does water freeze/what is the freezing point of water/when does water freeze:Water freezes at 0 degrees Celsius, 32 Fahrenheit.:0;"
    "how fast is light/what is the speed of light/how fast does light travel/what's the speed of light:Light travels at about 300,000 kilometers per second.:300,000;"
    "how fast is sound/what is the speed of sound/how fast does sound travel/what's the speed of sound:Sound travels at about 343 meters per second in air.:343;"
    "how far away is the moon/what is the distance to the moon/how far is the moon/how far is it to the moon:The moon is about 384,000 kilometers away.:384,000;"
    "how far away is the sun/what is the distance to the sun/how far is the sun/how far is it to the sun:The sun is about 150 million kilometers away.:150 million;"
    "how old is the earth/what is the age of the earth/what age is the earth:The earth is about 4.5 billion years old.:4.5 billion;"
    "how old is the universe/what is the age of the universe/what age is the universe:The universe is about 13.8 billion years old.:13.8 billion;"
    "how tall is mount everest/how high is mount everest/what is the height of mount everest:Mount Everest is 8,849 meters high.:8,849;"
    "how tall is the eiffel tower/how high is the eiffel tower/what is the height of the eiffel tower:The Eiffel Tower is 330 meters tall.:330;"
    "what is pi/what's the value of pi/how much is pi/what number is pi:Pi is about 3.14159.:3.14159;"
    "what is a prime number/what are prime numbers/explain prime numbers:A prime number can be divided only by one and itself.:one and itself;"
    "what is photosynthesis/how do plants make food/explain photosynthesis:Plants use sunlight to turn water and carbon dioxide into sugar and oxygen.:sunlight;"
    "why is the sky blue/how come the sky is blue/what makes the sky blue:Air scatters blue light more than red light, so the sky looks blue.:scatters;"
    "why is the sea salty/why is the ocean salty/what makes the sea salty:Rivers carry salt from rocks into the sea.:salt;"
    "what causes the tides/why are there tides/what makes the tides:The gravity of the moon and the sun causes the tides.:moon;"
    "what causes the seasons/why are there seasons/why do we have seasons:The seasons come from the tilt of the earth's axis.:tilt;"
    "what is the sun/what kind of thing is the sun/what's the sun:The sun is a star.:star;"
    "what is the moon/what kind of thing is the moon/what's the moon:The moon is the earth's only natural satellite.:satellite;"
    "what is a galaxy/what are galaxies/explain what a galaxy is:A galaxy is a system of billions of stars.:stars;"
    "which galaxy do we live in/what galaxy are we in/what's the name of our galaxy:We live in the Milky Way.:Milky Way;"
    "is a whale a fish/are whales fish/is the whale a fish:No, a whale is a mammal.:mammal;"
    "is a tomato a fruit/are tomatoes fruits/is the tomato a fruit:Yes, a tomato is a fruit to a botanist.:fruit;"
    "is a spider an insect/are spiders insects/is the spider an insect:No, a spider is an arachnid.:arachnid;"
    "is a bat a bird/are bats birds/is the bat a bird:No, a bat is a mammal.:mammal;"
    "is a penguin a bird/are penguins birds/is the penguin a bird:Yes, a penguin is a bird.:bird;"
    "is pluto a planet/is pluto still a planet/do we call pluto a planet:Pluto has been called a dwarf planet since 2006.:dwarf;"
    "is the earth flat/is the earth round/what shape is the earth:The earth is round.:round;"
    "what color is the sky/what's the color of the sky/which color is the sky:The sky is blue on a clear day.:blue;"
    "what color is grass/what's the color of grass/which color is grass:Grass is green.:green;"
    "what do pandas eat/what does a panda eat/what is a panda's food:Pandas eat bamboo.:bamboo;"
    "what do koalas eat/what does a koala eat/what is a koala's food:Koalas eat eucalyptus leaves.:eucalyptus;"
    "what do bees make/what does a bee make/what is made by bees:Bees make honey.:honey;"
    "what do cows drink/what does a cow drink/what is it that cows drink:Cows drink water.:water;"
    "what does a caterpillar become/what do caterpillars turn into/what will a caterpillar be:A caterpillar becomes a butterfly or a moth.:butterfly;"
    "what does a tadpole become/what do tadpoles turn into/what will a tadpole be:A tadpole becomes a frog.:frog;"
    "where do penguins live/where does the penguin live/where can you find penguins:Penguins live in the southern half of the world.:southern;"
    "where do kangaroos live/where does the kangaroo live/where can you find kangaroos:Kangaroos live in Australia.:Australia;"
    "where do polar bears live/where does the polar bear live/where can you find polar bears:Polar bears live in the Arctic.:Arctic;"
    "where is the eiffel tower/in which city is the eiffel tower/where can i see the eiffel tower:The Eiffel Tower is in Paris.:Paris;"
    "where is the colosseum/in which city is the colosseum/where can i see the colosseum:The Colosseum is in Rome.:Rome;"
    "where are the pyramids/in which country are the pyramids/where can i see the pyramids:The great pyramids are at Giza in Egypt.:Egypt;"
    "where is the taj mahal/in which country is the taj mahal/where can i see the taj mahal:The Taj Mahal is in Agra, India.:India;"
    "where is machu picchu/in which country is machu picchu/where can i see machu picchu:Machu Picchu is in Peru.:Peru;"
    "where is the statue of liberty/in which city is the statue of liberty/where can i see the statue of liberty:The Statue of Liberty is in New York.:New York;"
    "where is big ben/in which city is big ben/where can i see big ben:Big Ben is in London.:London;"
    "where is the acropolis/in which city is the acropolis/where can i see the acropolis:The Acropolis is in Athens.:Athens;"
    "where is the sagrada familia/in which city is the sagrada familia/where can i see the sagrada familia:The Sagrada Familia is in Barcelona.:Barcelona;"
    "what language do they speak in brazil/what is the language of brazil/which language is spoken in brazil:Brazilians speak Portuguese.:Portuguese;"
    "what language do they speak in austria/what is the language of austria/which language is spoken in austria:Austrians speak German.:German;"
    "what language do they speak in mexico/what is the language of mexico/which language is spoken in mexico:Mexicans speak Spanish.:Spanish;"
    "what language do they speak in egypt/what is the language of egypt/which language is spoken in egypt:Egyptians speak Arabic.:Arabic;"
    "what is the currency of japan/what money do they use in japan/how do people pay in japan:The currency of Japan is the yen.:yen;"
    "what is the currency of the united kingdom/what money do they use in england/how do people pay in england:The currency of the United Kingdom is the pound.:pound;"
    "what is the currency of india/what money do they use in india/how do people pay in india:The currency of India is the rupee.:rupee;"
    "what is the currency of germany/what money do they use in germany/how do people pay in germany:Germany uses the euro.:euro;"
    "what is the currency of switzerland/what money do they use in switzerland/how do people pay in switzerland:The currency of Switzerland is the franc.:franc;"
    "what is the currency of mexico/what money do they use in mexico/how do people pay in mexico:The currency of Mexico is the peso.:peso;"
    "what is the currency of china/what money do they use in china/how do people pay in china:The currency of China is the yuan.:yuan;"
    "what is the currency of russia/what money do they use in russia/how do people pay in russia:The currency of Russia is the ruble.:ruble;"
    "what does cpu stand for/what is a cpu/what does the word cpu mean:CPU stands for central processing unit.:central processing unit;"
    "what does ram stand for/what is ram/what does the word ram mean:RAM stands for random access memory.:random access memory;"
    "what does dna stand for/what is dna/what does the word dna mean:DNA stands for deoxyribonucleic acid.:deoxyribonucleic;"
    "what does nasa stand for/what is nasa/what does the word nasa mean:NASA is the National Aeronautics and Space Administration.:Aeronautics;"
    "what gas do plants breathe in/what gas do plants take in/which gas do plants need:Plants take in carbon dioxide.:carbon dioxide;"
    "what gas do we breathe/what gas do people need to breathe/which gas do we need to live:We need oxygen to breathe.:oxygen"
)
YOUNG = (
    "dog:puppy,cat:kitten,cow:calf,horse:foal,sheep:lamb,pig:piglet,goat:kid,lion:cub,bear:cub,kangaroo:joey,deer:fawn,duck:duckling,"
    "goose:gosling,swan:cygnet,chicken:chick,frog:tadpole,owl:owlet,eagle:eaglet,hare:leveret,rabbit:kit,elephant:calf,whale:calf,fox:kit,wolf:pup,seal:pup"
)
GROUPS = (
    "wolves:pack,lions:pride,fish:school,sheep:flock,cows:herd,bees:swarm,ants:colony,whales:pod,geese:gaggle,crows:murder,owls:parliament,elephants:herd,"
    "dolphins:pod,monkeys:troop,kittens:litter"
)
SOUNDS = "dog:barks,cat:meows,cow:moos,horse:neighs,sheep:bleats,pig:oinks,duck:quacks,lion:roars,frog:croaks,owl:hoots,bee:buzzes,snake:hisses,wolf:howls,donkey:brays,mouse:squeaks,rooster:crows"
CONTINENTS = (
    "France:Europe,Spain:Europe,Germany:Europe,Italy:Europe,Poland:Europe,Greece:Europe,Norway:Europe,Portugal:Europe,Egypt:Africa,Kenya:Africa,Nigeria:Africa,"
    "Morocco:Africa,Ghana:Africa,Ethiopia:Africa,South Africa:Africa,Japan:Asia,China:Asia,India:Asia,Thailand:Asia,Vietnam:Asia,Mongolia:Asia,Iran:Asia,"
    "Brazil:South America,Peru:South America,Chile:South America,Argentina:South America,Colombia:South America,Bolivia:South America,Canada:North America,"
    "Mexico:North America,Cuba:North America,Panama:North America"
)
PLANET_ORDER = "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune".split()
OPPOSITES = (
    "hot:cold,big:small,fast:slow,up:down,happy:sad,day:night,light:dark,early:late,old:young,rich:poor,strong:weak,open:closed,full:empty,hard:soft,wet:dry,"
    "loud:quiet,high:low,left:right,black:white,good:bad,first:last,true:false,inside:outside,heavy:light,deep:shallow,wide:narrow,sharp:blunt,sweet:bitter"
)

ASK: dict[str, str] = {
    "capital": "the capital of {e} is what|where is the capital of {e}|what city is {e}'s capital|which capital does {e} have|capital city of {e}|what capital does {e} have|i forgot the capital of {e}|any clue what the capital of {e} is|say the capital of {e}|please name the capital of {e}|what is the capital of {e}|what's the capital of {e}|what is the capital city of {e}|what's the capital city of {e}|capital of {e}|the capital of {e}|tell me the capital of {e}|"
    "do you know the capital of {e}|which city is the capital of {e}|what city is the capital of {e}|name the capital of {e}|can you tell me the capital of {e}|{e} capital|give me the capital of {e}|what's {e}'s capital",
    "symbol": "which letters stand for {e} in chemistry|how do chemists write {e}|{e} symbol|what is {e}'s chemical symbol|the symbol of {e} is what|symbol for {e}|say the symbol for {e}|what's the symbol for {e}|what is the chemical symbol for {e}|what's the chemical symbol for {e}|what is the symbol for {e}|what's the symbol of {e}|chemical symbol of {e}|tell me the chemical symbol of {e}|which symbol does {e} have|what is the symbol of the element {e}",
    "atomic": "{e} atomic number|what is {e}'s atomic number|the atomic number of {e} is what|which number does {e} have in the periodic system|which element number is {e}|say the atomic number of {e}|what is the atomic number of {e}|what's the atomic number of {e}|atomic number of {e}|tell me the atomic number of {e}|which atomic number does {e} have|how many protons does {e} have",
    "year": "{e} when|the year {e}|tell me when {e}|can you tell me when {e}|any clue when {e}|i forgot when {e}|i want to know when {e}|tell me in what year {e}|say when {e}|when {e}|what year {e}|in what year {e}|which year {e}|in which year {e}|do you know when {e}",
    "who": "who was it who {e}|any clue who {e}|i forgot who {e}|i want to know who {e}|say who {e}|who do you think {e}|please tell me who {e}|who {e}|do you know who {e}|tell me who {e}|can you tell me who {e}|which person {e}|who was it that {e}",
    "superlative": "what do you call the {e}|any clue what the {e} is|i forgot the {e}|i want to know the {e}|say the {e}|can you tell me the {e}|please name the {e}|which one is the {e}|the {e} is what|what is the {e}|what's the {e}|which is the {e}|tell me the {e}|do you know the {e}|can you name the {e}|name the {e}|the {e}|what would be the {e}",
    "young": "a young {e} is called what|what name does a baby {e} have|tell me what a baby {e} is called|what are baby {e}s called|what do people call a young {e}|what is a baby {e} called|what's a baby {e} called|what do you call a baby {e}|what is a young {e} called|what is the young of a {e}|name for a baby {e}|what's the name of a baby {e}",
    "group": "many {e} together are called what|what name does a group of {e} have|tell me what a group of {e} is called|what do people call a group of {e}|what is a group of {e} called|what's a group of {e} called|what do you call a group of {e}|name for a group of {e}|what's the name for a group of {e}",
    "sound": "tell me what sound a {e} makes|the sound of a {e}|what does the {e} say|what noise do you hear from a {e}|what kind of sound does a {e} make|what sound does a {e} make|what noise does a {e} make|what does a {e} say|how does a {e} sound|how does the {e} go",
    "continent": "what continent does {e} lie in|on which continent is {e}|tell me what continent {e} is in|{e} is on which continent|{e} continent|the continent of {e}|can you say which continent {e} is in|what continent is {e} in|which continent is {e} in|on what continent is {e}|where is {e}|which continent is {e} on|what part of the world is {e} in",
    "planet": "can you tell me the {e} planet|from the sun which planet is {e}|the {e} planet|what is the {e} planet from the sun|counting from the sun which is the {e} planet|which planet is number {e} from the sun|what is the {e} planet|what's the {e} planet from the sun|which is the {e} planet|tell me the {e} planet|name the {e} planet from the sun",
    "opposite": "{e} has what opposite|the opposite of {e} is what|can you tell me the opposite of {e}|what word is the opposite of {e}|say the opposite of {e}|i need the opposite of {e}|what is the opposite of {e}|what's the opposite of {e}|opposite of {e}|tell me the opposite of {e}|what is the reverse of {e}",
}
ASK_TEST: dict[str, str] = {
    "capital": "could you name the capital city of {e}|what do they call the capital of {e}|{e} has which capital|i'd like to know the capital of {e}",
    "symbol": "how is {e} written as a chemical symbol|i need the symbol for {e}|what symbol is used for {e}",
    "atomic": "what number is {e} in the periodic table|could you give me the atomic number of {e}",
    "year": "could you tell me when {e}|tell me the year when {e}|i'd like to know when {e}",
    "who": "could you say who {e}|i'd like to know who {e}|who exactly {e}",
    "superlative": "could you tell me the {e}|i'd like to know the {e}|what exactly is the {e}",
    "young": "how do you call a baby {e}|a baby {e} is called what",
    "group": "how do you call a group of {e}|a group of {e} is called what",
    "sound": "which sound does a {e} make|what's the sound of a {e}",
    "continent": "to which continent does {e} belong|could you tell me what continent {e} is in",
    "planet": "could you tell me the {e} planet|starting at the sun what's the {e} planet",
    "opposite": "give me the opposite of {e}|could you tell me the opposite of {e}",
}
SINGLE_PREFIX = (
    "", "", "", "", "tell me ", "do you know ", "can you tell me ", "i want to know ", "any clue ", "i forgot ", "say ", "please tell me ", "one question ", "so ",
)  # fmt: skip
# Other ways to put the same: applied to the training wordings of the single facts.
REPHRASE: tuple[tuple[str, str], ...] = (
    ("what is ", "what's "), ("how many ", "what number of "), ("how many ", "tell me how many "), ("what is ", "which is "), ("why is ", "how come "), ("where is ", "in what place is "),
    (" does a ", " do "), ("what does ", "tell me what does "), ("what color is", "what's the color of"), ("what is the ", "the "), (" are in ", " are there in "), (" are on ", " are there on "),
    ("how tall is ", "what height is "), ("how old is ", "how many years old is "), ("what do ", "what would "), ("where do ", "in what place do "),
)  # fmt: skip


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def article(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def build() -> tuple[list[Fact], dict[str, list[str]], dict[str, list[str]]]:
    """All facts; for the single ones also their training and test wordings, keyed by topic."""
    facts = [
        Fact("capital", c, f"The capital of {c} is {city}.", city) for c, city in _pairs(CAPITALS)
    ]
    ask = {topic: forms.split("|") for topic, forms in ASK.items()}
    ask_test = {topic: forms.split("|") for topic, forms in ASK_TEST.items()}
    for row in SYMBOLS.split(","):
        name, symbol, number = row.split(":")
        facts.append(
            Fact("symbol", name, f"The chemical symbol for {name} is {symbol}.", f"is {symbol}.")
        )
        facts.append(
            Fact("atomic", name, f"The atomic number of {name} is {number}.", f"is {number}.")
        )
    for row in YEARS.split(";"):
        entity, answer = row.split(":")
        core = answer.rstrip(".").split()[-1]
        facts.append(Fact("year", entity, answer, "44 BC" if core == "BC" else core))
    for topic, table in (("who", WHO), ("superlative", SUPERLATIVES)):
        for row in table.split(";"):
            if row.count(":") != 2:
                raise ValueError(f"bad row: {row}")
            entity, answer, core = row.split(":")
            facts.append(Fact(topic, entity, answer, core))
    for animal, young in _pairs(YOUNG):
        facts.append(Fact("young", animal, f"A baby {animal} is called {article(young)}.", young))
    for animal, group in _pairs(GROUPS):
        facts.append(
            Fact("group", animal, f"A group of {animal} is called {article(group)}.", group)
        )
    for animal, sound in _pairs(SOUNDS):
        facts.append(Fact("sound", animal, f"{upper_first(article(animal))} {sound}.", sound))
    for country, continent in _pairs(CONTINENTS):
        facts.append(Fact("continent", country, f"{country} is in {continent}.", continent))
    for i, planet in enumerate(PLANET_ORDER):
        ordinal = "first second third fourth fifth sixth seventh eighth".split()[i]
        facts.append(
            Fact("planet", ordinal, f"The {ordinal} planet from the sun is {planet}.", planet)
        )
    for word, opposite in _pairs(OPPOSITES):
        facts.append(Fact("opposite", word, f"The opposite of {word} is {opposite}.", opposite))
        if word not in {"light", "heavy"}:
            facts.append(Fact("opposite", opposite, f"The opposite of {opposite} is {word}.", word))
    for i, row in enumerate(SINGLE.split(";")):
        forms, answer, core = row.split(":")
        *train, test = forms.split("/")
        topic = f"single{i}"
        ask[topic], ask_test[topic] = [f for f in train if f != "how many ounces of love"], [test]
        facts.append(Fact(topic, "", answer, core))
    # "light" is the opposite of both dark and heavy: leave the ambiguous question out.
    facts = [f for f in facts if not (f.topic == "opposite" and f.entity == "light")]
    return facts, ask, ask_test


def _pairs(table: str) -> list[tuple[str, str]]:
    return [(k, v) for k, v in (row.split(":") for row in table.split(","))]
