// Stands in every page of the browser tests and does nothing until a test calls it. `loadAxe` stands there too.
{
  const NAMES_ONE_ROW = new Set([
    "action", "aria-describedby", "aria-label", "aria-labelledby", "datetime", "for", "href", "id", "name", "title", "value",
  ]);

  /** A property of an element even where it is a form with a control of that name, which then hides the property. */
  const own = (prototype, name) => {
    const { get } = Object.getOwnPropertyDescriptor(prototype, name);
    return (node) => [...get.call(node)];
  };
  const attributesOf = own(Element.prototype, "attributes");
  const childrenOf = own(Element.prototype, "children");
  const nodesOf = own(Node.prototype, "childNodes");

  /** What style can depend on: tags, attributes (by name alone where the value tells rows apart), and where text is. */
  function look(node, known) {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "text" : "";
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (!known.has(node)) {
      const attributes = attributesOf(node).map(({ name, value }) => (NAMES_ONE_ROW.has(name) ? name : `${name}=${value}`));
      const inside = nodesOf(node).map((child) => look(child, known)).join("");
      known.set(node, `<${node.localName} ${attributes.join(" ")}>${inside}</>`);
    }
    return known.get(node);
  }

  /** Mark what repeats an earlier sibling's look (in even and odd places apart): its colours need no second look. */
  function markTwins() {
    document.querySelectorAll("[data-twin]").forEach((element) => element.removeAttribute("data-twin"));
    const known = new Map();
    for (const parent of document.querySelectorAll("body *")) {
      const children = childrenOf(parent);
      if (children.length < 4) continue;
      const seen = new Set();
      children.forEach((child, place) => {
        const mine = `${place % 2}${look(child, known)}`;
        if (seen.has(mine) && place < children.length - 1) {
          for (const element of [child, ...child.querySelectorAll("*")]) element.setAttribute("data-twin", "");
        }
        seen.add(mine);
      });
    }
  }

  const OF_TEXT = [
    "color", "font-size", "font-weight", "text-shadow",
    "-webkit-text-fill-color", "-webkit-text-stroke-color", "-webkit-text-stroke-width",
  ];
  const OF_GROUND = ["background-color", "background-image", "background-clip", "display", "mix-blend-mode", "opacity"];
  const { contains } = Node.prototype;

  /** The values of these properties, looked up once for each element. */
  const lookingUp = (properties) => {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) {
        const style = getComputedStyle(element);
        known.set(element, properties.map((property) => style.getPropertyValue(property)).join(" "));
      }
      return known.get(element);
    };
  };

  /** Have axe compute each contrast once: it follows from the text's own look and from what lies under each line of it,
      in this order. What axe is not sure of is not remembered. */
  function rememberContrasts() {
    const check = axe._audit.checks["color-contrast"];
    computeContrast ??= check.evaluate;
    const [ofText, ofGround, found] = [lookingUp(OF_TEXT), lookingUp(OF_GROUND), new Map()];
    const describe = (element) => {
      const ground = (under) => `${under.localName} ${contains.call(under, element)} ${ofGround(under)}`;
      const lines = axe.commons.dom.getTextElementStack(element).map((line) => line.map(ground).join("\n"));
      return [ofText(element), ...new Set(lines)].join("\n\n");
    };
    check.evaluate = function evaluate(element, ...others) {
      const look = describe(element);
      if (!found.has(look)) {
        let told;
        const helper = { ...this, data: (data) => this.data((told = data)) };
        const isEnough = computeContrast.call(helper, element, ...others);
        if (isEnough === undefined || !told?.contrastRatio) return isEnough;
        found.set(look, { isEnough, told });
      }
      const { isEnough, told } = found.get(look);
      this.data(told);
      return isEnough;
    };
  }

  /** What rules about structure see: elements, attributes (of a label, that there is one), places. The button that
      switches themes shows the other icon, of course. */
  function shape() {
    const describe = (element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const isVisible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      const attributes = attributesOf(element).map(({ name, value }) => (name === "aria-label" ? name : `${name}=${value}`));
      return [element.localName, isVisible, x, y, width, height, ...attributes].join(" ");
    };
    return [...document.querySelectorAll("body *:not([data-theme-toggle] *)")].map(describe).join("\n");
  }

  let computeContrast;
  let lastShape = "";

  window.inspection = {
    /** What axe finds, as sentences. `runOnly` is a list of tags, or of rules where `type` says so. */
    async violations(runOnly) {
      if (!("axe" in window)) loadAxe();
      markTwins();
      rememberContrasts();
      axe.configure({ rules: [{ id: "color-contrast", selector: "*:not([data-twin])" }] });
      const options = { runOnly, resultTypes: ["violations"], preload: { assets: ["media"] } };
      const { violations } = await axe.run(document, options);
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`));
    },

    /** Whether anything but colours is another than when this was last asked. */
    hasChanged() {
      const before = lastShape;
      lastShape = shape();
      return lastShape !== before;
    },

    /** The width the page needs, once everything that follows the window's size has followed. */
    async width() {
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return document.documentElement.scrollWidth;
    },
  };
}
