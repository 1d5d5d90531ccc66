/** Passwords and their cores that are tried first everywhere and here; in small letters. Own list, no leak behind it. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passw0rd p@ssw0rd password1 qwerty qwertyuiop qwerty123 qwerty12345 asdfgh asdfghjkl zxcvbn zxcvbnm 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qazwsx qazwsxedc zaq12wsx iloveyou letmein welcome welcome1 admin administrator administrator1 root
  login master monkey dragon football baseball sunshine princess superman batman trustno1 whatever starwars pokemon michael jordan
  shadow freedom computer internet samsung samsung1 android iphone google facebook instagram telegram whatsapp youtube microsoft
  windows windows10 changeme changeit secret secret123 default guest test test123 testtest temp temporary parol parol123 parolparol
  privet privet123 lubov lyubov natasha nastya sasha maksim andrey dmitriy aleksandr aleksandra ekaterina svetlana rossiya moskva
  spartak zenit kotenok solnce solnyshko marina krasotka lubimaya lyubimaya bishkek bishkek123 bishkek2024 bishkek2025 bishkek2026
  kyrgyzstan kirgizia kirgizstan kyrgyz kyrgyzkg osh osh123 naryn talas karakol manas manas123 semetey seitek ala-too alatoo issykkul
  issyk-kul almaty astana nursultan kazakhstan qazaqstan kazaqstan shymkent aktobe atameken jarkyn aibek aigul aizada aidana bakyt
  baktygul gulnara gulzat nurlan nurbek nurgul azamat ulan erlan eldiyar ermek kanat kairat marat talant tilek altynay altyn jyldyz
  meerim cholpon asel aselya begimay mirbek ayperi kerege tunduk tunduk123 egov egovkz gosuslugi gosuslugi123 esi cabinet kabinet
  парольпароль пароль пароль123 привет привет123 любовь наташа настя саша максим андрей дмитрий александр екатерина светлана россия
  москва спартак солнышко солнце любимая котенок кыргызстан киргизия бишкек бишкек123 бишкек2026 алматы астана казахстан қазақстан
  манас манас123 ысыккөл иссыккуль алатоо ала-тоо атамекен нурлан нурбек айгуль айгүл айбек азамат бакыт жылдыз алтынай мээрим
  чолпон асель бегимай тилек талант мекеним сырсөз сыр-сөз құпиясөз купиясоз abc123 abcd1234 abcdef abcdefg a1b2c3d4 aa123456
  a123456789 q1w2e3r4 q1w2e3r4t5 123qwe 123qweasd 123qweasdzxc 123abc 1234qwer 12qwaszx asd123 qwe123 qweasd qweasdzxc zxc123 111222
  112233 121212 123123 123123123 123321 123454321 123456 1234567 12345678 123456789 1234567890 12345678910 1234554321 1122334455
  147258369 159357 987654321 9876543210 0987654321 0123456789 1029384756 10203040 1020304050 qwertyqwerty passwordpassword
  correcthorsebatterystaple correct-horse-battery-staple mypassword mypassword1 newpassword nopassword yourpassword ilovemyfamily
  iloveyou1 iloveyou2 lovelove loveyou mamapapa mama papa mama123 papa123 apakem atakem jannat allah allahuakbar bismillah
  inshallah ramazan nooruz nowruz nauryz жаннат аллах бисмиллах рамазан нооруз наурыз апам атам апаатам балдарым`
    .split(/\s+/)
    .filter(Boolean),
);
