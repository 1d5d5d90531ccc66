import path from "node:path";
import { defineBlock } from "@kerege/kernel/block";
import { compileAssets, publishAssets, renderPage } from "@kerege/kernel/page";
import { createHolders } from "./certificates.ts";
import type { PortalNeeds } from "./needs.ts";
import { ProblemPage } from "./pages/problem.tsx";
import { createNames, createPeople } from "./people.ts";
import type { PortalMeans } from "./portal.ts";
import { accessRoutes } from "./routes-access.ts";
import { cabinetRoutes } from "./routes-cabinet.ts";
import { caseRoutes } from "./routes-case.ts";
import { certificateRoutes } from "./routes-certificates.ts";
import { deskRoutes } from "./routes-desk.ts";
import { deskCaseRoutes } from "./routes-desk-cases.ts";
import { mandateRoutes } from "./routes-mandates.ts";
import { publicRoutes } from "./routes-public.ts";
import { needsSignIn, signInPath, signInRoutes } from "./routes-sign-in.ts";
import { verifyRoutes } from "./routes-verify.ts";
import { settings } from "./settings.ts";
import { createReception } from "./visit.ts";

export default defineBlock<undefined, PortalNeeds, typeof settings>({
  name: "portal",
  needs: ["trust", "identity", "reference", "registry", "synthetic", "documents", "post", "process", "services"],
  settings,
  locales: new URL("./locales/", import.meta.url),
  open(means, needs) {
    const { country } = means;
    const known = needs.identity.factors.people;
    // Told without a server too: a command asks as well whether there is such a person.
    if (known.declared) known.find = createPeople(needs.registry, known.declared);
    return {
      door: undefined,
      routes(app) {
        const reception = createReception(app.visits, { identity: needs.identity, languages: country.languages });
        const given: PortalMeans = { means, needs, reception, secure: means.settings.secure };
        const { people, posts, certificates } = needs.identity.factors;
        if (people.declared) needs.trust.signatures.names.find = createNames(needs.registry, people.declared);
        certificates.find = createHolders(needs.trust, () => means.clock.now());
        posts.of = (code) => needs.reference.post(code);
        const { claimSources } = needs.identity;
        claimSources.bodyName = (code, language) => needs.reference.body(code)?.name[language];
        claimSources.birthdate = async (pin) => (await people.find?.(pin, { kind: "person", pin }))?.bornOn || undefined;
        publishAssets(app, compileAssets({ colours: country.colours, cacheFolder: path.join(means.dataFolder, "assets") }));
        app.problemPage.draw = (request, problem, language) => {
          const visit = app.visits.of(request, { language });
          const [block, ...rest] = problem.code.split(".");
          const text = (part: string) => visit.t(`${block}.problems.${rest.join(".")}.${part}`, problem.params);
          const signIn =
            problem.code === needsSignIn
              ? signInPath(language, request.method === "GET" ? request.url : (refererPath(request.headers.referer) ?? ""))
              : undefined;
          const level = problem.code === "identity.assurance-too-low" ? `/${language}/level` : undefined;
          const mandates = aboutMandates.includes(problem.code) ? `/${language}/cabinet/mandates` : undefined;
          return renderPage(
            ProblemPage({ visit, problem, title: text("title"), detail: text("detail"), signIn, mandates, level }),
          );
        };
        app.get("/manifest.webmanifest", async (request, reply) => {
          const { visit } = await reception.visitor(request);
          const name = country.portalName[visit.language];
          const icon = { src: "/favicon.ico", sizes: "any", type: "image/svg+xml", purpose: "any" };
          reply.type("application/manifest+json").header("cache-control", "no-cache");
          return {
            name,
            short_name: name,
            lang: visit.language,
            start_url: `/${visit.language}`,
            display: "standalone",
            background_color: "#ffffff",
            theme_color: "#1f4e8c",
            icons: [icon],
          };
        });
        publicRoutes(app, given);
        signInRoutes(app, given);
        deskRoutes(app, given);
        deskCaseRoutes(app, given);
        certificateRoutes(app, given);
        caseRoutes(app, given);
        cabinetRoutes(app, given);
        mandateRoutes(app, given);
        accessRoutes(app, given);
        verifyRoutes(app, given);
      },
    };
  },
});

/** Problems one gets out of by choosing anew for whom to act. */
const aboutMandates = ["identity.mandate-ended", "identity.no-such-mandate", "identity.outside-mandate", "identity.refused"];

/** The page a form stood on, to come back to after signing in. */
function refererPath(referer: string | undefined): string | undefined {
  return referer && URL.canParse(referer) ? new URL(referer).pathname : undefined;
}
