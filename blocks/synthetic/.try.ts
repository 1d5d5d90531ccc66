import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { readCsv } from "@kerege/reference";
import { generateWorld } from "./world.ts";
const C="/work/main/countries/demo/";
const units=readCsv(readFileSync(C+"reference/units.csv","utf8")).rows.map(r=>r.values);
const by=new Map(units.map(u=>[u.code,u]));
const model=parse(readFileSync(C+"synthetic/model.yaml","utf8"));
const places=readCsv(readFileSync(C+"reference/places.csv","utf8")).rows.map(({values:v})=>{const us:string[]=[];let u=by.get(v.unit!);while(u){us.unshift(u.code!);u=by.get(u.parent!)}
 return {code:v.code!,level:v.level!,weight:Number(v.population)||model.weights[v.level!],lat:+v.lat!,lon:+v.lon!,units:us,parts:us.length===1?units.filter(x=>x.parent===us[0]).map(x=>x.code!):[]}});
const names=readCsv(readFileSync(C+"synthetic/names.csv","utf8")).rows.map(({values:v})=>({...v,weight:+v.weight!})) as any;
const count=Number(process.argv[2]??1000);
const t=performance.now();
let n=0,liv=0,ch=0,d=0,mv=0,rn=0,dt=0,rs=0; const ages:number[]=[]; const roles:Record<string,number>={}; const faces:any[]=[]; const dist=new Set<string>(), reg:Record<string,number>={}; const surn:any[]=[];
for(const c of generateWorld({seed:20261122,today:"2026-11-22",model,places,names,count})){ch++;n+=c.person.length;liv+=c.living;d+=c.dwelling.length;mv+=c.move.length;rn+=c.renaming.length;dt+=c.death.length;rs+=c.residence.length;
 if(count<=20000){const dead=new Set(c.death.map(x=>x.pin));for(const p of c.person)if(!dead.has(p.pin))ages.push((Date.parse("2026-11-22")-Date.parse(p.born_on))/31556952000);
 for(const f of c.faces){roles[f.role]=(roles[f.role]??0)+1;faces.push(f)} const dw=new Map(c.dwelling.map(x=>[x.code,x]));const cur=new Map(c.residence.map(r=>[r.pin,r.dwelling]));for(const m of c.move)cur.set(m.pin,m.dwelling);for(const [p,a] of cur)if(!dead.has(p)){const w=dw.get(a)!;dist.add(w.district);reg[w.region]=(reg[w.region]??0)+1}
 if(ch<3){for(const p of c.person)surn.push(p)}}
}
const ms=performance.now()-t;
console.log({n,liv,ch,d,mv,rn,dt,rs,ms:Math.round(ms),perS:Math.round(liv/ms*1000),rss:Math.round(process.memoryUsage().rss/1e6)});
ages.sort((a,b)=>a-b);const b:Record<string,string>={};for(const [x,y] of [[0,5],[5,15],[15,25],[25,35],[35,45],[45,55],[55,65],[65,75],[75,120]])b[`${x}-${y}`]=(ages.filter(a=>a>=x!&&a<y!).length/ages.length*100).toFixed(1);
if(ages.length)console.log("median",ages[ages.length>>1]?.toFixed(1),b,roles,dist.size,Object.fromEntries(Object.entries(reg).map(([k,v])=>[by.get(k)?.name_en,v])));
if(process.argv[3]){for(const p of surn)console.log(p.pin,p.surname,p.given_name,p.patronymic,p.born_on,p.mother,p.father);console.log(faces.slice(0,30))}
