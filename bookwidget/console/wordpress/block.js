// The block in WordPress's editor: which widget. What visitors get is written by bookwidget.php.
((blocks, { useBlockProps }, { SelectControl }, { createElement }, { widgets, first }) => {
  const options = Object.entries(widgets).map(([value, { title }]) => ({ value, label: title }));
  blocks.registerBlockType("bookwidget/widget", {
    apiVersion: 2,
    title: "bookwidget",
    icon: "calendar-alt",
    category: "embed",
    attributes: { widget: { type: "string", default: "" } },
    edit: ({ attributes, setAttributes }) =>
      createElement("div", useBlockProps(),
        createElement(SelectControl, {
          label: "bookwidget",
          value: attributes.widget || first,
          options,
          onChange: (widget) => setAttributes({ widget }),
        })),
    save: () => null,
  });
})(wp.blocks, wp.blockEditor, wp.components, wp.element, bookwidgetBlock);
