/**
 * Writes the file: PDF 1.7 after the rules of PDF/A-3 (ISO 19005-3) with a tagged structure, fonts inside, and the machine-readable
 * facts as attachments. Equal input gives equal bytes.
 */
import { deflateSync } from "node:zlib";
import { PAGE } from "./layout.ts";
import { createObjects, type Objects, pdfNumber, pdfString, pdfTime } from "./objects.ts";
import type { QrDrawing } from "./qr.ts";
import type { Sheets, Tag } from "./sheet.ts";
import type { Typefaces } from "./typeface.ts";

export interface Attachment {
  /** ASCII file name. */
  name: string;
  mime: string;
  about: string;
  /** How it stands to the document (ISO 32000-2, 14.13). */
  relation: "Data" | "Alternative" | "Supplement";
  content: Buffer;
}

export interface PdfParts {
  typefaces: Typefaces;
  sheets: Sheets;
  tags: Tag;
  title: string;
  /** BCP 47. */
  language: string;
  author: string;
  at: Date;
  code: QrDrawing;
  attachments: Attachment[];
}

const PRODUCER = "Kerege";
/** A page is some 12 KB: a window of 8 KB packs it as well as one of 32 KB and takes half the time to set up. */
const QUICKLY = { level: 1, windowBits: 13, memLevel: 6 };

export function writePdf(parts: PdfParts): Buffer {
  const { typefaces, sheets, code } = parts;
  const time = pdfTime(parts.at);
  const { foundation, fonts, profile } = typefaces.embed(sheets.shown);
  const objects = createObjects(foundation);
  const qr = objects.addStream(`/Type/XObject/Subtype/Form/BBox[0 0 ${code.modules} ${code.modules}]`, code.painting);
  const [catalogue, pageTree] = [objects.reserve(), objects.reserve()];
  const resources = `/Font<</F1 ${fonts.F1} 0 R/F2 ${fonts.F2} 0 R>>/XObject<</Qr ${qr} 0 R>>`;
  const pages = sheets.contents.map((content, index) => {
    const stream = objects.addStream("/Filter/FlateDecode", deflateSync(Buffer.from(content, "latin1"), QUICKLY));
    const box = `[0 0 ${pdfNumber(PAGE.width)} ${pdfNumber(PAGE.height)}]`;
    return objects.add(
      `<</Type/Page/Parent ${pageTree} 0 R/MediaBox${box}/Resources<<${resources}>>/Contents ${stream} 0 R/StructParents ${index}/Tabs/S>>`,
    );
  });
  objects.put(pageTree, `<</Type/Pages/Kids[${references(pages)}]/Count ${pages.length}>>`);
  const structure = writeStructure(objects, { tags: parts.tags, owners: sheets.owners, pages });
  const files = parts.attachments.map((attachment) => ({
    name: attachment.name,
    number: writeAttachment(objects, attachment, time),
  }));
  const metadata = objects.addStream("/Type/Metadata/Subtype/XML", Buffer.from(xmp(parts), "utf8"));
  const names = [...files]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, number }) => `${pdfString(name)} ${number} 0 R`);
  objects.put(
    catalogue,
    `<</Type/Catalog/Pages ${pageTree} 0 R/Lang${pdfString(parts.language)}/MarkInfo<</Marked true>>/StructTreeRoot ${structure} 0 R` +
      `/ViewerPreferences<</DisplayDocTitle true>>/Metadata ${metadata} 0 R` +
      `/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile ${profile} 0 R>>]` +
      `/Names<</EmbeddedFiles<</Names[${names.join("")}]>>>>/AF[${references(files.map(({ number }) => number))}]>>`,
  );
  const information = objects.add(
    `<</Title${pdfString(parts.title)}/Author${pdfString(parts.author)}/Producer(${PRODUCER})/CreationDate${time}/ModDate${time}>>`,
  );
  // The attached facts and statement make a document what it is; without them its title and time do.
  const identity = [Buffer.from(`${parts.title}${time}`), ...parts.attachments.map(({ content }) => content)];
  return objects.finish({ root: catalogue, information, identity });
}

const references = (numbers: number[]): string => numbers.map((number) => `${number} 0 R`).join(" ");

function writeAttachment(objects: Objects, { name, mime, about, relation, content }: Attachment, time: string): number {
  const stream = objects.addStream(
    `/Type/EmbeddedFile/Subtype/${mime.replace("/", "#2f")}/Params<</Size ${content.length}/ModDate${time}>>`,
    content,
  );
  return objects.add(
    `<</Type/Filespec/F${pdfString(name)}/UF${pdfString(name)}/Desc${pdfString(about)}/AFRelationship/${relation}/EF<</F ${stream} 0 R/UF ${stream} 0 R>>>>`,
  );
}

/** Structure tree and parent tree (14.7): what a screen reader reads, in which order and language. */
function writeStructure(objects: Objects, { tags, owners, pages }: { tags: Tag; owners: Tag[][]; pages: number[] }): number {
  const root = objects.reserve();
  // Object of each mark, by page.
  const holders = owners.map((list) => list.map(() => 0));
  const write = (tag: Tag, parent: number): number => {
    const number = objects.reserve();
    let kids = "";
    for (const child of tag.children) kids += `${kids && " "}${write(child, number)} 0 R`;
    // Marks on one page are numbers (14.7.4.2); a tag that goes on over pages has no page of its own.
    const [first] = tag.marks;
    const onOne = tag.marks.every(({ page }) => page === first?.page);
    const page = first && onOne ? `/Pg ${pages[first.page]} 0 R` : "";
    for (const { page, mark } of tag.marks) {
      holders[page]![mark] = number;
      kids += `${kids && " "}${onOne ? mark : `<</Type/MCR/Pg ${pages[page]} 0 R/MCID ${mark}>>`}`;
    }
    const language = tag.language ? `/Lang${pdfString(tag.language)}` : "";
    const scope = tag.kind === "TH" ? "/A<</O/Table/Scope/Row>>" : "";
    const picture = tag.alternative
      ? `/Alt${pdfString(tag.alternative.text)}/A<</O/Layout/Placement/Block/BBox[${tag.alternative.box.map(pdfNumber).join(" ")}]>>`
      : "";
    objects.put(number, `<</S/${tag.kind}/P ${parent} 0 R${page}${language}${scope}${picture}/K[${kids}]>>`);
    return number;
  };
  const top = write(tags, root);
  const rows = holders.map((list, page) => `${page} [${references(list)}]`);
  const parents = objects.add(`<</Nums[${rows.join(" ")}]>>`);
  objects.put(root, `<</Type/StructTreeRoot/K ${top} 0 R/ParentTree ${parents} 0 R/ParentTreeNextKey ${owners.length}>>`);
  return root;
}

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** XMP (ISO 16684-1): the same title, author and time as the information dictionary says, and the part of PDF/A. */
function xmp({ title, author, language, at }: PdfParts): string {
  const time = `${at.toISOString().slice(0, 19)}Z`;
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${escapeXml(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>${language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>${time}</xmp:CreateDate><xmp:ModifyDate>${time}</xmp:ModifyDate><pdf:Producer>${PRODUCER}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;
}
