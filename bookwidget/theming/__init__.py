"""The look and the language of a page: colours, themes, templates, words, dates. Knows no Flask and no database."""
